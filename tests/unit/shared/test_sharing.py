"""The sharing decision: nothing without a power in force, own records always, and audiences that follow from it."""

from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.sharing import OWN, Level, Partnership, RulesUnreadable, decide, load_partnership, views

DAY = date(2026, 11, 22)
AGENCIES = ("fire", "food", "police")
CATEGORIES = ("hygiene", "presence")


def power(**changed: object) -> dict[str, object]:
    return {
        "id": "power",
        "from": ["food"],
        "to": ["fire"],
        "categories": ["hygiene"],
        "purposes": ["compliance"],
        "grant": "full",
        "statute": "Test Act 2020",
        "section": "1",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        "status": "active",
        "legal_review": "needed",
    } | changed


def partnership(*powers: dict[str, object]) -> Partnership:
    return load_partnership(
        yaml.safe_dump(
            {
                "id": "test",
                "title": "Test",
                "agencies": [{"id": agency, "title": agency} for agency in AGENCIES],
                "categories": list(CATEGORIES),
                "stream_purpose": "compliance",
                "legal_gateways": list(powers),
            }
        )
    )


def granted(rules: Partnership, viewer="fire", purpose="compliance", owner="food", category="hygiene", day=DAY):
    return decide(viewer, purpose, owner, category, day, rules)


def test_without_a_power_an_agency_has_its_own_records_and_no_others():
    rules = partnership()
    for viewer in AGENCIES:
        for owner in AGENCIES:
            grant = granted(rules, viewer=viewer, owner=owner)
            assert (grant is not None) == (viewer == owner)
            assert grant is None or (grant.level, grant.gateway) == (Level.full, OWN)


def test_a_power_in_force_grants_exactly_what_it_names():
    rules = partnership(power())
    grant = granted(rules)
    assert (grant.level, grant.gateway) == (Level.full, "power")


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
    assert granted(partnership(power()), **asked) is None


@pytest.mark.parametrize("status", ["draft", "legal_review", "expired", "revoked"])
def test_a_power_that_is_not_active_grants_nothing(status):
    assert granted(partnership(power(status=status))) is None


def test_a_power_holds_on_its_first_and_its_last_day():
    rules = partnership(power())
    assert granted(rules, day=date(2026, 1, 1))
    assert granted(rules, day=date(2026, 12, 31))
    assert granted(partnership(power(ends=None)), day=date(2099, 1, 1))


def test_of_several_powers_the_strongest_grant_counts_and_names_its_own():
    rules = partnership(
        power(id="a-known", grant="known", contact="desk@example.org"),
        power(id="b-fields", grant="fields", fields=["names"]),
        power(id="c-full", status="revoked"),
    )
    grant = granted(rules)
    assert (grant.level, grant.gateway, grant.fields) == (Level.fields, "b-fields", ("names",))


def test_anyone_means_every_agency_of_the_partnership_and_no_stranger():
    rules = partnership(power(**{"from": "*", "to": "*", "categories": "*"}))
    assert granted(rules, viewer="police", category="presence")
    assert granted(rules, viewer="stranger") is None


def test_agencies_that_see_the_same_are_one_audience_and_only_full_grants_count():
    share = {"from": "*", "to": ["fire", "food"], "categories": "*"}
    rules = partnership(power(**share), power(id="hint", to=["police"], grant="known"))
    found = {view.agencies: view for view in views(rules, DAY)}
    assert found.keys() == {("fire", "food"), ("police",)}
    assert found[("fire", "food")].sees("police", "hygiene")
    assert found[("police",)].visible == {("police", "hygiene"), ("police", "presence"), ("police", "decisions")}


def test_an_audience_is_named_by_what_it_sees_alone():
    alone = partnership()
    joined = partnership(power(to=["police"]))
    before = {agency: view.id for view in views(alone, DAY) for agency in view.agencies}
    after = {agency: view.id for view in views(joined, DAY) for agency in view.agencies}
    assert after["fire"] == before["fire"]
    assert after["police"] != before["police"]
    assert before["police"] == {a: v.id for v in views(joined, DAY - timedelta(days=400)) for a in v.agencies}["police"]


some = st.lists(st.sampled_from(AGENCIES), min_size=1, unique=True) | st.just("*")
powers = st.lists(
    st.builds(
        lambda from_, to, categories, purpose, grant, status: power(
            **{
                "from": from_,
                "to": to,
                "categories": categories,
                "purposes": [purpose],
                "grant": grant,
                "status": status,
            }
        ),
        some,
        some,
        st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True) | st.just("*"),
        st.sampled_from(["compliance", "tasking"]),
        grant=st.sampled_from([str(level) for level in Level]),
        status=st.sampled_from(["active", "revoked"]),
    ),
    max_size=5,
).map(lambda found: [one | {"id": f"p{number}"} for number, one in enumerate(found)])


@settings(deadline=None)
@given(powers)
def test_views_say_what_decide_says_and_every_agency_is_in_exactly_one(found):
    rules = partnership(*found)
    audiences = views(rules, DAY)
    assert sorted(agency for view in audiences for agency in view.agencies) == sorted(AGENCIES)
    for view in audiences:
        for viewer in view.agencies:
            for owner in AGENCIES:
                for category in (*CATEGORIES, "decisions"):
                    grant = granted(rules, viewer=viewer, owner=owner, category=category)
                    assert view.sees(owner, category) == (grant is not None and grant.level is Level.full)


@settings(deadline=None)
@given(powers, st.integers(0, 4))
def test_taking_a_power_away_never_shows_more(found, place):
    more, less = partnership(*found), partnership(*(found[:place] + found[place + 1 :]))
    seen = [{a: v.visible for v in views(rules, DAY) for a in v.agencies} for rules in (more, less)]
    assert all(seen[1][agency] <= seen[0][agency] for agency in AGENCIES)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("agencies: [", "partnership"),
        ("", "partnership"),
        ("[]", "partnership"),
        ("id: x\ntitle: X\nagencies: []\ncategories: [a]\nstream_purpose: s", "agencies"),
        ("id: X Y\ntitle: X\nagencies: [{id: a, title: A}]\ncategories: [a]\nstream_purpose: s", "id"),
        ("id: x\ntitle: X\nagencies: [{id: a, title: A}]\ncategories: [a]\nstream_purpose: s\nextra: 1", "extra"),
    ],
)
def test_a_faulty_file_is_refused_and_says_where(text, field):
    with pytest.raises(RulesUnreadable) as refused:
        load_partnership(text)
    assert any(error.field.startswith(field) and error.remedy for error in refused.value.errors)


@pytest.mark.parametrize(
    "fault", [{"from": ["nobody"]}, {"to": ["nobody"]}, {"categories": ["nothing"]}, {"purposes": []}]
)
def test_a_power_may_name_only_what_the_partnership_has(fault):
    with pytest.raises(RulesUnreadable):
        partnership(power(**fault))


def test_an_agency_counts_its_own_decisions_and_those_that_a_power_grants():
    records = {"from": "*", "to": "*", "categories": list(CATEGORIES)}
    apart = {agency: view.visible for view in views(partnership(power(**records)), DAY) for agency in view.agencies}
    assert {agency: {o for o, c in visible if c == "decisions"} for agency, visible in apart.items()} == {
        agency: {agency} for agency in AGENCIES
    }
    (shared,) = views(partnership(power(**records), power(id="more", **records | {"categories": ["decisions"]})), DAY)
    assert shared.agencies == AGENCIES
    assert all(shared.sees(agency, "decisions") for agency in AGENCIES)


def test_no_feed_may_hold_decisions():
    text = yaml.safe_dump(partnership().model_dump(mode="json", by_alias=True) | {"categories": ["decisions"]})
    with pytest.raises(RulesUnreadable, match="leave it out"):
        load_partnership(text)
