"""Who is on the week's list, and since when the records have matched."""

from datetime import date

from services.calendar.domain.tasking import Pick, is_in, matched_on, pick, with_reviews
from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.api.linker.risk import RiskPoint
from shared.contracts.events.linker import RiskBand

DUE = date(2027, 1, 10)


def business(letter: str) -> BusinessSummary:
    day = date(2026, 11, 1)
    said = {"name": letter, "area": None, "address": None, "records": 1, "agencies": ("a",)}
    at = {"business_id": f"biz_{letter * 20}", "opens_at": f"/v1/businesses/biz_{letter * 20}"}
    risk = {"band": RiskBand.high, "score": 3.0, "regimes": ()}
    return BusinessSummary(**at, **said, **risk, first_on=day, last_on=day)


def point(day: int, *regimes: str) -> RiskPoint:
    said = {"band": RiskBand.high, "score": float(len(regimes)), "because": "Something happened."}
    return RiskPoint(on=date(2026, 11, day), regimes=regimes, **said)


def test_the_narrow_cut_comes_first_and_nobody_twice():
    found = pick([business("b")], [business("a"), business("b"), business("c")], 2, (3, 2))
    assert [(one.business_id[4], one.regimes) for one in found] == [("b", 3), ("a", 2)]


def test_the_match_is_dated_by_the_day_on_which_enough_regimes_came_together():
    assert matched_on([point(1, "tax"), point(5, "tax", "fire"), point(9, "tax", "fire", "food")], 2) == date(
        2026, 11, 5
    )


def test_a_match_that_was_broken_counts_from_its_return():
    course = [point(1, "tax", "fire"), point(5, "tax"), point(9, "tax", "food")]
    assert matched_on(course, 2) == date(2026, 11, 9)


def test_what_does_not_match_now_has_no_day():
    assert matched_on([point(1, "tax", "fire"), point(5, "tax")], 2) is None
    assert matched_on([], 1) is None


def test_what_is_due_again_stands_behind_the_weeks_picks_and_nobody_twice():
    picked, due = [Pick("a", 3), Pick("b", 2)], [Pick("b", review_on=DUE), Pick("c", review_on=DUE)]
    listed = with_reviews(picked, due)
    assert [(one.business_id, one.regimes, one.review_on) for one in listed] == [
        ("a", 3, None),
        ("b", 2, DUE),
        ("c", 0, DUE),
    ]
    assert listed[2].because == "Your agency decided to look at it again on 10 January 2027."


def test_an_area_is_a_district_or_all_districts_of_its_letters():
    assert all((is_in("UB1", None), is_in("UB1", "ub1"), is_in("UB1", "UB")))
    assert not any((is_in("UB11", "UB1"), is_in("UB1", "U"), is_in(None, "UB"), is_in("W1", "UB")))
