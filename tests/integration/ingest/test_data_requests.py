"""Erasure, rectification and restriction of an agency's own records, as its information governance decides them."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine

from services.ingest import bootstrap
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.contracts.identifiers import record_id
from shared.runtime.eventlog.keys import make_keys
from shared.runtime.relay import publish_batch
from tests.integration.ingest.served import Ingest, csv_of, food_spec, row

GOVERNANCE = {"roles": ["information_governance"]}
NAME = "Ivy Marsden"
DUTIES = "/v1/duties/ingest"


def asked(right: str = "erasure", *references: str, **given: Any) -> dict[str, Any]:
    ground = {"erasure": "no-longer-necessary", "rectification": "inaccurate", "restriction": "accuracy-contested"}
    fixed = {"right": right, "feed": "food-ratings", "asked_by": "data_subject", "outcome": "granted"}
    return fixed | {"source_refs": references or ("F1",), "ground": ground.get(right, "restriction-ended")} | given


async def decide(ingest: Ingest, body: dict[str, Any], expected: int = 201, agency: str = "food") -> dict[str, Any]:
    headers = ingest.auth(agency, **GOVERNANCE)
    answer = await ingest.client.post(f"{DUTIES}/data-requests", json=body, headers=headers)
    assert answer.status_code == expected, answer.text
    return dict(answer.json())


async def look(ingest: Ingest, path: str, agency: str = "food") -> Any:
    answer = await ingest.client.get(path, headers=ingest.auth(agency, **GOVERNANCE))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def history(ingest: Ingest) -> list[tuple[bool, str | None]]:
    """(whether it says something, why it was retracted) of every version of F1, newest first."""
    found = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
    return [(bool(version["record"]), version["retracted"]) for version in found["versions"]]


async def test_erasure_leaves_the_id_and_that_there_were_versions(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await ingest.post(row(1, name=NAME, rating="0"))
    made = await decide(ingest, asked(case_reference="IG/2026/17"))
    assert made["record_ids"] == [record_id("food-ratings", "F1")]
    assert await history(ingest) == [(False, "erased"), (False, None), (False, None)]
    assert (await ingest.said())[-1] == ("retracted", "", 3)
    assert await look(ingest, f"{DUTIES}/data-requests/{made['id']}") == made
    assert (await look(ingest, f"{DUTIES}/data-requests"))["items"] == [made]


async def test_an_erased_record_does_not_come_back_with_the_next_export(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await decide(ingest, asked())
    receipt = await ingest.send(csv_of([row(1, name=NAME), row(2)]))
    assert (receipt["counts"]["rejected"], receipt["counts"]["stored"]) == (1, 1)
    rows = await ingest.rows(receipt["id"], outcome="rejected")
    assert [(each["source_ref"], each["issues"][0]["code"]) for each in rows] == [(None, "erased")]
    quarantine = (await ingest.call("GET", f"/v1/submissions/{receipt['id']}/quarantine")).json()["items"]
    assert [each["values"] for each in quarantine] == [None]


async def test_no_byte_of_the_store_the_log_or_the_keys_holds_the_name_after_erasure(
    ingest: Ingest, tmp_path: Path
) -> None:
    """On SQLite, byte by byte, with a file that waits to be worked and a row in quarantine."""
    if not ingest.database.is_sqlite:
        return
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await ingest.send(csv_of([row(1, name=NAME, rating="0"), row(1, name=NAME, rating="no such rating")]))
    waiting = await ingest.call("POST", "/v1/feeds/food-ratings/files", content=csv_of([row(1, name=NAME)]))
    await make_keys(ingest.settings.keys_url, bootstrap.SCHEMA)
    log = await bootstrap.log(ingest.settings)
    while await publish_batch(ingest.database, log):
        pass
    assert NAME.encode() in everything(tmp_path)
    await decide(ingest, asked())
    await ingest.work()
    assert (await ingest.receipt(waiting.json()["id"]))["counts"]["rejected"] == 1
    while await publish_batch(ingest.database, log):
        pass
    told = await log.fetch(RECORDS_TOPIC, {}, 100, 1.0)
    assert [bool(message.value) for message in told] == [False, False, True]
    await log.close()
    assert NAME.encode() not in everything(tmp_path)


def everything(folder: Path) -> bytes:
    """Every file's bytes, once what waits in SQLite's own logs has been copied."""
    for file in folder.glob("*.db"):
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_rectification_with_the_row_as_it_should_be_destroys_what_was_said_before(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await decide(ingest, asked("rectification", row=row(1, name="Ivy Marston")))
    assert await history(ingest) == [(True, None), (False, None)]
    events = [event for event in await ingest.events() if event["subject"] == record_id("food-ratings", "F1")]
    assert [event["data"]["version"] for event in events] == [1, 2, 2]
    assert events[-1]["data"]["record"]["names"][0]["value"] == "Ivy Marston"


async def test_rectification_after_the_agencys_own_system_was_corrected_needs_no_row(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await ingest.post(row(1, name="Ivy Marston"))
    await decide(ingest, asked("rectification"))
    assert await history(ingest) == [(True, None), (False, None)]


async def test_a_row_of_another_record_or_one_that_cannot_be_used_rectifies_nothing(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    for wrong in (row(2), row(1, rating="no such rating")):
        await decide(ingest, asked("rectification", row=wrong), 422)
    assert await history(ingest) == [(True, None)]
    assert (await look(ingest, f"{DUTIES}/data-requests"))["items"] == []


async def test_of_a_restricted_record_nobody_is_told_until_the_restriction_ends(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await decide(ingest, asked("restriction"))
    await ingest.post(row(1, name="Ivy Marston"))
    assert (await ingest.said())[1:] == [("retracted", "", 2)]
    assert await history(ingest) == [(True, None), (False, "restricted"), (True, None)]
    await decide(ingest, asked("restriction"), 409)
    await decide(ingest, asked("unrestriction"))
    assert (await ingest.said())[2:] == [("received", "F1", 4)]
    assert (await ingest.events())[-1]["data"]["record"]["names"][0]["value"] == "Ivy Marston"


async def test_a_restricted_record_can_be_rectified_and_erased(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    await decide(ingest, asked("restriction"))
    await decide(ingest, asked("rectification", row=row(1, name="Ivy Marston")))
    assert await history(ingest) == [(True, None), (False, "restricted"), (False, None)]
    await decide(ingest, asked())
    assert {says for says, _ in await history(ingest)} == {False}
    assert {kind for kind, _, _ in (await ingest.said())[1:]} == {"retracted"}


async def test_a_refusal_is_noted_with_its_ground_and_changes_nothing(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1, name=NAME))
    before = await ingest.events()
    made = await decide(ingest, asked(outcome="refused", ground="public-task"))
    assert (made["outcome"], made["grounds"][0]["section"]) == ("refused", "article 17(3)(b)")
    assert await ingest.events() == before
    assert await history(ingest) == [(True, None)]


async def test_a_ground_must_fit_the_right_the_outcome_and_the_law(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    for ground in ("public-task", "inaccurate", "part-3-must-erase", "never"):
        problem = await decide(ingest, asked(ground=ground), 422)
        assert [error["field"] for error in problem["errors"]] == ["ground"]


async def test_only_information_governance_and_only_of_its_own_agency(ingest: Ingest) -> None:
    await ingest.declare()
    await ingest.post(row(1))
    system = ingest.auth(roles=["agency_system", "agency_admin", "officer", "auditor"])
    assert (await ingest.client.post(f"{DUTIES}/data-requests", json=asked(), headers=system)).status_code == 403
    theirs = await decide(ingest, asked(), 404, agency="fire")
    never = await decide(ingest, asked(feed="never"), 404, agency="fire")
    assert {**theirs, "instance": None} == {**never, "instance": None}
    made = await decide(ingest, asked())
    assert (await look(ingest, f"{DUTIES}/data-requests", "fire"))["items"] == []
    headers = ingest.auth("fire", **GOVERNANCE)
    assert (await ingest.client.get(f"{DUTIES}/data-requests/{made['id']}", headers=headers)).status_code == 404


async def test_records_are_disposed_of_by_the_shorter_of_the_feeds_time_and_its_categorys(ingest: Ingest) -> None:
    rule = "{category: inspections, longest_days: 30, starts: 2020-01-01, review_on: 2030-01-01, source: the schedule}"
    file = ingest.settings.partnership_file
    file.write_text(f"{file.read_text()}\nretention: [{rule}]\n")
    await ingest.declare(food_spec(retention_days=3000))
    await ingest.post(row(1))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        await ingest.worker.keep_up()
        assert await history(ingest) == [(False, "retention_ended"), (False, None)]
        (disposal,) = (await look(ingest, f"{DUTIES}/disposals"))["items"]
    told = ("records", "days", "rule", "source", "review_on")
    assert [disposal[name] for name in told] == [1, 30, "category", "the schedule", "2030-01-01"]
    (event,) = [event for event in await ingest.events() if event["type"] == "uk.joinedup.records.disposed.v1"]
    assert (event["data"]["disposal"], event["data"]["records"]) == (disposal["id"], 1)


async def test_a_record_whose_time_was_over_may_come_again(ingest: Ingest) -> None:
    await ingest.declare(food_spec(retention_days=30))
    await ingest.post(row(1))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        await ingest.worker.keep_up()
        assert (await ingest.post(row(1)))["rows"][0]["outcome"] == "stored"
    found = (await ingest.call("GET", "/v1/feeds/food-ratings/records/F1")).json()
    assert (found["source_ref"], found["deleted"], found["version"]) == ("F1", False, 3)


async def test_a_record_that_is_held_is_neither_erased_nor_disposed_of_until_the_hold_ends(ingest: Ingest) -> None:
    await ingest.declare(food_spec(retention_days=30))
    await ingest.post(row(1, name=NAME))
    await ingest.post(row(2))
    held = await decide(ingest, asked("hold", ground="needed-for-prosecution", review_on="2030-01-01"))
    await decide(ingest, asked(), 409)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        await ingest.worker.keep_up()
        assert await history(ingest) == [(True, None)]
        (kept,) = await look(ingest, f"{DUTIES}/holds")
        assert (kept["item"], kept["kind"], kept["request"]) == (record_id("food-ratings", "F1"), None, held["id"])
        await decide(ingest, asked("unhold", ground="hold-ended"))
        assert await look(ingest, f"{DUTIES}/holds") == []
        await decide(ingest, asked())
