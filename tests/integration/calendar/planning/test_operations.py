"""Weeks of action through the API: told to whom a power lets, approved once everybody consents, capacity warned of."""

import asyncio
from typing import Any

import pytest

from tests.integration.calendar.planning.partnership import Town, rules

ON_ONE_STORE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no store does differently."""
TEAMS = [
    {"agency": "council", "officers": 1, "regimes": ["food-hygiene"]},
    {"agency": "fire", "officers": 1, "regimes": ["fire-safety"]},
]
WEEK = {
    "title": "Week of action",
    "starts": "2027-03-01",
    "ends": "2027-03-05",
    "follow_up_until": "2027-06-30",
    "programme": [{"what": "Takeaways of the high street", "visits": 40, "teams": TEAMS}],
    "invite": [{"agency": "fire"}],
}
TOLD = (("council", "fire"), ("council", "hmrc"))


@pytest.fixture
async def week(empty_town: Town) -> Town:
    """council may tell fire and hmrc of what it plans."""
    await empty_town.rule(rules(*TOLD))
    return empty_town


async def plan(town: Town, **more: Any) -> dict[str, Any]:
    answer = await town.ask("POST", "/v1/operations", "council", body=WEEK | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def consent(town: Town, made: dict[str, Any], agency: str, days: float | None = 50.0, consent: str = "given"):
    body = {"version": made["version"], "consent": consent, "officer_days": days, "said": "We are ready"}
    return await town.ask("POST", f"/v1/operations/{made['operation_id']}/consent", agency, body=body)


async def approve(town: Town, made: dict[str, Any], **more: Any):
    body = {"version": made["version"]} | more
    return await town.ask("POST", f"/v1/operations/{made['operation_id']}/approval", "council", body=body)


async def read(town: Town, made: dict[str, Any], agency: str = "council") -> dict[str, Any]:
    return dict((await town.ask("GET", f"/v1/operations/{made['operation_id']}", agency)).json())


async def test_it_is_approved_once_every_partner_consents_and_not_before(week):
    made = await plan(week)
    await consent(week, made, "council")
    refused = await approve(week, made)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Every partner has to consent first.")
    assert (await consent(week, made, "fire")).status_code == 200
    approved = (await approve(week, made)).json()
    assert (approved["status"], approved["version"]) == ("approved", 2)


@ON_ONE_STORE
async def test_a_partner_who_refuses_stops_it(week):
    made = await plan(week)
    await consent(week, made, "council")
    await consent(week, made, "fire", consent="refused")
    assert (await approve(week, made, in_spite_of="We go all the same")).status_code == 409


@ON_ONE_STORE
async def test_follow_up_beyond_what_an_agency_can_spare_is_warned_of_before_approval(week):
    made = await plan(week)
    await consent(week, made, "council", days=2.0)
    await consent(week, made, "fire")
    warned = [one for one in (await read(week, made))["warnings"] if one["kind"] == "over_capacity"]
    assert [one["agency"] for one in warned] == ["council"]
    refused = await approve(week, made)
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "body.in_spite_of"
    assert warned[0]["sentence"] in refused.json()["detail"]
    assert (await approve(week, made, in_spite_of="Two temporary officers come in April")).status_code == 200


@ON_ONE_STORE
async def test_what_an_agency_can_spare_is_told_to_nobody_but_the_one_that_planned(week):
    made = await plan(week, invite=[{"agency": "fire"}, {"agency": "hmrc"}])
    await consent(week, made, "fire", days=1.0)
    seen = {agency: await read(week, made, agency) for agency in ("council", "fire", "hmrc")}
    spare = {
        agency: [one["spare"] for one in answer["loads"] if one["agency"] == "fire"] for agency, answer in seen.items()
    }
    assert spare == {"council": [1.0], "fire": [1.0], "hmrc": [None]}
    assert "We are ready" not in str(seen["hmrc"])
    assert not [one for one in seen["hmrc"]["warnings"] if one["kind"].startswith(("over", "capacity"))]


async def test_a_changed_plan_has_to_be_consented_to_again(week):
    made = await plan(week)
    await consent(week, made, "fire")
    path = f"/v1/operations/{made['operation_id']}"
    changed = await week.ask("PUT", path, "council", body=WEEK | {"version": 1, "title": "Two weeks"})
    assert {one["consent"] for one in changed.json()["partners"]} == {"asked"}
    assert (await consent(week, made, "fire")).status_code == 409
    assert (await week.ask("PUT", path, "council", body=WEEK | {"version": 1})).status_code == 409


async def test_of_two_approvals_at_once_one_is_told_that_the_other_was_first(week):
    made = await plan(week)
    await consent(week, made, "council")
    await consent(week, made, "fire")
    answers = await asyncio.gather(approve(week, made), approve(week, made))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@ON_ONE_STORE
async def test_a_partner_whom_no_power_lets_be_told_is_not_told_and_the_planner_hears_what_is_missing(empty_town):
    await empty_town.rule(rules(("fire", "council")))
    answer = await empty_town.ask("POST", "/v1/operations", "council", body=WEEK)
    assert answer.status_code == 403
    assert "fire" in answer.json()["detail"].lower()
    assert (await empty_town.ask("GET", "/v1/operations", "council")).json()["operations"] == []


@ON_ONE_STORE
async def test_who_was_not_asked_cannot_tell_it_from_what_never_was(week):
    made = await plan(week)
    for path in ("", "/consent", "/approval", "/needs"):
        body = {"": None, "/consent": {"version": 1, "consent": "given"}, "/approval": {"version": 1}}.get(path)
        body = body or ({"kind": "officers", "amount": 1, "words": "help"} if path else None)
        method = "POST" if path else "GET"
        answers = [
            await week.ask(method, f"/v1/operations/{id_}{path}", "hmrc", body=body)
            for id_ in (made["operation_id"], f"ope_{'0' * 32}")
        ]
        said = [(one.status_code, one.json()["title"], one.json().get("detail")) for one in answers]
        assert said[0] == said[1], path
    assert (await week.ask("GET", "/v1/operations", "hmrc")).json() == {"operations": [], "next": None}


async def test_a_rule_that_is_revoked_takes_it_away_and_no_page_tells_that_it_was_there(week):
    for title in ("First", "Second", "Third"):
        await plan(week, title=title)
    page = (await week.ask("GET", "/v1/operations?limit=2", "fire")).json()
    rest = (await week.ask("GET", f"/v1/operations?limit=2&cursor={page['next']}", "fire")).json()
    assert [one["title"] for one in page["operations"] + rest["operations"]] == ["Third", "Second", "First"]
    await week.rule(rules())
    assert (await week.ask("GET", "/v1/operations?limit=2", "fire")).json() == {"operations": [], "next": None}


async def test_what_one_agency_needs_others_offer_until_nothing_is_missing(week):
    made = await plan(week)
    path = f"/v1/operations/{made['operation_id']}/needs"
    asked = {"kind": "officers", "amount": 50, "words": "officers who can search on Tuesday"}
    need = (await week.ask("POST", path, "council", body=asked)).json()["needs"][0]
    offer = f"{path}/{need['need_id']}/offer"
    offered = (await week.ask("PUT", offer, "fire", body={"amount": 30})).json()["needs"][0]
    assert (offered["missing"], offered["offers"]) == (20, [{"agency": "fire", "amount": 30}])
    assert (await week.ask("PUT", offer, "fire", body={"amount": 50})).json()["needs"][0]["missing"] == 0
    assert (await week.ask("PUT", offer, "fire", body={"amount": 0})).json()["needs"][0]["offers"] == []
    assert (await week.ask("PUT", offer, "council", body={"amount": 1})).status_code == 409


async def test_visits_of_ones_own_become_part_of_it_and_partners_are_told_of_those_that_they_may_see(week):
    made = await plan(week)
    place = {"name": "Shop", "address": {"lines": ["1 High Street"], "postcode": "UB1 1AA"}}
    when = {"starts": "2027-03-02T10:00", "ends": "2027-03-02T11:00"}
    terms = {"purpose": "enforcement", "regimes": ["food-hygiene"]}
    planned, hidden = [
        (await week.ask("POST", "/v1/visits", "council", body={"place": place, "when": when, "terms": one})).json()
        for one in (terms, terms | {"tier": "hidden"})
    ]
    path = f"/v1/operations/{made['operation_id']}/visits"
    assert (await week.ask("POST", path, "fire", body={"visits": [planned["visit_id"]]})).status_code == 422
    both = sorted((planned["visit_id"], hidden["visit_id"]))
    assert (await week.ask("POST", path, "council", body={"visits": both})).json()["visits"] == both
    assert (await read(week, made, "fire"))["visits"] == [planned["visit_id"]]


@ON_ONE_STORE
async def test_what_is_called_off_takes_no_more_answers(week):
    made = await plan(week)
    path = f"/v1/operations/{made['operation_id']}/call-off"
    assert (await week.ask("POST", path, "fire", body={"version": 1})).status_code == 403
    assert (await week.ask("POST", path, "council", body={"version": 1})).json()["status"] == "called_off"
    assert (await consent(week, made, "fire")).status_code == 409
