"""What an agency owes the people whom its officers write of: access, erasure, holds and the end of its time."""

import sqlite3
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import time_machine
from sqlalchemy import select

from services.referrals.handlers.duties import KEEPER
from services.referrals.store.tables import metadata
from shared.duties.destroy import end_retention
from shared.runtime.db import Database
from shared.sharing import load_partnership
from tests.integration.referrals.beat import Beat, partnership
from tests.integration.referrals.office import Office
from tests.integration.referrals.test_intelligence import CLEAN
from tests.integration.referrals.test_photos import picture
from tests.integration.referrals.test_requests import look, sent, step

NAME = "Ivy Quillfeather"
GOVERNANCE = {"roles": ["information_governance"]}
DUTIES = "/v1/duties/referrals"
GROUNDS = {"erasure": "no-longer-necessary", "rectification": "inaccurate", "hold": "needed-for-prosecution"}


async def find(office: Office, agency: str, name: str = NAME) -> dict[tuple[str, str], dict[str, Any]]:
    """By kind and id."""
    answer = await office.post(agency, f"{DUTIES}/subject-access", {"name": name}, 200, **GOVERNANCE)
    return {(one["kind"], one["id"]): one for one in answer["items"]}


async def decide(office: Office, agency: str, right: str, *items: tuple[str, str], **given: Any) -> Any:
    expected = given.pop("expected", 201)
    named = [{"kind": kind, "id": id_} for kind, id_ in items]
    body = {"right": right, "items": named, "asked_by": "data_subject", "outcome": "granted"}
    body |= {"ground": GROUNDS.get(right, "hold-ended")} | given
    return await office.post(agency, f"{DUTIES}/data-requests", body, expected, **GOVERNANCE)


async def everything(database: Database) -> str:
    """Every row of every table, and on SQLite every byte of the file."""
    async with database.read() as connection:
        rows = [repr((await connection.execute(select(table))).all()) for table in metadata.sorted_tables]
    if database.is_sqlite:
        file = str(database.url.database)
        with sqlite3.connect(file) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(file, "rb") as raw:
            rows.append(raw.read().decode("latin-1"))
    return "".join(rows)


async def worked_on(office: Office) -> Mapping[str, str]:
    """One of everything that names the person, by its path."""
    who, governed = "border/ana", {"text": f"{NAME} sleeps there.", "received_on": "2026-11-20"}
    intelligence = (await office.post(who, "/v1/intelligence", governed))["id"]
    graded = {"source": "2", "assessment": "C", "handling": "C", "conditions": f"Ask {NAME} nothing.", "agencies": []}
    await office.post(who, f"/v1/intelligence/{intelligence}/gradings", graded)
    version = await office.post(who, f"/v1/intelligence/{intelligence}/sanitised", {"text": f"{CLEAN} {NAME}."})
    request = await sent(office)
    await step(office, "revenue/rita", request, "hit", {"hit": True})
    values = {"employees": [{"name": NAME, "date_of_birth": "1990-02-03"}]}
    await step(office, "revenue/rita", request, "answer", {"values": values})
    officer = await office.officer("revenue", NAME)
    called = {"title": f"About {NAME}", "series": "weekly", "kind": "call", "at": "2026-11-24T09:00:00Z"}
    agenda = (await office.post("border/ana", "/v1/agendas", called | {"attendees": [officer]}))["id"]
    return {"intelligence": intelligence, "sanitised": version["id"], "request": request, "officer": officer,
            "agenda": agenda}  # fmt: skip


async def test_whatever_names_a_person_is_found_and_after_erasure_no_table_and_no_byte_has_it(office: Office) -> None:
    made = await worked_on(office)
    found = await find(office, "border")
    assert {kind for kind, _ in found} == {"intelligence", "sanitised", "agenda"}
    intelligence = found["intelligence", made["intelligence"]]
    assert intelligence["noted_by"] == "ana"
    assert (intelligence["law"], intelligence["kept_by"].split(" (")[0]) == ("uk_gdpr", "2190 days")
    assert {one["id"] for one in intelligence["exemptions"]} == {"third-parties", "source"}
    theirs = await find(office, "revenue")
    assert set(theirs) == {("answer", made["request"]), ("officer", made["officer"])}
    assert await find(office, "council") == {}
    await decide(office, "council", "erasure", *found, expected=404)
    await decide(office, "border", "erasure", *found)
    await decide(office, "revenue", "erasure", *theirs)
    assert "Quillfeather" not in await everything(office.database)
    assert await find(office, "border", "Ivy") == {}
    for path in (f"intelligence/{made['intelligence']}", "intelligence/sanitised", f"agendas/{made['agenda']}"):
        assert "(erased)" in str(await office.get("border/ana", f"/v1/{path}"))
    assert (await look(office, "revenue/rita", made["request"]))["status"] == "answered"


async def filed(beat: Beat) -> tuple[str, str, dict[str, Any]]:
    """A card of council with a photograph, its referral to fire, which has accepted it, and what was filed."""
    adopted = {one["slug"]: one["indicator_id"] for one in await beat.get("fire", "/v1/indicators/own")}
    exits = (adopted or await beat.adopt("fire"))["blocked-exits"]
    card = {"id": str(uuid.uuid4()), "text": f"{NAME} was afraid.", "reach_me": "Ann, 020 7946 0111"}
    receipt = await beat.file("council/ann", exits, **card)
    path = f"/v1/cards/{receipt['card_id']}/photos/{uuid.uuid4()}"
    kept = await beat.call("council/ann", "PUT", path, content=picture(), headers={"Content-Type": "image/jpeg"})
    assert kept.status_code == 201
    referral = receipt["has_it"][0]["referral_id"]
    await beat.step("fire/bob", referral, "accept", 1, words="On our list.")
    return receipt["card_id"], referral, card


async def test_an_erased_card_is_gone_for_its_receivers_too_and_what_they_wrote_themselves_stays(beat: Beat) -> None:
    card, referral, _ = await filed(beat)
    copy = await beat.post("fire/bob", "/v1/intelligence", {"referral": referral, "received_on": "2026-11-20"})
    found = await find(beat, "council")
    held = found["card", card]
    assert (held["ongoing"], held["keep_until"], held["says"]["text"]) == (True, None, f"{NAME} was afraid.")
    assert [one["media_type"] for one in held["attached"]] == ["image/jpeg"]
    assert {one["id"] for one in held["exemptions"]} == {
        "third-parties",
        "ongoing-crime-or-tax",
        "regulatory-functions",
    }
    assert {one["agency"] for one in held["recipients"]} == {"border", "fire", "police"}
    await decide(beat, "fire", "erasure", ("card", card), expected=404)
    await decide(beat, "council", "erasure", *found)
    assert "Quillfeather" not in await everything(beat.database)
    seen = await beat.get("fire/bob", f"/v1/referrals/{referral}")
    assert (seen["state"], seen["text"], seen["name"], seen["photos"], seen["due_at"]) == (
        *("closed", None, "(erased)", []),
        None,
    )
    assert [one["words"] for one in seen["history"]][-1] == "On our list."
    assert (await beat.get("fire/bob", f"/v1/intelligence/{copy['id']}"))["text"] == "(erased)"
    said = [data for name, data in await beat.said() if name in ("referral.amended", "card.recorded")][-2:]
    assert (said[0]["source_ref"], said[0]["record"], said[0]["erased"]) == (card, None, True)
    assert (said[1]["referral_id"], said[1]["erased"], said[1]["state"]) == (referral, True, "closed")


async def test_what_an_officers_phone_sends_again_does_not_bring_an_erased_card_back(beat: Beat) -> None:
    card, _, given = await filed(beat)
    await decide(beat, "council", "erasure", ("card", card))
    await beat.file("council/ann", expected=409, **given)
    path = f"/v1/cards/{card}/photos/{uuid.uuid4()}"
    again = await beat.call("council/ann", "PUT", path, content=picture(), headers={"Content-Type": "image/jpeg"})
    assert again.status_code == 409
    assert "Quillfeather" not in await everything(beat.database)


async def test_words_are_put_right_where_they_are_and_receivers_are_told(beat: Beat) -> None:
    card, referral, _ = await filed(beat)
    await decide(beat, "council", "rectification", ("card", card), words={"place": "x"}, expected=422)
    await decide(beat, "council", "rectification", ("card", card), words={"text": "Somebody was afraid."})
    assert (await beat.get("fire/bob", f"/v1/referrals/{referral}"))["text"] == "Somebody was afraid."
    assert "Quillfeather" not in await everything(beat.database)
    assert [data["erased"] for name, data in await beat.said() if name == "referral.amended"] == [False]


async def test_what_is_held_is_neither_erased_nor_disposed_of_and_the_rest_is_once(beat: Beat) -> None:
    rules = load_partnership(partnership())
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True):
        (held, first, _), (over, second, _) = await filed(beat), await filed(beat)
        for referral in (first, second):
            await beat.step("fire/bob", referral, "close", 2, feedback="helpful")
        ongoing, _, _ = await filed(beat)
        hold = await decide(beat, "council", "hold", ("card", held), review_on="2029-01-01", case_reference="P/1")
    with time_machine.travel(datetime(2028, 12, 1, 9, tzinfo=UTC), tick=True):
        await decide(beat, "council", "erasure", ("card", held), expected=409)
        assert await end_retention(beat.database, KEEPER, rules) == 3, "the other card, and what fire wrote of both"
        assert await end_retention(beat.database, KEEPER, rules) == 0
        assert {id_ for kind, id_ in await find(beat, "council") if kind == "card"} == {held, ongoing}
        (kept,) = await beat.get("council", f"{DUTIES}/holds", **GOVERNANCE)
        assert (kept["item"], kept["request"], kept["held_by"]) == (held, hold["id"], "council")
        (told,) = (await beat.get("council", f"{DUTIES}/disposals", **GOVERNANCE))["items"]
        assert (told["kind"], told["records"], told["days"], told["rule"]) == ("card", 1, 730, "shipped")
        said = [data for name, data in await beat.said() if name == "notes.disposed"]
        assert {(one["agency"], one["kind"], one["items"]) for one in said} == {
            ("council", "card", 1),
            ("fire", "feedback", 2),
        }
        await decide(beat, "council", "unhold", ("card", held))
        assert await end_retention(beat.database, KEEPER, rules) == 1
    assert over not in str(await find(beat, "council"))


async def test_the_same_request_again_is_done_once_and_is_its_agencys_alone(beat: Beat) -> None:
    card, _, _ = await filed(beat)
    asked = {"request_id": f"req_{'1' * 32}"}
    first = await decide(beat, "council", "erasure", ("card", card), **asked)
    assert await decide(beat, "council", "erasure", ("card", card), **asked) == first
    assert len([name for name, _ in await beat.said() if name == "referral.amended"]) == 1
    await decide(beat, "fire", "erasure", ("card", card), expected=404, **asked)
    assert (await beat.get("fire", f"{DUTIES}/data-requests", **GOVERNANCE))["items"] == []
    assert (await beat.call("fire", "GET", f"{DUTIES}/data-requests/{first['id']}", **GOVERNANCE)).status_code == 404
