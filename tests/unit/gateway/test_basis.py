"""What a notice rests on, asked again before each attempt."""

from datetime import date

import pytest

from services.gateway.domain.basis import Invitations
from shared.contracts.api.sharing import ConditionKind
from shared.sharing import VISITS, load_partnership

DAY = date(2026, 11, 23)


def partnership(grant: str):
    return load_partnership(f"""
id: test
title: Test
agencies: [{{id: fire, title: Fire}}, {{id: police, title: Police}}]
categories: [presence]
stream_purpose: compliance
legal_gateways:
- {{id: visits, from: [police], to: [fire], categories: [visits], purposes: [compliance], {grant},
   statute: Test Act, section: "1", starts: 2020-01-01, status: active, legal_review: {{by: a lawyer, day: 2020-01-01}},
   signatures: [{{agency: police, by: its head, day: 2020-01-01}}]}}
""")


@pytest.mark.parametrize(
    ("grant", "goes"),
    [
        ("grant: full", True),
        ("grant: full, conditions: [{kind: case_by_case, source: s}]", True),
        ("grant: full, conditions: [{kind: originator_consent, source: s}]", False),
        ("grant: 'fields', field_groups: [identity, address]", False),
    ],
)
def test_a_notice_of_a_visit_holds_its_hour_and_goes_to_who_may_still_see_all_of_it(grant, goes):
    told = Invitations(owner="police", category=VISITS, met={"fire": frozenset({ConditionKind.case_by_case})})
    assert (told.grant("fire", DAY, partnership(grant)) is not None) is goes
