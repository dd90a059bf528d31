"""Warrant readiness: each check is met by what it names and by nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referrals.domain.warrants import Case, Heard, checks, policies, policy_on
from shared.contracts.api.referrals.intelligence import Grading
from shared.contracts.api.referrals.requests import NamedPerson, NamedPremises

DAY = date(2026, 11, 23)
POLICY = policy_on(DAY)
GRADED = Grading.model_validate({"source": "1", "assessment": "B", "handling": "P"})
NEW = Heard("/new", DAY - timedelta(days=POLICY.current_days), GRADED)
PERSON = NamedPerson(name="Ivy Marsden", date_of_birth=date(1990, 2, 3))
PREMISES = NamedPremises(name="Zyzzo", address="12 Oak Road", postcode="TR1 2AA")
FULL = Case([PERSON], PREMISES, "/request", [NEW], "border", ["council"])


def missing(case: Case) -> list[str]:
    return [one.check for one in checks(case, POLICY, DAY) if not one.met]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"people": []}, ["offender", "date_of_birth"]),
        ({"people": [PERSON.model_copy(update={"date_of_birth": None})]}, ["date_of_birth"]),
        ({"premises": None}, ["premises"]),
        ({"heard": []}, ["currency", "source"]),
        ({"heard": [replace(NEW, received_on=NEW.received_on - timedelta(days=1))]}, ["currency", "source"]),
        ({"heard": [replace(NEW, received_on=DAY + timedelta(days=1))]}, ["currency", "source"]),
        ({"heard": [replace(NEW, grading=GRADED.model_copy(update={"source": "3"}))]}, ["source"]),
        ({"heard": [replace(NEW, grading=GRADED.model_copy(update={"assessment": "E"}))]}, ["source"]),
        ({"executing": None}, ["joined_agencies"]),
        ({"joined": ["border"]}, ["joined_agencies"]),
    ],
)
def test_each_check_misses_what_it_names(change, expected):
    assert missing(replace(FULL, **change)) == expected


def test_a_check_that_is_met_opens_to_what_it_rests_on_and_names_nobody():
    found = list(checks(FULL, POLICY, DAY))
    assert {one.check: one.rests_on for one in found if one.rests_on} == {
        "offender": ("/request",),
        "date_of_birth": ("/request",),
        "premises": ("/request",),
        "currency": ("/new",),
        "source": ("/new",),
    }
    assert not any("Ivy" in one.says or "Zyzzo" in one.says for one in found)


def test_the_policy_that_ships_waits_for_a_lawyer():
    assert {one.legal_review for one in policies()} == {"needed"}
