"""The sharing decision: nothing without a power in force, own records always, and audiences that follow from it."""

from datetime import date, timedelta

import pytest

from shared.sharing import ConditionKind, Level, views
from tests.unit.shared.sharing.build import AGENCIES, CATEGORIES, DAY, condition, granted, power, rules, signed, under

FIRST = [kind for kind in ConditionKind if kind != "no_onward_sharing"]


def test_without_a_power_an_agency_has_its_own_records_and_no_others():
    for viewer in AGENCIES:
        for owner in AGENCIES:
            grant = granted(rules(), viewer=viewer, owner=owner)
            assert (grant is not None) == (viewer == owner)
            assert grant is None or (grant.level, grant.under) == (Level.full, ())


def test_a_power_in_force_grants_exactly_what_it_names():
    grant = granted(rules(power()))
    assert (grant.level, under(grant)) == (Level.full, ("power",))


@pytest.mark.parametrize(
    "asked",
    [
        {"viewer": "police"},
        {"viewer": "food", "owner": "fire"},
        {"owner": "police"},
        {"category": "presence"},
        {"purpose": "curiosity"},
        {"day": date(2025, 12, 31)},
        {"day": date(2027, 1, 1)},
        {"viewer": "stranger"},
        {"owner": "stranger"},
        {"viewer": "stranger", "owner": "stranger"},
    ],
    ids=str,
)
def test_one_step_beside_the_power_there_is_nothing(asked):
    assert granted(rules(power()), **asked) is None


@pytest.mark.parametrize("status", ["draft", "legal_review", "expired", "revoked"])
def test_a_power_that_is_not_active_grants_nothing(status):
    assert granted(rules(power(status=status))) is None


def test_a_power_holds_on_its_first_and_its_last_day():
    assert granted(rules(power()), day=date(2026, 1, 1))
    assert granted(rules(power()), day=date(2026, 12, 31))
    assert granted(rules(power(ends=None)), day=date(2099, 1, 1))


@pytest.mark.parametrize(
    "lacking",
    [
        {"signatures": []},
        {"signatures": signed("fire", "police")},
        {"signatures": signed("food", day="2026-11-23")},
        {"legal_review": None},
        {"legal_review": {"by": "a lawyer", "day": "2026-11-23"}},
    ],
    ids=["nobody signed", "the owner did not sign", "signed tomorrow", "not reviewed", "reviewed tomorrow"],
)
def test_a_power_that_was_not_reviewed_and_signed_by_the_owner_by_that_day_grants_nothing(lacking):
    assert granted(rules(power(**lacking))) is None


def test_each_agency_that_discloses_signs_for_itself():
    shared = rules(power(**{"from": ["food", "police"]}, signatures=signed("food")))
    assert granted(shared, owner="food")
    assert granted(shared, owner="police") is None


def test_a_class_stands_for_the_agencies_that_carry_it():
    by_class = rules(power(**{"from": ["environmental-health"], "to": ["police-force", "fire-authority"]}))
    assert granted(by_class, viewer="fire")
    assert granted(by_class, viewer="police")
    assert granted(by_class, owner="police", viewer="fire") is None


def test_of_several_powers_the_strongest_that_is_in_force_counts_and_names_its_own():
    shared = rules(
        power(id="a-known", grant="known"),
        power(id="b-fields", grant="fields", field_groups=["people"], contact="b"),
        power(id="c-full", status="revoked"),
    )
    grant = granted(shared)
    assert (grant.level, under(grant), grant.field_groups, grant.contact) == (
        Level.fields,
        ("b-fields",),
        ("people",),
        "b",
    )


def test_powers_over_different_fields_give_all_of_them_and_only_those_that_add_are_named():
    shared = rules(
        power(id="a", grant="fields", field_groups=["people", "address"]),
        power(id="b", grant="fields", field_groups=["address"]),
        power(id="c", grant="fields", field_groups=["identity"]),
    )
    grant = granted(shared)
    assert (under(grant), grant.field_groups) == (("a", "c"), ("identity", "address", "people"))


def test_of_two_powers_for_the_same_the_one_that_asks_less_is_named():
    shared = rules(power(id="a", conditions=[condition("no_onward_sharing")]), power(id="b"), power(id="c"))
    assert (under(granted(shared)), granted(shared).no_onward_sharing) == (("b",), False)


@pytest.mark.parametrize("kind", FIRST)
def test_a_condition_to_be_met_first_keeps_a_power_out_of_everything_standing(kind):
    shared = rules(power(conditions=[condition(kind)]))
    assert granted(shared) is None
    assert granted(shared, met=frozenset(FIRST) - {kind}) is None
    assert under(granted(shared, met=frozenset({kind}))) == ("power",)
    assert not any(view.sees("food", "hygiene") for view in views(shared, DAY) if "fire" in view.agencies)


def test_a_ban_on_passing_it_on_is_kept_afterwards_and_holds_nothing_up():
    shared = rules(power(conditions=[condition("no_onward_sharing")]))
    assert (under(granted(shared)), granted(shared).no_onward_sharing) == (("power",), True)
    assert any(view.sees("food", "hygiene") for view in views(shared, DAY) if "fire" in view.agencies)


def test_anyone_means_every_agency_of_the_partnership_and_no_stranger():
    shared = rules(power(**{"from": "*", "to": "*", "categories": "*"}))
    assert granted(shared, viewer="police", category="presence")
    assert granted(shared, viewer="stranger") is None


def test_agencies_that_see_the_same_are_one_audience_and_only_full_grants_count():
    share = {"from": "*", "to": ["fire", "food"], "categories": "*"}
    shared = rules(power(**share), power(id="hint", to=["police"], grant="known"))
    found = {view.agencies: view for view in views(shared, DAY)}
    assert found.keys() == {("fire", "food"), ("police",)}
    assert found[("fire", "food")].sees("police", "hygiene")
    assert found[("police",)].visible == {("police", category) for category in rules().graph_categories}


def test_an_audience_is_named_by_what_it_sees_alone():
    alone = rules()
    joined = rules(power(to=["police"]))
    before = {agency: view.id for view in views(alone, DAY) for agency in view.agencies}
    after = {agency: view.id for view in views(joined, DAY) for agency in view.agencies}
    assert after["fire"] == before["fire"]
    assert after["police"] != before["police"]
    assert before["police"] == {a: v.id for v in views(joined, DAY - timedelta(days=400)) for a in v.agencies}["police"]


def test_what_people_plan_and_ask_for_is_no_part_of_a_view():
    assert not {"visits", "requests"} & {category for view in views(rules(), DAY) for _, category in view.visible}


def test_an_agency_counts_its_own_decisions_and_those_that_a_power_grants():
    records = {"from": "*", "to": "*", "categories": list(CATEGORIES)}
    apart = {agency: view.visible for view in views(rules(power(**records)), DAY) for agency in view.agencies}
    assert {agency: {o for o, c in visible if c == "decisions"} for agency, visible in apart.items()} == {
        agency: {agency} for agency in AGENCIES
    }
    people = {"categories": ["decisions", "concern-cards", "visit-outcomes"]}
    (shared,) = views(rules(power(**records), power(id="more", **records | people)), DAY)
    assert shared.agencies == AGENCIES
    assert all(shared.sees(agency, "decisions") for agency in AGENCIES)
