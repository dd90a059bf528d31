"""A request for information from asking to answer, with everything that stops it on its way."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from services.referrals.handlers.chasing import chase, forget
from shared.runtime.clock import utc_now
from tests.integration.referrals.office import Office

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMMIGRATION = {"purpose": "immigration-control"}
PREMISES = {"name": "Zyzzo Fried Chicken", "address": "12 Oak Road, Truro", "postcode": "TR1 2AA"}
WHY = "A tip names three workers who sleep above the shop; a warrant needs their names."
EMPLOYEES = [{"name": "Ivy Marsden", "date_of_birth": "1990-02-03"}, {"name": "A. N. Other", "date_of_birth": None}]


def rti(**given: Any) -> dict[str, Any]:
    fixed = {"kind": "employees-at-premises", "to": "revenue", "premises": PREMISES, "necessity": WHY}
    return fixed | {"question": {"on-day": "2026-11-20"}} | given


async def asked(office: Office, **given: Any) -> str:
    made = await office.post("border/olive", "/v1/requests", rti(**given), **IMMIGRATION)
    return str(made["id"])


async def chief(office: Office) -> None:
    """Charles may authorise what Border asks."""
    charles = await office.officer("border", "charles")
    await office.post(
        "border", "/v1/contacts", {"role": "Chief", "topics": ["authorising-officer"], "people": [charles]}
    )


async def sent(office: Office) -> str:
    await chief(office)
    id_ = await asked(office)
    await step(office, "border/charles", id_, "authority", {"says": "Necessary: no other source has the names."})
    return id_


async def step(office: Office, who: str, id_: str, name: str, body: Any, expected: int = 200) -> Any:
    claims = IMMIGRATION if who.startswith("border") else {}
    return await office.post(who, f"/v1/requests/{id_}/{name}", body, expected, **claims)


async def look(office: Office, who: str, id_: str, **claims: Any) -> dict[str, Any]:
    return dict(await office.get(who, f"/v1/requests/{id_}", **(claims or (IMMIGRATION if "border" in who else {}))))


async def test_the_answer_reaches_who_asked_and_nobody_else(office: Office) -> None:
    id_ = await sent(office)
    assert (await look(office, "revenue/rita", id_))["question"] == {"on-day": "2026-11-20"}
    hit = await step(office, "revenue/rita", id_, "hit", {"hit": True})
    assert (hit["status"], hit["answer"], hit["power"]) == ("hit", None, "Test Act, 40")
    assert (await look(office, "border/olive", id_))["speak_to"] == "the request desk"
    await step(office, "revenue/rita", id_, "answer", {"values": {"employees": EMPLOYEES}})
    for who in ("border/olive", "border/charles", "revenue/rita"):
        assert (await look(office, who, id_))["answer"] == {"employees": EMPLOYEES}
    for who in ("border/another", "revenue/another"):
        found = await look(office, who, id_)
        assert (found["answer"], "for who asked" in found["withheld"]) == (None, True)
    assert (await office.call("council", "GET", f"/v1/requests/{id_}")).status_code == 404
    assert (await office.get("council", "/v1/requests"))["items"] == []
    taken = [(one["step"], one["agency"]) for one in (await look(office, "border/olive", id_))["steps"]]
    assert taken == [("ask", "border"), ("authorise", "border"), ("hit", "revenue"), ("answer", "revenue")]


async def test_events_tell_both_agencies_of_steps_and_nobody_of_words(office: Office) -> None:
    id_ = await sent(office)
    await step(office, "revenue/rita", id_, "hit", {"hit": True})
    await step(office, "revenue/rita", id_, "answer", {"values": {"employees": EMPLOYEES}})
    said = await office.said()
    assert [(kind, data["status"]) for kind, data in said] == [
        ("request.made", "sent"),
        ("request.moved", "hit"),
        ("request.moved", "answered"),
    ]
    assert {(data["from_agency"], data["to_agency"]) for _, data in said} == {("border", "revenue")}
    assert said[0][1]["met"] == ["authorising_officer", "case_by_case", "one_premises_only"]
    assert not any(word in str(said) for word in ("Zyzzo", "Marsden", "olive", "rita", "warrant"))


async def test_who_is_asked_hears_nothing_before_somebody_else_has_authorised_it(office: Office) -> None:
    await chief(office)
    id_ = await asked(office)
    assert (await look(office, "border/olive", id_))["status"] == "awaiting_authority"
    assert (await office.call("revenue", "GET", f"/v1/requests/{id_}")).status_code == 404
    assert (await office.get("revenue", "/v1/requests"))["items"] == []
    reason = {"says": "I approve my own."}
    await step(office, "border/olive", id_, "authority", reason, 403)
    await step(office, "border/stranger", id_, "authority", reason, 403)
    own = await office.post("border/charles", "/v1/requests", rti(), **IMMIGRATION)
    await step(office, "border/charles", own["id"], "authority", reason, 403)
    await step(office, "border/charles", id_, "authority", reason)
    assert [one["id"] for one in (await office.get("revenue", "/v1/requests"))["items"]] == [id_]


async def test_what_waits_is_not_told_by_what_was_sent_before_somebody_had_to_authorise_it(office: Office) -> None:
    body = {"kind": "vat-registered", "to": "revenue", "premises": PREMISES, "necessity": WHY}
    first = await office.post("council/carl", "/v1/requests", body)
    rules = office.settings.partnership_file
    asks = "contact: the request desk, conditions: [{kind: authorising_officer, source: s}], statute"
    rules.write_text(rules.read_text().replace("contact: the request desk, statute", asks))
    second = await office.post("council/carl", "/v1/requests", body)
    assert (first["status"], second["status"]) == ("sent", "awaiting_authority")
    assert [one["id"] for one in (await office.get("revenue", "/v1/requests"))["items"]] == [first["id"]]


async def test_without_a_power_nothing_is_asked_and_the_refusal_names_what_is_missing(office: Office) -> None:
    answer = await office.call("border/olive", "POST", "/v1/requests", json=rti(), purpose="compliance")
    assert answer.status_code == 403
    assert "No legal gateway in force" in answer.json()["detail"]
    assert (await office.get("border", "/v1/requests"))["items"] == []
    person = {"kind": "known-person", "person": {"name": "Ivy Marsden"}, "premises": None, "question": {}}
    answer = await office.call("border/olive", "POST", "/v1/requests", json=rti(**person), **IMMIGRATION)
    assert answer.status_code == 403
    assert "Ask about one named premises only." in answer.json()["detail"]
    assert "Marsden" not in answer.text


async def test_a_power_for_hit_or_no_hit_gives_that_and_the_contact_and_no_more(office: Office) -> None:
    body = {"kind": "vat-registered", "to": "revenue", "premises": PREMISES, "necessity": WHY}
    made = await office.post("council/carl", "/v1/requests", body)
    assert made["status"] == "sent"
    await step(office, "revenue/rita", made["id"], "hit", {"hit": True})
    assert (await look(office, "council/carl", made["id"]))["speak_to"] == "the request desk"
    refused = await office.call(
        "revenue/rita", "POST", f"/v1/requests/{made['id']}/answer", json={"values": {"registered": "confirmed"}}
    )
    assert (refused.status_code, "hit or no hit only" in refused.json()["detail"]) == (403, True)


async def test_no_answer_comes_before_the_hit_and_none_after_no_hit(office: Office) -> None:
    id_ = await sent(office)
    body = {"values": {"employees": EMPLOYEES}}
    await step(office, "revenue/rita", id_, "answer", body, 409)
    assert (await step(office, "revenue/rita", id_, "hit", {"hit": False}))["status"] == "no_hit"
    await step(office, "revenue/rita", id_, "answer", body, 409)
    await step(office, "revenue/rita", id_, "refusal", {"says": "Too late."}, 409)


async def test_of_two_who_answer_at_once_one_does_and_the_other_is_told(office: Office) -> None:
    id_ = await sent(office)
    paths = [(f"/v1/requests/{id_}/hit", {"hit": True}), (f"/v1/requests/{id_}/refusal", {"says": "We hold it back."})]
    answers = await asyncio.gather(
        *(office.call(f"revenue/{n}", "POST", p, json=b) for n, (p, b) in enumerate(paths * 5))
    )
    statuses = sorted(answer.status_code for answer in answers)
    taken = [one["step"] for one in (await look(office, "border/olive", id_))["steps"][2:]]
    assert len(taken) == statuses.count(200)
    assert set(statuses) == {200, 409}
    assert taken in (["hit"], ["refuse"], ["hit", "refuse"])


async def test_a_revoked_power_withdraws_the_answer_and_the_request_itself(office: Office) -> None:
    id_ = await sent(office)
    await step(office, "revenue/rita", id_, "hit", {"hit": True})
    await step(office, "revenue/rita", id_, "answer", {"values": {"employees": EMPLOYEES}})
    elsewhere = await look(office, "border/olive", id_, purpose="compliance")
    assert (elsewhere["answer"], "another purpose" in elsewhere["withheld"]) == (None, True)
    rules = office.settings.partnership_file
    text = rules.read_text()
    rules.write_text(
        text.replace(
            'section: "40", starts: 2020-01-01, status: active', 'section: "40", starts: 2020-01-01, status: revoked'
        )
    )
    found = await look(office, "border/olive", id_)
    assert (found["answer"], found["power"], "revoked" in found["withheld"]) == (None, None, True)
    rules.write_text(
        text.replace(
            'section: "1", starts: 2020-01-01, status: active', 'section: "1", starts: 2020-01-01, status: revoked'
        )
    )
    assert (await office.call("revenue/rita", "GET", f"/v1/requests/{id_}")).status_code == 404
    assert (await office.get("revenue/rita", "/v1/requests"))["items"] == []
    assert await office.get("revenue/rita", "/v1/requests/turnaround") == []


async def test_wrong_fields_are_named_and_never_repeated(office: Office) -> None:
    wrong = rti(question={"on-day": "Ivy Marsden", "else": 1})
    answer = await office.call("border/olive", "POST", "/v1/requests", json=wrong, **IMMIGRATION)
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("body.question", "unknown"),
        ("body.question.on-day", "type"),
    ]
    assert "Marsden" not in answer.text
    for to in ("border", "nobody"):
        await office.post("border/olive", "/v1/requests", rti(to=to), 422, **IMMIGRATION)
    id_ = await sent(office)
    await step(office, "revenue/rita", id_, "hit", {"hit": True})
    people = {"values": {"employees": [{"name": "Ivy Marsden", "born": 1990}]}}
    answer = await office.call("revenue/rita", "POST", f"/v1/requests/{id_}/answer", json=people)
    assert [one["field"] for one in answer.json()["errors"]] == ["body.values.employees"]
    assert "Marsden" not in answer.text


async def test_nobody_waits_past_the_clock_without_a_reminder_and_an_escalation(office: Office) -> None:
    rita = await office.officer("revenue", "Rita")
    with time_machine.travel(NOON, tick=False):
        await office.post("revenue", "/v1/contacts", {"role": "RTI desk", "topics": ["rti"], "people": [rita]})
        await office.post("revenue", "/v1/contacts", {"role": "Head of intelligence"})
        id_ = await sent(office)
        assert (await look(office, "border/olive", id_))["due_at"] == "2026-11-24T12:00:00Z"
    chased = []
    for hours in range(0, 49, 4):
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            await chase(office.database)
            assert await chase(office.database) == 0
            chased.append(len((await look(office, "border/olive", id_))["chased"]))
    assert chased == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]
    found = await look(office, "revenue/rita", id_)
    assert [(one["kind"], one["role"]) for one in found["chased"]] == [
        ("reminder", "RTI desk"),
        ("escalation", "Head of intelligence"),
    ]
    assert found["escalated"]
    said = [(kind, data.get("level")) for kind, data in await office.said()]
    assert said == [("request.made", None), ("request.overdue", 0), ("request.overdue", 1)]


async def test_a_hit_starts_the_clock_anew_and_the_end_stops_it(office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        id_ = await sent(office)
    with time_machine.travel(NOON + timedelta(hours=6), tick=False):
        hit = await step(office, "revenue/rita", id_, "hit", {"hit": True})
        assert hit["due_at"] == "2026-11-26T18:00:00Z"
    with time_machine.travel(NOON + timedelta(hours=9), tick=False):
        await step(office, "revenue/rita", id_, "answer", {"values": {"employees": EMPLOYEES}})
        (found,) = await office.get("border", "/v1/requests/turnaround")
        assert (found["median_hours"], found["ended"]) == (9.0, 1)
        listed = await office.get("border", found["list"])
        assert [(one["id"], one["turnaround_hours"]) for one in listed["items"]] == [(id_, 9.0)]
        assert await office.get("council", "/v1/requests/turnaround") == []
    with time_machine.travel(NOON + timedelta(days=30), tick=False):
        await chase(office.database)
        assert (await look(office, "border/olive", id_))["chased"] == []


async def test_an_answer_is_destroyed_when_its_time_is_over_and_that_it_was_given_stays_known(office: Office) -> None:
    id_ = await sent(office)
    await step(office, "revenue/rita", id_, "hit", {"hit": True})
    await step(office, "revenue/rita", id_, "answer", {"values": {"employees": EMPLOYEES}})
    for days, kept in ((89, {"employees": EMPLOYEES}), (91, None)):
        with time_machine.travel(utc_now() + timedelta(days=days)):
            await forget(office.database)
        found = await look(office, "border/olive", id_)
        assert (found["status"], found["answer"]) == ("answered", kept)
    assert "90 days" in found["withheld"]


async def test_requests_page_newest_first_without_a_gap(office: Office) -> None:
    ids = [await asked(office) for _ in range(5)]
    found, cursor = [], None
    while not found or cursor:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await office.get("border", "/v1/requests", params=params)
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert found == ids[::-1]


async def test_what_was_answered_counts_towards_a_warrant_for_those_who_may_read_it(office: Office) -> None:
    id_ = await sent(office)
    await step(office, "revenue/rita", id_, "hit", {"hit": True})
    await step(office, "revenue/rita", id_, "answer", {"values": {"employees": EMPLOYEES}})
    body = {"request": id_, "executing": "border", "joined": ["council"]}
    path = "/v1/requests/warrant-readiness"
    found = await office.post("border/olive", path, body, 200, **IMMIGRATION)
    unmet = [one["check"] for one in found["checks"] if not one["met"]]
    assert (found["ready"], unmet) == (False, ["currency", "source"])
    other = await office.post("border/another", path, body, 200, **IMMIGRATION)
    assert [one["check"] for one in other["checks"] if not one["met"]][:2] == ["offender", "date_of_birth"]
    await office.post("council", path, body, 404)
    await office.post("border/olive", path, body | {"joined": ["nobody"]}, 422, **IMMIGRATION)
