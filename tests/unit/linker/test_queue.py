"""Value of information: even odds first, and what would change the picture before what would not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.assess import default_policies
from services.linker.domain.model import ClusterPolicy
from services.linker.domain.queue import (
    MOST_AT_STAKE,
    MOST_WITHOUT_CONCERNS,
    Side,
    at_stake,
    stake_sentence,
    uncertainty,
)
from services.linker.domain.views import doubt
from shared.contracts.events.linker import RiskBand

POLICY = default_policies().in_force(date(2026, 11, 20))


def side(*agencies: str, **regimes: float) -> Side:
    rule = POLICY.band_rule(len(regimes), max(regimes.values(), default=0.0))
    return Side(frozenset(agencies), regimes, rule.band if rule else RiskBand.none)


@given(st.floats(-60, 60))
def test_even_odds_are_the_most_uncertain_and_both_directions_count_alike(bits: float) -> None:
    assert 0 <= uncertainty(bits) <= uncertainty(0.0) == 1.0
    assert uncertainty(bits) == pytest.approx(uncertainty(-bits), abs=1e-9)


@given(st.floats(0, 40), st.floats(0, 40))
def test_further_from_even_odds_is_never_more_uncertain(near: float, far: float) -> None:
    near, far = sorted((near, far))
    assert uncertainty(far) <= uncertainty(near) + 1e-12


def said(left: Side, right: Side) -> tuple[float, str]:
    return at_stake(left, right, POLICY), stake_sentence(left, right, POLICY, {"council": "Kerrow Council"})


def test_a_change_of_band_is_worth_most_then_regimes_then_agencies() -> None:
    band, sentence = said(side("council", food=2.0), side("fire", fire=2.0))
    assert (band, sentence) == (4.0, "As one business it would be of medium risk.")
    agencies, sentence = said(side("council", food=2.0), side("fire"))
    assert sentence == "As one business it would be known to 2 agencies: Kerrow Council and fire."
    nothing, sentence = said(side("council", food=2.0), side("council"))
    assert sentence == "As one business it would have no more agencies and no more concerns than now."
    assert band > agencies > nothing == 1.0


def test_more_regimes_in_the_same_band_are_said_with_their_names() -> None:
    left, right = side("council", food=4.0, fire=4.0), side("fire", tax=1.0)
    assert left.band is RiskBand.high
    assert said(left, right) == (3.0, "As one business it would have live concerns in 3 regimes: fire, food and tax.")


def test_doubt_is_how_far_a_pair_is_from_linking_and_its_feed_counts() -> None:
    policy = ClusterPolicy(threshold=2.0, lower=-2.0, upper=4.0, same_feed_bits=-12.0)
    assert [doubt(bits, "a", "b", policy) for bits in (-2.1, -2.0, 1.5, 2.0, 2.5, 4.0)] == [
        None,
        4000,
        500,
        0,
        500,
        None,
    ]
    assert doubt(14.5, "a", "a", policy) == 500


weights = st.dictionaries(st.sampled_from(["food", "fire", "tax"]), st.floats(0.1, 4.0))
sides = st.builds(lambda agencies, regimes: side(*agencies, **regimes), st.sets(st.sampled_from("abc")), weights)


@given(sides, sides)
def test_the_stake_is_bounded_and_does_not_depend_on_which_comes_first(left: Side, right: Side) -> None:
    assert 1.0 <= at_stake(left, right, POLICY) <= MOST_AT_STAKE
    assert said(left, right) == said(right, left)
    assert (left.regimes and right.regimes) or at_stake(left, right, POLICY) <= MOST_WITHOUT_CONCERNS
