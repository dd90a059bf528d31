"""Decisions: what was decided last counts, the same again is the same, and "different" holds against everything."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.cluster import Rulings
from services.linker.domain.decide import (
    Conflict,
    Decision,
    Verdict,
    conflicts,
    counted,
    decide,
    in_force,
    rulings,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def told(verdict: str, after: Decision | None = None, **changed: object) -> Decision:
    said = {"pair": ("rec_b", "rec_a"), "agency": "council", "person": "ann", "reason": "one till", "now": NOW}
    return decide(verdict=Verdict(verdict), current=after, **(said | changed))


def test_the_smaller_record_comes_first_whichever_way_they_were_named() -> None:
    assert told("same").pair == ("rec_a", "rec_b")
    assert told("same") == told("same", pair=("rec_a", "rec_b"))


def test_the_same_again_by_the_same_person_is_the_same_decision() -> None:
    first = told("same")
    assert told("same", first, now=NOW + timedelta(days=9)) is first
    for other in ({"reason": "one owner"}, {"person": "bob"}):
        assert told("same", first, **other).supersedes == first.decision_id


def test_what_was_taken_back_can_be_decided_again() -> None:
    first = told("same")
    back = told("withdrawn", first)
    again = told("same", back)
    assert len({first.decision_id, back.decision_id, again.decision_id}) == 3
    assert in_force([again, first, back]) == [again]


def test_a_clock_that_goes_back_does_not_bring_an_older_decision_into_force() -> None:
    first = told("same")
    second = told("different", first, now=NOW - timedelta(hours=1))
    assert in_force([first, second]) == [second]


def at(pair: str, verdict: str, agency: str = "council", hours: int = 0) -> Decision:
    a, b = pair
    return Decision(
        f"dec_{pair}{agency}{hours}", a, b, Verdict(verdict), agency, "ann", "", NOW + timedelta(hours=hours)
    )


def test_each_agency_decides_for_itself() -> None:
    council, fire = at("ab", "same"), at("ab", "different", "fire", 1)
    assert in_force([council, fire, at("ab", "unsure", "police", -1), at("ab", "withdrawn", "police")]) == [
        fire,
        council,
    ]
    assert counted([council, fire], frozenset({("fire", "decisions"), ("council", "inspections")})) == [fire]


def test_different_holds_where_two_agencies_disagree() -> None:
    assert rulings([at("ab", "same", hours=5), at("ab", "different", "fire")], "ab") == Rulings(
        (), frozenset({("a", "b")})
    )


def test_the_newest_ruling_is_tried_first_and_records_that_are_not_there_are_left_out() -> None:
    newest_first = in_force(
        [at("ab", "same", hours=1), at("bc", "same", hours=2), at("cz", "same"), at("ac", "unsure")]
    )
    assert rulings(newest_first, "abc") == Rulings((("b", "c"), ("a", "b")), frozenset())


def test_a_decision_that_cannot_be_followed_is_reported_with_what_forbids_it() -> None:
    force = in_force(
        [first := at("ab", "same", hours=1), second := at("bc", "same", "fire"), apart := at("ac", "different")]
    )
    assert conflicts(force, {"a": "X", "b": "X", "c": "Y"}) == [Conflict(second, (apart,))]
    assert conflicts(force, {"a": "X", "b": "Y", "c": "Y"}) == [Conflict(first, (apart,))]
    assert conflicts(force, {"b": "Y", "c": "Y"}) == []


decisions = st.lists(
    st.builds(
        at,
        st.sampled_from(["ab", "ac", "bc"]),
        st.sampled_from([*Verdict]),
        st.sampled_from(["council", "fire"]),
        st.integers(-3, 3),
    ),
    unique_by=lambda decision: decision.decision_id,
)


@given(decisions, st.randoms())
def test_the_order_in_which_decisions_are_read_does_not_matter(made: list[Decision], random: Random) -> None:
    shuffled = random.sample(made, len(made))
    assert in_force(shuffled) == in_force(made)
    assert rulings(in_force(shuffled), "abc") == rulings(in_force(made), "abc")
    assert not {*rulings(in_force(made), "abc").together} & rulings(in_force(made), "abc").apart
