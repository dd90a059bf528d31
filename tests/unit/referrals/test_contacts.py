"""Who has a topic in an area, on a day: the narrowest role, whoever fills it."""

from datetime import date
from itertools import permutations

import pytest

from services.referrals.domain.contacts import Absence, Contact, Officer, who_has

DAY = date(2026, 11, 23)
MAY = Officer("ofc_may", "fire", "May Trevanion", "01872 000001")
JACK = Officer("ofc_jack", "fire", "Jack Penrose")


def contact(id_: str, topic: str | None = None, area: str | None = None, **given) -> Contact:
    fixed = {"agency": "fire", "role": f"Role of {id_}", "since": date(2026, 1, 1), "people": (MAY, JACK)}
    fixed |= {"topics": (topic,) if topic else (), "areas": (area,) if area else ()}
    return Contact(id=id_, **(fixed | given))


EVERYTHING = contact("everything")
FIRE = contact("fire", "fire-safety")
TRURO = contact("truro", area="TR1")
CORNWALL = contact("cornwall", area="TR")
FIRE_IN_TRURO = contact("fire-in-truro", "fire-safety", "TR1")
ALL = (EVERYTHING, FIRE, TRURO, CORNWALL, FIRE_IN_TRURO)


@pytest.mark.parametrize(
    ("topic", "area", "expected"),
    [
        ("fire-safety", "TR1", FIRE_IN_TRURO),
        ("fire-safety", "TR10", FIRE),
        ("housing", "TR1", TRURO),
        ("housing", "TR10", CORNWALL),
        ("housing", "T1", EVERYTHING),
        ("housing", None, EVERYTHING),
        (None, None, EVERYTHING),
        ("fire-safety", None, FIRE),
    ],
)
def test_the_narrowest_role_has_it_whatever_the_order(topic, area, expected):
    assert {who_has(some, "fire", topic, area, DAY) for some in permutations(ALL)} == {expected}


def test_nobody_has_it_where_the_agency_has_no_such_role():
    assert who_has(ALL, "police", "fire-safety", "TR1", DAY) is None
    assert who_has([FIRE], "fire", "housing", "TR1", DAY) is None


def test_of_two_alike_the_one_filled_last_has_it_from_its_first_day_on():
    later = contact("later", "fire-safety", since=DAY)
    assert who_has([FIRE, later], "fire", "fire-safety", None, DAY) is later
    assert who_has([FIRE, later], "fire", "fire-safety", None, date(2026, 11, 22)) is FIRE


def test_a_role_that_ended_has_nothing_from_the_day_after():
    ended = contact("ended", "fire-safety", until=DAY)
    assert who_has([ended, EVERYTHING], "fire", "fire-safety", None, DAY) is ended
    assert who_has([ended, EVERYTHING], "fire", "fire-safety", None, date(2026, 11, 24)) is EVERYTHING


def test_the_deputy_stands_in_on_each_day_of_an_absence_and_the_role_has_it_when_both_are_away():
    away = Officer("ofc_a", "fire", "A", absences=(Absence(DAY, date(2026, 11, 25)),))
    role = contact("role", people=(away, JACK))
    assert [role.on_duty(date(2026, 11, day)) for day in (22, 23, 25, 26)] == [away, JACK, JACK, away]
    nobody = contact("nobody", people=(away, away))
    assert nobody.on_duty(DAY) is None
    assert who_has([nobody], "fire", "housing", None, DAY) is nobody


def test_the_deputy_stands_in_once_the_person_has_left():
    leaver = Officer("ofc_a", "fire", "A", left_on=DAY)
    assert contact("role", people=(leaver, JACK)).on_duty(DAY) is leaver
    assert contact("role", people=(leaver, JACK)).on_duty(date(2026, 11, 24)) is JACK
