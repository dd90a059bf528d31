"""What an agency owes the people whom its plans and findings name: access, erasure, and those who were told of it."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

import time_machine
from sqlalchemy import select

from services.calendar.handlers.duties import KEEPER
from services.calendar.store.tables import metadata
from shared.duties.destroy import end_retention
from shared.sharing import load_partnership
from tests.integration.calendar.served import Calendar, rules, slot

NAME = "Ivy Quillfeather"
DUTIES = "/v1/duties/calendar"
DAY = "2026-12-01"
FIRE = {"agency": "fire", "met": ["case_by_case"]}
BEFORE, AFTER = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 12, 2, 9, tzinfo=UTC)
CATEGORY_RULE = """
retention: [{category: visits, longest_days: 30, starts: 2020-01-01, review_on: 2027-01-01, source: our schedule}]
"""


async def find(calendar: Calendar, agency: str = "council") -> dict[tuple[str, str], dict[str, Any]]:
    """By kind and id."""
    found = await calendar.post(f"{DUTIES}/subject-access", {"name": NAME}, agency, roles=["information_governance"])
    return {(one["kind"], one["id"]): one for one in found["items"]}


async def erase(calendar: Calendar, *items: tuple[str, str], agency: str = "council", expected: int = 201) -> None:
    named = [{"kind": kind, "id": id_} for kind, id_ in items]
    body = {"right": "erasure", "items": named, "asked_by": "data_subject", "outcome": "granted"}
    body |= {"ground": "no-longer-necessary"}
    answer = await calendar.call("POST", f"{DUTIES}/data-requests", body, agency, roles=["information_governance"])
    assert answer.status_code == expected, answer.text


async def everything(calendar: Calendar) -> str:
    """Every row of every table, and on SQLite every byte of the file."""
    async with calendar.database.read() as connection:
        rows = [repr((await connection.execute(select(table))).all()) for table in metadata.sorted_tables]
    if calendar.database.is_sqlite:
        file = str(calendar.database.url.database)
        with sqlite3.connect(file) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(file, "rb") as raw:
            rows.append(raw.read().decode("latin-1"))
    return "".join(rows)


async def visited(calendar: Calendar) -> str:
    """A visit of council, with fire, that names the person."""
    people = {"contribution": {"officers": 1, "people": [NAME]}, "contact": f"Ask for {NAME}", "note": f"{NAME} is in"}
    made = await calendar.confirmed("council", None, slot(DAY), invite=[FIRE], **people)
    await calendar.post(f"/v1/visits/{made['visit_id']}/reply", {"answer": "accepted"}, "fire")
    return str(made["visit_id"])


async def test_an_erased_visit_names_nobody_and_nowhere_and_its_partner_is_told(calendar: Calendar) -> None:
    with time_machine.travel(BEFORE, tick=True) as clock:
        visit = await visited(calendar)
        await erase(calendar, ("visit", visit), expected=409)
        clock.move_to(AFTER)
        found = {"kind": "notice", "regime": "food-hygiene", "found_on": DAY, "note": f"{NAME} was there"}
        mine, theirs = [
            (await calendar.post(f"/v1/visits/{visit}/outcomes", found, agency))["outcome_id"]
            for agency in ("council", "fire")
        ]
        version = (await calendar.get(f"/v1/visits/{visit}"))["version"]
        await calendar.post(f"/v1/visits/{visit}/done", {"version": version})
        told = await find(calendar)
        assert set(told) == {("visit", visit), ("attendance", visit), ("outcome", mine)}
        assert told["visit", visit]["says"]["note"] == f"{NAME} is in"
        assert {one["agency"] for one in told["visit", visit]["recipients"]} == {"fire"}
        await erase(calendar, ("visit", visit), agency="fire", expected=404)
        await erase(calendar, *told)
        assert await find(calendar) == {}
        seen = await calendar.get(f"/v1/visits/{visit}", "fire")
        assert (seen["place"]["name"], seen["place"]["address"], seen["place"]["area"]) == ("(erased)", None, None)
        (changed,) = (await calendar.events("visit.changed"))[-1:]
        assert (changed["visit_id"], changed["agencies"]) == (visit, ["council", "fire"])
        assert changed["met"] == {"fire": FIRE["met"]}, "it is told again by the power by which it was told"
        gone = [one for one in await calendar.events("outcome.recorded") if one["erased"]]
        assert {(one["agency"], one["source_ref"], one["record"]) for one in gone} == {("council", mine, None)}
        assert set(await calendar.shredded()) == {mine}
        await erase(calendar, ("outcome", theirs), agency="fire")
        assert "Quillfeather" not in await everything(calendar)


async def test_a_visit_is_kept_as_long_as_the_partnerships_rule_says_and_disposal_is_told(calendar: Calendar) -> None:
    shipped, shorter = load_partnership(rules()), load_partnership(rules() + CATEGORY_RULE)
    with time_machine.travel(BEFORE, tick=True) as clock:
        visit = await visited(calendar)
        clock.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))
        assert await end_retention(calendar.database, KEEPER, shorter) == 0, "it is not said to be over"
        version = (await calendar.get(f"/v1/visits/{visit}"))["version"]
        await calendar.post(f"/v1/visits/{visit}/done", {"version": version})
        clock.move_to(datetime(2027, 4, 1, 9, tzinfo=UTC))
        assert await end_retention(calendar.database, KEEPER, shipped) == 0
        assert await end_retention(calendar.database, KEEPER, shorter) == 3, "the visit, and who came from either"
        told = await calendar.events("plans.disposed")
        assert {(one["kind"], one["agency"], one["days"], one["rule"]) for one in told} == {
            ("visit", "council", 30, "category"),
            ("attendance", "council", 30, "category"),
            ("attendance", "fire", 30, "category"),
        }
    assert "Quillfeather" not in await everything(calendar)
