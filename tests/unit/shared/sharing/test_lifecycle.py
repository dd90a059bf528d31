"""The life of a legal gateway: no step is left out, and each is taken by those whose it is."""

from datetime import date

import pytest

from shared.sharing.lifecycle import steps
from tests.unit.shared.sharing.build import DAY, power, rules, signed


def allowed(day: date = DAY, **changed: object) -> dict[str, tuple[str, ...]]:
    made = rules(power(**changed))
    return {str(step.to): step.by for step in steps(made.legal_gateways[0], made, day)}


def test_a_draft_goes_to_legal_review_and_nowhere_else():
    assert allowed(status="draft") == {"legal_review": ("fire", "food")}


def test_it_becomes_active_by_the_agency_that_discloses_once_reviewed_and_signed():
    assert allowed(status="legal_review") == {"draft": ("fire", "food"), "active": ("food",)}


@pytest.mark.parametrize(
    "lacking",
    [
        {"signatures": signed("fire")},
        {"signatures": signed("food", day="2026-11-23")},
        {"legal_review": None},
        {"legal_review": {"by": "a lawyer", "day": "2026-11-23"}},
        {"ends": "2026-11-21"},
    ],
    ids=["only the recipient signed", "signed tomorrow", "not reviewed", "reviewed tomorrow", "over"],
)
def test_what_lacks_a_review_or_signature_or_is_over_cannot_become_active(lacking):
    assert allowed(status="legal_review", **lacking) == {"draft": ("fire", "food")}


def test_of_several_that_disclose_those_may_activate_who_have_signed():
    both = {"from": ["food", "police"], "signatures": signed("police")}
    assert allowed(status="legal_review", **both)["active"] == ("police",)


def test_either_side_may_revoke_and_it_expires_only_when_it_is_over():
    assert allowed() == {"revoked": ("fire", "food")}
    assert allowed(day=date(2027, 1, 1)) == {"revoked": ("fire", "food"), "expired": ("fire", "food")}


@pytest.mark.parametrize("status", ["expired", "revoked"])
def test_from_the_end_no_step_leads_away(status):
    assert allowed(status=status) == {}


def test_classes_stand_for_their_agencies_and_a_gateway_of_nobody_here_is_taken_nowhere():
    assert allowed(status="draft", to=["police-force"]) == {"legal_review": ("food", "police")}
    assert allowed(status="draft", **{"from": ["health-body"], "to": ["probation-provider"]}) == {}
