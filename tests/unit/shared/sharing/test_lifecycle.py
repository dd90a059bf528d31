"""The life of a legal gateway: no step is left out, and each is taken by those whose it is."""

from datetime import date

import pytest

from shared.sharing.lifecycle import leaps, steps
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


def leapt(was: dict | None, now: dict | None) -> str:
    before, after = (rules(*[made for made in [one] if made is not None]) for one in (was, now))
    return " ".join(leaps(before, after, DAY))


def test_a_step_that_may_be_taken_is_no_leap_and_neither_is_standing_still():
    review = power(status="legal_review")
    assert not leapt(power(status="draft", legal_review=None, signatures=[]), review)
    assert not leapt(review, power())
    assert not leapt(power(), power())
    assert not leapt(power(), power(status="revoked", review_on="2026-12-01"))
    assert not leapt(None, power(status="draft"))
    assert not leapt(power(), None)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        (None, power(), "already active"),
        (power(status="draft"), power(), "from draft to active"),
        (power(status="revoked"), power(), "from revoked to active"),
        (power(status="legal_review"), power(signatures=signed("fire")), "from legal review to active"),
        (power(), power(status="expired"), "from active to expired"),
        (power(), power(to=["fire", "police"]), "something else"),
        (power(), power(grant="known"), "something else"),
        (power(), power(ends="2027-12-31"), "ends later"),
        (power(), power(ends=None), "ends later"),
        (power(status="legal_review"), power(to=["police"]), "something else"),
        (power(status="legal_review"), power(ends=None), "ends later"),
        (power(), power(status="draft", to=["police"]), "from active to draft"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_that_is_no_step_is_told(was, now, says):
    assert says in leapt(was, now)


def test_a_draft_may_be_rewritten_and_an_active_one_may_end_sooner():
    assert not leapt(power(status="draft"), power(status="draft", to=["police"], ends=None))
    assert not leapt(power(status="legal_review"), power(status="draft", to=["police"]))
    assert not leapt(power(), power(ends="2026-12-01"))
