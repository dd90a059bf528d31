"""The made-up world holds the cases that make linking hard, and each kind of slip is a slip."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from random import Random

import pytest

from joinedup.synthetic import noise
from joinedup.synthetic.businesses import Business, World
from joinedup.synthetic.numbers import Series
from joinedup.synthetic.places import Town, town_name
from joinedup.synthetic.sightings import Clerk, Grade, Habits

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def businesses() -> list[Business]:
    world = World(Random("world"), 4000, TODAY)
    towns = [Town(world.random, index, 400) for index in range(10)]
    return [business for town in towns for business in world.settle(town, 400)]


def pairs_at_one_place(businesses: list[Business]) -> list[tuple[Business, Business]]:
    there: defaultdict[object, list[Business]] = defaultdict(list)
    for business in businesses:
        there[business.place].append(business)
    return [(one, next_one) for group in there.values() for one, next_one in pairwise(group)]


def test_eight_per_cent_are_branches_that_share_a_company_number(businesses: list[Business]) -> None:
    branches = [business for business in businesses if business.branch]

    assert len(branches) / len(businesses) == pytest.approx(0.08, abs=0.015)
    assert len({branch.company_number for branch in branches}) < len(branches) / 4
    assert len({branch.place for branch in branches}) > 0.99 * len(branches)


def test_a_phoenix_has_the_old_owner_place_and_telephone_but_another_company(businesses: list[Business]) -> None:
    phoenixes = [
        (old, new)
        for old, new in pairs_at_one_place(businesses)
        if old.owner is not None and old.owner == new.owner and old.landline == new.landline
    ]

    assert len(phoenixes) > 20
    assert all(old.closed and new.opened > old.closed for old, new in phoenixes)
    assert all(old.company_number != new.company_number for old, new in phoenixes)


def test_others_follow_at_one_place_with_another_owner(businesses: list[Business]) -> None:
    followed = [(old, new) for old, new in pairs_at_one_place(businesses) if old.owner != new.owner]

    assert len(followed) > 50
    assert all(old.closed and new.opened > old.closed for old, new in followed)


def test_some_mobiles_answer_for_businesses_of_different_owners(businesses: list[Business]) -> None:
    owners: defaultdict[str, set[object]] = defaultdict(set)
    for business in businesses:
        if business.mobile:
            owners[business.mobile].add(business.owner)

    assert sum(len(people) > 1 for people in owners.values()) > 40


def test_some_businesses_share_a_building_but_not_a_unit(businesses: list[Business]) -> None:
    units: defaultdict[object, set[str | None]] = defaultdict(set)
    for business in businesses:
        units[business.place._replace(unit=None)].add(business.place.unit)

    assert sum(len(there) > 1 for there in units.values()) > 100


def test_a_business_that_moved_is_seen_at_its_old_place_before_and_at_the_new_one_after(
    businesses: list[Business],
) -> None:
    moved = next(business for business in businesses if business.old_place and TODAY.toordinal() - business.moved > 900)
    clerk = Clerk(Random("clerk"), Habits(errors=0, abbreviates=0), (Grade("A", 1.0),), TODAY.toordinal())
    seen = [clerk.observe(moved) for _ in range(300)]

    assert moved.old_place
    assert {s.street for s in seen if s.observed.toordinal() < moved.moved} <= {moved.old_place.street}
    assert {s.street for s in seen if s.observed.toordinal() >= moved.moved} == {moved.place.street}


def test_a_careful_clerk_writes_what_is_true(businesses: list[Business]) -> None:
    habits = Habits(name=1, legal_as_name=0, number=1, postcode=1, errors=0, abbreviates=0)
    clerk = Clerk(Random("clerk"), habits, (Grade("A", 1.0),), TODAY.toordinal())
    plain = [b for b in businesses if b.branch and not b.former]

    assert all(clerk.observe(b).postcode == b.place.postcode for b in plain)
    assert all(b.trading in (clerk.observe(b).name or "") for b in plain)


def test_towns_have_names_of_their_own() -> None:
    assert len({town_name(index) for index in range(2000)}) == 2000


def test_a_series_gives_each_number_once() -> None:
    series = Series(Random("series"), 1000)

    assert {series.next() for _ in range(1000)} == set(range(1000))
    assert series.exhausted


@pytest.mark.parametrize("seed", range(20))
def test_a_typing_error_changes_a_word_by_no_more_than_a_letter(seed: int) -> None:
    written = noise.typo(Random(seed).random, "Takeaway")

    assert abs(len(written) - len("Takeaway")) <= 1


@pytest.mark.parametrize("seed", range(20))
def test_a_misdialled_number_stays_in_its_thousand(seed: int) -> None:
    assert noise.misdialled(Random(seed).random, "01632960123").startswith("01632960")


@pytest.mark.parametrize("seed", range(20))
def test_a_misremembered_birthday_is_a_date_near_by(seed: int) -> None:
    wrong = noise.misremembered_birthday(Random(seed).random, date(1984, 2, 29))

    assert wrong.year in (1974, 1985)
    assert noise.misremembered_birthday(lambda: 0.1, date(1984, 3, 7)) == date(1984, 7, 3)


def test_streets_and_buildings_are_shortened_as_clerks_do() -> None:
    assert noise.short_street("Station Road") == "Station Rd"
    assert noise.short_street("The Broadway") == "The Broadway"
    assert noise.short_building("Pool Industrial Estate") == "Pool Ind Est"
