"""What an operation asks of each agency, and what is said before it is approved (evaluation ¶54, ¶59 to ¶61)."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.calendar.domain.operations import Standing, is_agreed, loads, missing, warnings
from services.calendar.domain.policy import as_shipped
from shared.contracts.api.calendar.operations import Consent, NewOperation, OperationPlan, PartnerConsent, WarningKind

TEAM = {"agency": "food", "officers": 2, "regimes": ["food-hygiene"]}
CHESHIRE = {"what": "Food businesses", "visits": 86, "teams": [TEAM]}


def plan(*programme: dict[str, Any], **more: Any) -> OperationPlan:
    days = {"starts": date(2027, 3, 1), "ends": date(2027, 3, 5), "follow_up_until": date(2027, 6, 30)}
    return OperationPlan.model_validate({"title": "Week", "programme": programme or [CHESHIRE], **days, **more})


def standing(consent: Consent = Consent.given, spare: float | None = 100.0, **more: Any) -> Standing:
    said = PartnerConsent(agency="food", consent=consent, said=None, officer_days=spare, answered_at=None)
    known = {} if spare is None else {"food": spare}
    planned = plan(**more)
    return Standing(planned, [said], loads(planned, known, as_shipped().follow_up), [], frozenset({"food"}))


def kinds(found: Standing) -> set[WarningKind]:
    return {warning.kind for warning in warnings(found, as_shipped().staffing)}


def test_eighty_six_food_visits_leave_thirty_notices_and_six_interviews():
    load = standing().loads[0]
    notices, interviews = 86 * 0.35, 86 * 0.07
    assert (round(notices), round(interviews)) == (30, 6)
    assert load.follow_up == round(notices * 0.75 + interviews * 2.5, 1)
    assert (load.visits, load.visiting) == (86, 86.0)
    assert "86 visits" in load.parts[0]


def test_more_follow_up_than_an_agency_can_spare_blocks_approval():
    found = standing(spare=10.0)
    assert found.loads[0].over == round(found.loads[0].follow_up - 10.0, 1)
    warning = next(one for one in warnings(found, as_shipped().staffing) if one.kind is WarningKind.over_capacity)
    assert warning.blocks
    assert "it can spare 10" in warning.sentence
    assert WarningKind.over_capacity not in kinds(standing(spare=found.loads[0].follow_up))


def test_capacity_that_nobody_told_is_a_warning_that_does_not_block():
    assert kinds(standing(spare=None)) == {WarningKind.capacity_unknown}
    assert not any(warning.blocks for warning in warnings(standing(spare=None), as_shipped().staffing))


@pytest.mark.parametrize("consent", [Consent.asked, Consent.refused])
def test_it_is_not_agreed_while_a_partner_does_not_consent(consent):
    assert not is_agreed(warnings(standing(consent), as_shipped().staffing))
    assert is_agreed(warnings(standing(Consent.given), as_shipped().staffing))


def test_a_crowd_at_each_visit_is_warned_of():
    crowd = {**CHESHIRE, "teams": [{"agency": "food", "officers": 9, "regimes": ["food-hygiene"]}]}
    assert WarningKind.crowd in kinds(standing(programme=[crowd], spare=1000.0))


def test_what_is_missing_is_what_nobody_offers():
    assert missing(50, [20, 10]) == 20
    assert missing(50, [40, 40]) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": date(2027, 2, 28)},
        {"follow_up_until": date(2027, 3, 4)},
        {"programme": [{**CHESHIRE, "teams": [TEAM, TEAM]}]},
        {"programme": []},
    ],
)
def test_a_plan_that_goes_backwards_or_names_an_agency_twice_is_refused(wrong):
    with pytest.raises(ValidationError):
        NewOperation.model_validate(plan().model_dump() | wrong)
