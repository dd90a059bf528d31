"""Records held for law enforcement go to another purpose only where a gateway names the law that lets them."""

from datetime import date, timedelta

import pytest

from shared.contracts.api.sharing import SharingQuestion, Verdict
from shared.contracts.law import Law
from shared.sharing import (
    Level,
    RulesUnreadable,
    answer,
    catalogue,
    decide,
    load_partnership,
    not_for_this_purpose,
    views,
)

DAY = date(2026, 11, 22)
RULES = """
id: part-three
title: Part 3
agencies:
  - {id: police, title: Police}
  - {id: council, title: Council}
  - {id: fire, title: Fire}
categories: [intelligence, registration]
stream_purpose: joint-compliance
law_enforcement:
  - {agencies: [police], categories: [intelligence], purposes: [prevention-of-crime], starts: 2026-11-01,
     review_on: 2027-11-01, source: 'Data Protection Act 2018, section 30'}
retention:
  - {category: intelligence, longest_days: 365, starts: 2026-01-01, review_on: 2027-01-01, source: a schedule}
  - {category: intelligence, longest_days: 90, starts: 2026-11-01, review_on: 2027-01-01, source: the next schedule}
legal_gateways:
  - {id: the-power, from: [police, council], to: [fire], categories: '*',
     purposes: [joint-compliance, prevention-of-crime], grant: full, statute: an Act, section: '1', starts: 2020-01-01,
     status: active{BEYOND}, legal_review: {by: a lawyer, day: 2020-01-01},
     signatures: [{agency: police, by: its head, day: 2020-01-01}, {agency: council, by: its head, day: 2020-01-01}]}
"""
PLAIN, BEYOND = (load_partnership(RULES.replace("{BEYOND}", said)) for said in ("", ", beyond_part_3: 'an Act, s 2'"))


def level(partnership, category, purpose, day=DAY, owner="police"):
    grant = decide("fire", purpose, owner, category, day, partnership)
    return grant.level if grant else None


def test_for_law_enforcement_the_gateway_is_enough():
    assert level(PLAIN, "intelligence", "prevention-of-crime") is Level.full


def test_for_another_purpose_it_must_name_the_law_that_authorises_it():
    assert level(PLAIN, "intelligence", "joint-compliance") is None
    assert level(BEYOND, "intelligence", "joint-compliance") is Level.full


def test_other_categories_are_as_they_were():
    assert level(PLAIN, "registration", "joint-compliance") is Level.full


def test_records_of_the_same_category_are_under_another_law_where_their_agency_is_no_competent_authority():
    assert PLAIN.law_of("council", "intelligence", DAY) is Law.uk_gdpr
    assert level(PLAIN, "intelligence", "joint-compliance", owner="council") is Level.full


def test_the_rule_is_dated():
    before = date(2026, 10, 31)
    assert level(PLAIN, "intelligence", "joint-compliance", before) is Level.full
    assert [PLAIN.law_of("police", "intelligence", day) for day in (before, DAY)] == [Law.uk_gdpr, Law.part_3]


def test_dashboards_and_streams_do_not_hold_what_may_not_be_had_for_their_purpose():
    fire = next(view for view in views(PLAIN, DAY) if "fire" in view.agencies)
    assert fire.sees("police", "registration")
    assert not fire.sees("police", "intelligence")


def test_a_dry_run_says_why():
    question = SharingQuestion(owner="police", viewer="fire", category="intelligence", purpose="joint-compliance")
    told = answer(question, DAY, PLAIN, catalogue())
    assert told.verdict is Verdict.no
    assert "section 36(4)" in told.not_in_force[0].why[0]


def test_whoever_reads_for_a_purpose_that_is_barred_is_told_so_and_not_that_there_is_a_power():
    power = PLAIN.legal_gateways[0].model_copy(update={"categories": ("intelligence",)})
    barred = PLAIN.model_copy(update={"stream_purpose": "another", "legal_gateways": (power,)})
    told = not_for_this_purpose("fire", "joint-compliance", DAY, barred)
    assert "Police could share for it under the an Act, 1, which does not count: The records are held for law" in told
    assert "Council may share for it" in told


def test_the_shortest_time_that_counts_is_the_one_for_which_a_category_is_kept():
    rule = PLAIN.retention_of("intelligence", DAY)
    assert rule is not None
    assert rule.longest_days == 90
    assert PLAIN.retention_of("intelligence", date(2025, 12, 31)) is None
    assert PLAIN.retention_of("registration", DAY + timedelta(1)) is None


@pytest.mark.parametrize("where", ["categories: [intelligence]", "category: intelligence"])
def test_a_rule_for_a_category_that_nobody_has_is_refused(where):
    with pytest.raises(RulesUnreadable, match="category"):
        load_partnership(RULES.replace("{BEYOND}", "").replace(where, where.replace("intelligence", "elsewhere"), 1))


def test_a_competent_authority_that_is_no_partner_is_refused():
    with pytest.raises(RulesUnreadable, match="law_enforcement names an agency"):
        load_partnership(RULES.replace("{BEYOND}", "").replace("agencies: [police]", "agencies: [customs]"))
