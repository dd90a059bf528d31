"""Tasking through the API, over a real linker."""

from datetime import date

import pytest
import time_machine

from shared.runtime import clock
from tests.integration.calendar.planning.partnership import Town, rules
from tests.integration.linker.world import received, record

ON_ONE_STORE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no store does differently."""
VISIT = {"decision": "visit", "lead": "council", "agencies": ["fire"], "reason": "Three regimes, all recent"}
NO_VISIT = {
    "decision": "no_visit",
    "because": "better_information",
    "visits_avoided": 2,
    "reason": "They have left: HMRC's data say so",
    "review_on": "2027-01-10",
}


async def make(town: Town, agency: str = "hmrc", **asked):
    answer = await town.ask("POST", "/v1/tasking/lists", agency, body=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def decide(town: Town, made, entry, body, agency: str = "hmrc"):
    business = made["agenda"][entry]["business_id"]
    path = f"/v1/tasking/lists/{made['list_id']}/entries/{business}/decisions"
    return await town.ask("POST", path, agency, body=body)


def names(made):
    return [entry["business"]["name"] for entry in made["agenda"]]


async def test_three_regimes_come_first_then_two_and_one_is_not_on_the_list(filled_town):
    made = await make(filled_town)
    assert names(made) == ["Chicken Shop", "Broadway Tyres"]
    assert ["3 or more" in made["agenda"][0]["listed_because"], "2 or more" in made["agenda"][1]["listed_because"]]
    assert len(made["agenda"][0]["reasons"]) == 3


@ON_ONE_STORE
async def test_the_list_is_no_longer_than_it_was_asked_to_be(filled_town):
    assert names(await make(filled_town, top=1)) == ["Chicken Shop"]
    assert names(await make(filled_town, wide=1, narrow=1, top=2)) == ["Chicken Shop", "Broadway Tyres"]


async def test_each_agency_lists_from_its_own_view_and_reads_only_its_own_lists(filled_town):
    theirs = await make(filled_town, "hmrc")
    own = await make(filled_town, "fire", wide=1, narrow=1)
    assert all(entry["business"]["agencies"] == ["fire"] for entry in own["agenda"])
    answer = await filled_town.ask("GET", f"/v1/tasking/lists/{theirs['list_id']}", "fire")
    never = await filled_town.ask("GET", f"/v1/tasking/lists/tsk_{'0' * 32}", "fire")
    assert (answer.status_code, answer.json()["title"]) == (never.status_code, never.json()["title"])
    assert answer.status_code == 404
    lists = (await filled_town.ask("GET", "/v1/tasking/lists", "fire")).json()["lists"]
    assert [one["list_id"] for one in lists] == [own["list_id"]]


async def test_a_decision_is_recorded_with_its_reason_lead_and_lead_time(filled_town):
    made = await make(filled_town)
    answer = await decide(filled_town, made, 0, VISIT)
    assert answer.status_code == 201
    decided = answer.json()
    assert (decided["lead"], decided["reason"]) == ("council", VISIT["reason"])
    matched = date.fromisoformat(decided["matched_on"])
    assert decided["days_from_match"] == (clock.today() - matched).days
    listed = (await filled_town.ask("GET", f"/v1/tasking/lists/{made['list_id']}")).json()
    assert listed["agenda"][0]["decision"] == decided
    assert (listed["entries"], listed["decided"]) == (2, 1)


async def test_no_visit_is_an_outcome_with_the_visits_it_avoids(filled_town):
    made = await make(filled_town)
    assert (await decide(filled_town, made, 0, NO_VISIT)).status_code == 201
    await decide(filled_town, made, 1, VISIT)
    answer = await filled_town.ask("GET", "/v1/tasking/decisions?decision=no_visit")
    assert answer.status_code == 200, answer.text
    found = answer.json()["decisions"]
    assert [(one["because"], one["visits_avoided"]) for one in found] == [("better_information", 2)]
    due = (await filled_town.ask("GET", "/v1/tasking/decisions?review_by=2027-01-10")).json()["decisions"]
    assert [one["decision_id"] for one in due] == [found[0]["decision_id"]]
    assert (await filled_town.ask("GET", "/v1/tasking/decisions?review_by=2027-01-09")).json()["decisions"] == []


async def test_a_later_decision_takes_the_place_of_an_earlier_one_and_both_are_kept(filled_town):
    made = await make(filled_town)
    first = (await decide(filled_town, made, 0, NO_VISIT)).json()
    second = (await decide(filled_town, made, 0, VISIT)).json()
    standing = (await filled_town.ask("GET", "/v1/tasking/decisions")).json()["decisions"]
    every = (await filled_town.ask("GET", "/v1/tasking/decisions?standing=false")).json()["decisions"]
    assert [one["decision_id"] for one in standing] == [second["decision_id"]]
    assert [(one["decision_id"], one["stands"]) for one in every] == [
        (second["decision_id"], True),
        (first["decision_id"], False),
    ]


async def test_the_next_list_says_what_the_one_before_decided(filled_town):
    decided = (await decide(filled_town, await make(filled_town), 0, NO_VISIT)).json()
    again = await make(filled_town)
    assert again["agenda"][0]["decision"] is None
    assert [one["decision_id"] for one in again["agenda"][0]["before"]] == [decided["decision_id"]]


async def test_what_is_due_to_be_looked_at_again_is_on_the_next_list_until_it_is_decided(filled_town):
    made = await make(filled_town)
    decided = (await decide(filled_town, made, 1, NO_VISIT)).json()
    with time_machine.travel("2027-01-09T12:00Z"):
        assert names(await make(filled_town, top=1)) == ["Chicken Shop"]
    with time_machine.travel("2027-01-10T12:00Z"):
        again = await make(filled_town, top=1)
        assert names(again) == ["Chicken Shop", "Broadway Tyres"]
        assert names(await make(filled_town, top=1, area="W5")) == []
        entry = again["agenda"][1]
        assert (entry["review_on"], entry["before"][0]["decision_id"]) == ("2027-01-10", decided["decision_id"])
        assert entry["listed_because"] == "Your agency decided to look at it again on 10 January 2027."
        assert (
            await decide(filled_town, again, 1, {"decision": "refer", "lead": "fire", "reason": "Theirs"})
        ).is_success
        assert names(await make(filled_town, top=1)) == ["Chicken Shop"]
        due = await filled_town.ask("GET", "/v1/tasking/decisions?review_by=2027-02-01")
        assert due.json()["decisions"] == []


@ON_ONE_STORE
@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "visit", "reason": "No lead named"},
        {"decision": "no_visit", "reason": "No because"},
        {"decision": "watch", "reason": "No date to look again"},
        {**VISIT, "visits_avoided": 1},
        {**VISIT, "lead": "nobody"},
    ],
)
async def test_a_decision_says_what_it_needs_or_is_refused(filled_town, wrong):
    assert (await decide(filled_town, await make(filled_town), 0, wrong)).status_code == 422


@ON_ONE_STORE
async def test_only_a_chair_decides_and_only_on_entries_of_its_agencys_lists(filled_town):
    made = await make(filled_town)
    business = made["agenda"][0]["business_id"]
    path = f"/v1/tasking/lists/{made['list_id']}/entries/{business}/decisions"
    assert (await filled_town.ask("POST", path, roles=("analyst",), body=VISIT)).status_code == 403
    assert (await filled_town.ask("POST", path, "fire", body=VISIT)).status_code == 404
    elsewhere = path.replace(business, "biz_" + "a" * 20)
    assert (await filled_town.ask("POST", elsewhere, body=VISIT)).status_code == 404


@ON_ONE_STORE
async def test_what_the_view_no_longer_holds_is_gone_from_the_list_and_the_decision_stays(filled_town):
    made = await make(filled_town)
    await decide(filled_town, made, 1, NO_VISIT)
    await filled_town.rule(rules(("fire", "council")))
    listed = (await filled_town.ask("GET", f"/v1/tasking/lists/{made['list_id']}")).json()
    assert [entry["business"] and entry["business"]["agencies"] for entry in listed["agenda"]] == [["hmrc"], None]
    assert listed["agenda"][1]["decision"]["because"] == "better_information"
    assert "Broadway Tyres" not in str(listed)
    assert "240 The Broadway" not in str(listed)


@ON_ONE_STORE
async def test_a_list_made_under_one_id_is_read_under_the_id_that_the_business_has_now(filled_town):
    made = await make(filled_town)
    await filled_town.linker.take(received("council", "0", record("Chicken Shop", severity=2)))
    listed = (await filled_town.ask("GET", f"/v1/tasking/lists/{made['list_id']}")).json()
    assert listed["agenda"][0]["business"]["records"] == 4


async def test_a_business_of_a_primary_authority_is_marked_in_the_views_of_who_noted_it(empty_town):
    company = record("Chain Foods", severity=3).model_copy(update={"company_number": "04812398"})
    fire = record("Chain Foods", severity=3).model_copy(update={"company_number": "04812398"})
    await empty_town.linker.take(received("council", "1", company), received("fire", "1", fire))
    noted = {
        "name": "Chain Foods Ltd",
        "company_number": "04812398",
        "authority": "Other Borough",
        "regimes": ["food-hygiene"],
        "contact": "pa@other.example",
        "starts": "2020-01-01",
    }
    made = await empty_town.ask("POST", "/v1/powers/primary-authorities", body=noted)
    assert made.status_code == 201, made.text
    entry = (await make(empty_town))["agenda"][0]
    assert "Other Borough is its primary authority" in entry["primary_authority"][0]["sentence"]
    body = {"business_id": entry["business_id"]}
    proposal = (await empty_town.ask("POST", "/v1/visits/compose", body=body)).json()
    assert "Other Borough" in proposal["primary_authority"][0]
    assert (await make(empty_town, "council"))["agenda"][0]["primary_authority"] == []

    path = f"/v1/powers/primary-authorities/{made.json()['primary_authority_id']}/end"
    assert (await empty_town.ask("POST", path, "council")).status_code == 404
    assert (await empty_town.ask("POST", path)).status_code == 204
    ended = (await empty_town.ask("GET", "/v1/powers/primary-authorities")).json()["entries"]
    assert [one["ends"] for one in ended] == [clock.today().isoformat()]


@ON_ONE_STORE
async def test_a_company_number_that_says_nothing_is_refused(empty_town):
    noted = {"name": "X", "company_number": "000000", "authority": "Y", "regimes": ["tax"], "contact": "z"}
    answer = await empty_town.ask("POST", "/v1/powers/primary-authorities", body=noted | {"starts": "2020-01-01"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.company_number")
