"""What holds of the decision whatever the gateways are."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.sharing import ConditionKind, Grant, Level, Partnership, views
from tests.unit.shared.sharing import build
from tests.unit.shared.sharing.build import AGENCIES, DAY, granted, rules, under

EVERYTHING = frozenset(ConditionKind)
many = settings(deadline=None, max_examples=200)


GRAPH = rules().graph_categories


def reach(grant: Grant | None) -> frozenset[str]:
    return grant.reach if grant else frozenset()


def every_answer(partnership: Partnership, met: frozenset[ConditionKind] = frozenset(), day: date = DAY) -> list:
    return [
        reach(granted(partnership, viewer, purpose, owner, category, day, met))
        for viewer in AGENCIES
        for purpose in build.PURPOSES
        for owner in AGENCIES
        for category in GRAPH
    ]


@many
@given(build.powers(), build.questions, build.met_sets)
def test_nothing_is_had_but_under_a_gateway_that_is_in_force_covers_it_and_whose_conditions_are_met(found, asked, met):
    """The decision written a second time, as an auditor would check it: out of the file, line by line."""
    viewer, purpose, owner, category = asked
    grant = granted(rules(*found), viewer, purpose, owner, category, DAY, met)
    usable = [one for one in found if _opens(one, viewer, purpose, owner, category, met)]
    if viewer == owner:
        assert (grant.level, grant.under) == (Level.full, ())
    elif not usable:
        assert grant is None
    else:
        assert set(under(grant)) <= {one["id"] for one in usable}
        assert grant.level == next(level for level in Level if any(one["grant"] == level for one in usable))
        parts = {group for one in usable if one["grant"] == "fields" for group in one["field_groups"]}
        assert set(grant.field_groups) == (parts if grant.level is Level.fields else set())


def _opens(one: dict, viewer: str, purpose: str, owner: str, category: str, met: frozenset[ConditionKind]) -> bool:
    first = {asked["kind"] for asked in one["conditions"]} - {"no_onward_sharing"}
    return (
        _in(one["from"], owner)
        and _in(one["to"], viewer)
        and (one["categories"] == "*" or category in one["categories"])
        and purpose in one["purposes"]
        and one["status"] == "active"
        and date.fromisoformat(one["starts"]) <= DAY
        and (one["ends"] is None or date.fromisoformat(one["ends"]) >= DAY)
        and owner in {signature["agency"] for signature in one["signatures"]}
        and first <= met
    )


def _in(listed: list[str] | str, agency: str) -> bool:
    return listed == "*" or agency in listed or any(name in listed for name in build.CLASSES[agency])


@many
@given(build.powers(), st.integers(0, 5), build.met_sets)
def test_adding_a_gateway_never_takes_away_and_taking_one_away_never_adds(found, place, met):
    more, less = rules(*found), rules(*(found[:place] + found[place + 1 :]))
    assert all(fewer <= wider for fewer, wider in zip(every_answer(less, met), every_answer(more, met), strict=True))


@many
@given(build.powers(), st.integers(0, 5))
def test_revoking_a_gateway_never_adds_to_what_an_audience_sees(found, place):
    revoked = [one | {"status": "revoked"} if number == place else one for number, one in enumerate(found)]
    before, after = (
        {agency: view.visible for view in views(rules(*some), DAY) for agency in view.agencies}
        for some in (found, revoked)
    )
    assert all(after[agency] <= before[agency] for agency in AGENCIES)


@many
@given(build.powers(), build.met_sets, build.met_sets)
def test_meeting_more_conditions_never_gives_less(found, some, others):
    made = rules(*found)
    assert all(a <= b for a, b in zip(every_answer(made, some), every_answer(made, some | others), strict=True))


@many
@given(build.powers(), st.randoms(use_true_random=False), build.met_sets)
def test_the_order_of_the_file_changes_nothing(found, random, met):
    shuffled = random.sample(found, len(found))
    for viewer in AGENCIES:
        for owner in AGENCIES:
            one, other = (granted(rules(*some), viewer=viewer, owner=owner, met=met) for some in (found, shuffled))
            assert one == other


@many
@given(build.powers())
def test_views_hold_exactly_what_is_granted_in_full_without_conditions_and_every_agency_is_in_one(found):
    made = rules(*found)
    audiences = views(made, DAY)
    assert sorted(agency for view in audiences for agency in view.agencies) == sorted(AGENCIES)
    for view in audiences:
        for viewer in view.agencies:
            for owner in AGENCIES:
                for category in GRAPH:
                    grant = granted(made, viewer=viewer, owner=owner, category=category)
                    assert view.sees(owner, category) == (grant is not None and grant.level is Level.full)


@many
@given(build.powers(), st.sampled_from(AGENCIES))
def test_no_gateway_that_asks_for_something_first_is_ever_in_a_view(found, viewer):
    asking = [one for one in found if {c["kind"] for c in one["conditions"]} - {"no_onward_sharing"}]
    seen = {agency: view.visible for view in views(rules(*asking), DAY) for agency in view.agencies}
    assert seen[viewer] == {(viewer, category) for category in GRAPH}
