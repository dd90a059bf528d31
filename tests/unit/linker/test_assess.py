from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain.assess import Observed, Risk, assess, default_policy
from shared.contracts.events.linker import RiskBand
from shared.contracts.record import Observation, ObservationKind

TODAY = date(2026, 11, 1)
POLICY = default_policy()


def observed(
    kind: str,
    severity: int | None = None,
    regime: str = "food_hygiene",
    feed: str = "food",
    days_ago: int = 0,
    **more: Any,
) -> Observed:
    seen = TODAY - timedelta(days=days_ago)
    observation = Observation(kind=ObservationKind(kind), severity=severity, observed_on=seen, **more)
    return Observed(f"rec_{regime}_{feed}_{days_ago}", feed, regime, observation, TODAY)


def risk(*seen: Observed, as_of: date = TODAY) -> Risk:
    return assess(seen, as_of, POLICY)


def test_presence_is_never_a_concern() -> None:
    assert risk(observed("presence"), observed("presence", regime="police", feed="police")).band is RiskBand.none


def test_more_regimes_outrank_a_more_severe_one() -> None:
    two = risk(observed("concern", 1), observed("concern", 1, regime="fire_safety", feed="fire"))
    one = risk(observed("concern", 4))
    assert two.score > one.score


@pytest.mark.parametrize(
    ("severities", "band"),
    [([], "none"), ([1], "low"), ([4], "medium"), ([1, 1], "medium"), ([3, 1], "high"), ([1, 1, 1], "high")],
)
def test_the_band_follows_the_policy(severities: list[int], band: str) -> None:
    seen = [observed("concern", severity, regime=f"regime{i}") for i, severity in enumerate(severities)]
    assert risk(*seen).band is RiskBand(band)


def test_two_records_of_one_regime_are_one_regime() -> None:
    found = risk(observed("concern", 2), observed("concern", 4, feed="food2"))
    assert len(found.regimes) == 1
    assert found.regimes[0].severity == 4
    assert len(found.regimes[0].records) == 2


def test_a_concern_halves_with_its_half_life_and_ends() -> None:
    halved = risk(observed("concern", 4, days_ago=365)).regimes[0]
    assert halved.severity == 4
    assert halved.weight == pytest.approx(2.0)
    assert risk(observed("concern", 4, days_ago=365 * 5)).regimes == ()


def test_a_regime_may_have_a_half_life_of_its_own() -> None:
    slow = replace(POLICY, half_life_by_regime={"fire_safety": 3650.0})
    seen = [observed("concern", 4, regime="fire_safety", days_ago=365 * 5)]
    assert assess(seen, TODAY, slow).regimes[0].weight > 2


def test_a_closed_concern_is_not_live() -> None:
    closed = observed("concern", 4, days_ago=30, closed_on=TODAY - timedelta(days=1))
    assert risk(closed).band is RiskBand.none
    assert risk(closed, as_of=TODAY - timedelta(days=2)).band is not RiskBand.none


def test_a_later_check_by_the_same_source_that_found_nothing_ends_a_concern() -> None:
    assert risk(observed("concern", 4, days_ago=60), observed("nothing_found", days_ago=10)).regimes == ()


def test_an_earlier_check_ends_nothing() -> None:
    assert risk(observed("concern", 4, days_ago=10), observed("nothing_found", days_ago=60)).regimes != ()


def test_a_check_by_another_source_discounts() -> None:
    alone = risk(observed("concern", 4, days_ago=60)).regimes[0].weight
    beside = (
        risk(observed("concern", 4, days_ago=60), observed("nothing_found", feed="hse", days_ago=10)).regimes[0].weight
    )
    assert beside == pytest.approx(alone / 2, abs=0.001)


def test_a_check_in_another_regime_changes_nothing() -> None:
    fire = observed("nothing_found", regime="fire_safety", feed="food", days_ago=1)
    assert risk(observed("concern", 4, days_ago=60), fire) == risk(observed("concern", 4, days_ago=60))


def test_what_was_not_yet_observed_on_a_date_does_not_count() -> None:
    assert risk(observed("concern", 4), as_of=TODAY - timedelta(days=1)).band is RiskBand.none


def test_a_reason_is_a_sentence_with_the_agencys_own_rating() -> None:
    reason = risk(observed("concern", 3, native_rating="1", days_ago=1)).regimes[0].reason
    assert reason == (
        "Food hygiene: severity 3 of 4, rated 1 by the agency, seen on 31 October 2026, weighs 3.0 today."
    )


def test_a_record_without_a_date_counts_from_when_it_came() -> None:
    undated = Observed("r", "food", "food_hygiene", Observation(kind=ObservationKind.concern, severity=2), TODAY)
    assert "reported by 1 November 2026" in risk(undated).regimes[0].reason


def test_the_shipped_policy_is_dated_sourced_and_marked_for_review() -> None:
    assert POLICY.status == "review needed"
    assert POLICY.source
    assert POLICY.in_force_from <= TODAY


_ANY = st.builds(
    observed,
    st.sampled_from(["presence", "concern", "nothing_found"]),
    st.none() | st.integers(0, 4),
    st.sampled_from(["food_hygiene", "fire_safety", "tax"]),
    st.sampled_from(["a", "b"]),
    st.integers(0, 2000),
)


@settings(deadline=None)
@given(st.lists(_ANY, max_size=8), st.randoms())
def test_the_order_of_observations_does_not_matter(seen: list[Observed], random: Any) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)
    assert risk(*shuffled).band is risk(*seen).band
    assert risk(*shuffled).score == risk(*seen).score


@settings(deadline=None)
@given(st.lists(_ANY, max_size=8))
def test_a_risk_opens_to_the_records_behind_it(seen: list[Observed]) -> None:
    concerns = {o.record_id for o in seen if o.observation.kind is ObservationKind.concern}
    found = risk(*seen)
    assert {record for regime in found.regimes for record in regime.records} <= concerns
    assert len(found.regimes) <= found.score < len(found.regimes) + 1
    assert (found.band is RiskBand.none) == (not found.regimes)
