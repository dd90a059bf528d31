"""What ships, and what an outcome weighs for whom."""

import pytest

from services.calendar.domain.policy import as_shipped, shipped
from shared.contracts.api.calendar.policies import PolicyKind
from shared.contracts.api.calendar.words import OutcomeKind
from shared.sharing.words import agency_classes


def test_one_policy_of_each_kind_ships_with_its_source_and_needs_review():
    assert [one.content.kind for one in shipped().values()] == list(PolicyKind)
    assert all(one.name.endswith(": review needed") and one.source for one in shipped().values())


@pytest.mark.parametrize(
    ("kind", "regime", "class_", "severity"),
    [
        (OutcomeKind.notice, "food-hygiene", "environmental-health", 2),
        (OutcomeKind.notice, "fire-safety", "fire-authority", 3),
        (OutcomeKind.notice, "fire-safety", "housing-authority", 2),
        (OutcomeKind.arrears, "minimum-wage", "revenue-and-customs", 3),
        (OutcomeKind.arrears, "tax", "revenue-and-customs", 2),
        (OutcomeKind.nothing_found, "tax", "revenue-and-customs", None),
    ],
)
def test_the_same_outcome_weighs_more_where_the_regime_and_the_agency_make_it_so(kind, regime, class_, severity):
    assert as_shipped().outcomes.severity(kind, regime, (class_,)) == severity


def test_exceptions_and_staffing_are_of_classes_that_there_are():
    policies = as_shipped()
    named = {class_ for one in policies.outcomes.exceptions for class_ in one.classes} | set(policies.staffing.classes)
    assert named <= agency_classes().keys()
