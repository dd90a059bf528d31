from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain.assess import Observed, Risk, RiskPolicies, assess, default_policies, load_policies, say
from services.linker.domain.assess.course import Course
from services.linker.domain.assess.risk import regimes
from shared.contracts.events.linker import RiskBand
from shared.contracts.record import Observation, ObservationKind

TODAY = date(2026, 11, 1)
POLICY = default_policies().in_force(TODAY)


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
    assert reason == ("Food hygiene: severity 3 of 4, rated 1 by the agency, seen on 31 October 2026, weighs 3.0.")


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


def test_what_keeps_coming_back_weighs_more_and_is_said() -> None:
    seen = [observed("concern", 2, days_ago=days) for days in (10, 400, 1200)]
    again = risk(*seen).regimes[0]
    assert again.weight == pytest.approx(risk(seen[0]).regimes[0].weight * 1.5, abs=0.002)
    assert "it keeps coming back: third time since July 2023." in again.reason


def test_what_came_back_after_a_clean_check_weighs_more_still() -> None:
    twice = observed("concern", 2, days_ago=10), observed("concern", 2, days_ago=400)
    between = observed("nothing_found", days_ago=200)
    assert risk(*twice, between).regimes[0].weight == pytest.approx(risk(twice[0]).regimes[0].weight * 1.5, abs=0.002)
    assert (
        "second time since September 2025, the last after a check on 15 April 2026"
        in risk(*twice, between).regimes[0].reason
    )


def test_a_check_before_the_first_time_is_no_coming_back() -> None:
    twice = observed("concern", 2, days_ago=10), observed("concern", 2, days_ago=400)
    assert risk(*twice, observed("nothing_found", days_ago=500)) == risk(*twice)


def test_agencies_that_report_one_visit_are_one_time() -> None:
    together = risk(observed("concern", 2, days_ago=10), observed("concern", 2, feed="other", days_ago=20))
    assert "keeps coming back" not in together.regimes[0].reason


def test_the_regimes_before_one_another_do_not_count_as_coming_back() -> None:
    found = risk(observed("concern", 2, days_ago=10), observed("concern", 2, regime="fire_safety", days_ago=400))
    assert not any("keeps coming back" in concern.reason for concern in found.regimes)


def test_persistence_looks_back_five_years_and_never_makes_more_than_the_worst() -> None:
    long_ago = observed("concern", 4, days_ago=365 * 6)
    assert "keeps" not in risk(observed("concern", 4), long_ago).regimes[0].reason
    many = [observed("concern", 4, days_ago=days) for days in range(0, 1500, 100)]
    assert risk(*many).regimes[0].weight == 4.0


def test_what_came_back_only_after_the_date_asked_about_does_not_count() -> None:
    seen = observed("concern", 2, days_ago=10), observed("concern", 2, days_ago=400)
    assert "keeps" not in risk(*seen, as_of=TODAY - timedelta(days=11)).regimes[0].reason


def test_on_each_date_the_policy_in_force_applies() -> None:
    later = replace(POLICY, version="risk-2", in_force_from=date(2027, 1, 1), half_life=30.0)
    policies = RiskPolicies((POLICY, later))
    assert policies.in_force(date(2020, 1, 1)).version == "risk-1"
    assert policies.in_force(date(2026, 12, 31)).version == "risk-1"
    assert policies.in_force(date(2027, 1, 1)).version == "risk-2"


def test_policies_need_dates_of_their_own() -> None:
    shipped = orjson.loads(files("services.linker.domain").joinpath("policies/risk.json").read_bytes())
    with pytest.raises(ValueError, match="in_force_from"):
        load_policies(orjson.dumps(shipped * 2))
    with pytest.raises(ValueError, match="at least one"):
        load_policies(b"[]")


def points(*seen: Observed, until: date = TODAY) -> list[tuple[int, str, str]]:
    """(days ago, band, because) of each change."""
    course = Course(seen, default_policies())
    return [((TODAY - point.on).days, point.risk.band.value, point.because) for point in course.until(until)]


def test_a_course_has_a_point_for_each_change_and_none_else() -> None:
    seen = observed("concern", 4, days_ago=1000), observed("nothing_found", days_ago=900), observed("presence")
    assert points(*seen) == [
        (1000, "medium", "Food hygiene: severity 4 of 4, seen on 5 February 2024."),
        (900, "none", "Food hygiene: checked and nothing found."),
    ]


def test_a_course_finds_the_day_on_which_a_concern_faded() -> None:
    seen = observed("concern", 2, days_ago=1500)
    (_, low, _), (days, none, because) = points(seen)
    faded = TODAY - timedelta(days=days)
    assert (low, none, because) == ("low", "none", "What was found has faded with time.")
    assert risk(seen, as_of=faded - timedelta(days=1)).regimes
    assert not risk(seen, as_of=faded).regimes


def test_a_course_says_what_comes_next_if_nothing_new_is_recorded() -> None:
    after = Course([observed("concern", 2, days_ago=10)], default_policies()).after(TODAY)
    assert after is not None
    assert after.risk.band is RiskBand.none
    assert Course([], default_policies()).after(TODAY) is None


@settings(deadline=None, max_examples=30)
@given(st.lists(_ANY, max_size=5))
def test_between_the_points_of_a_course_nothing_changes(seen: list[Observed]) -> None:
    course = Course(seen, default_policies())
    changes = course.until(TODAY)
    for days in range(0, 2000, 37):
        day = TODAY - timedelta(days=days)
        before = [point.risk for point in changes if point.on <= day]
        expected = before[-1] if before else Risk(RiskBand.none, 0.0, ())
        now = risk(*seen, as_of=day)
        assert (now.band, {c.regime for c in now.regimes}) == (expected.band, {c.regime for c in expected.regimes})


def test_every_standing_is_said_in_a_sentence() -> None:
    seen = (
        observed("concern", 4, days_ago=10, native_rating="1"),
        observed("concern", 4, feed="b", days_ago=30, closed_on=TODAY),
        observed("concern", 4, feed="c", days_ago=50),
        observed("nothing_found", feed="c", days_ago=40),
        observed("concern", 1, feed="d", days_ago=1500),
        observed("concern", 0, feed="e", days_ago=1),
    )
    (regime,) = regimes(seen, TODAY, POLICY)
    assert [say.standing(weighed, POLICY) for weighed in regime.weighed] == [
        "Severity 4 of 4, rated 1 by the agency, seen on 22 October 2026: its weight halves every 365 days and has come"
        " to 3.92.",
        "Severity 1 of 4, seen on 23 September 2022: its weight halves every 365 days, counts 0.5 times since another"
        " source found nothing later (seen on 22 September 2026) and has faded to 0.03; up to 0.25 is not live.",
        "Severity 4 of 4, seen on 2 October 2026: closed by the agency on 1 November 2026.",
        "Severity 4 of 4, seen on 12 September 2026: a later check by the same source, seen on 22 September 2026, found"
        " nothing.",
        "Severity 0 of 4, seen on 31 October 2026: below severity 1, which does not count.",
    ]
    assert say.persistence(regime.again, POLICY) == (
        "It keeps coming back: second time since September 2022. Each earlier time within 1826 days adds 0.25 of the"
        " weight; so it weighs 1.25 times as much (at most 2)."
    )
