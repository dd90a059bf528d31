"""Cards: filed once, routed by indicator, and never further than the law lets them."""

import asyncio
import uuid
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event, func, select

from services.referrals.store import tables
from shared.runtime.granted import Granted, read_granted
from shared.runtime.postgres_writer import PostgresSession
from shared.runtime.sqlite_writer import SqliteSession
from tests.integration.referrals.beat import Beat, card

OFFICER = "council/ann"


async def held(beat: Beat) -> dict[str, int]:
    async with beat.database.read() as connection:
        return {
            name: int((await connection.execute(select(func.count()).select_from(getattr(tables, name)))).scalar_one())
            for name in ("card", "referral", "referral_step", "outbox")
        }


async def test_a_card_becomes_a_referral_for_each_agency_whose_indicator_was_seen(beat: Beat) -> None:
    fire, border = await beat.adopt("fire"), await beat.adopt("border")
    receipt = await beat.file(OFFICER, fire["blocked-exits"], border["workers-living-in"])
    assert receipt["says"] == "Border and Fire have it."
    assert [(one["agency"], one["indicators"]) for one in receipt["has_it"]] == [
        ("border", ["Workers living in or above the premises"]),
        ("fire", ["Exits blocked or locked while the premises are occupied"]),
    ]
    (got,) = await beat.inbox("fire/bob")
    assert (got["from_agency"], got["name"], got["area"], got["state"]) == (
        "council",
        "Golden Dragon",
        "UB1",
        "received",
    )
    assert [name for name, _ in await beat.said()] == ["referral.received", "referral.received", "card.filed"]


async def test_a_card_filed_fifty_times_at_once_is_filed_once(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    body = card(fire["blocked-exits"])
    answers = await asyncio.gather(*(beat.call(OFFICER, "POST", "/v1/cards", json=body) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["has_it"][0]["referral_id"] for answer in answers}) == 1
    assert await held(beat) == {"card": 1, "referral": 1, "referral_step": 1, "outbox": 2}


async def test_filing_a_card_asks_the_store_a_dozen_times_and_no_more(
    beat: Beat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement is a round trip on PostgreSQL, and there were twice as many once."""
    fire, asked = await beat.adopt("fire"), Counter[str]()
    for name in ("_execute", "_execute_many"):
        for session in (SqliteSession, PostgresSession):
            monkeypatch.setattr(session, name, counted(asked, getattr(session, name)))
    reading = beat.app.state.referrals.database.read_engine.sync_engine
    event.listen(reading, "before_cursor_execute", lambda *_: asked.update(["statement"]))
    await beat.file(OFFICER, fire["blocked-exits"])
    assert 8 <= asked.total() <= 13


def counted(asked: Counter[str], execute: Any) -> Any:
    def execute_(self: Any, text: str, values: Any) -> Any:
        asked.update(["statement"])
        return execute(self, text, values)

    return execute_


async def test_other_words_under_the_same_id_are_refused_and_another_agencys_id_is_its_own(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    body = card(fire["blocked-exits"])
    await beat.post(OFFICER, "/v1/cards", body)
    await beat.post(OFFICER, "/v1/cards", body | {"text": "Something else."}, 409)
    await beat.post("council/other", "/v1/cards", body, 409)
    theirs = await beat.post("police/pat", "/v1/cards", body, 201)
    assert (await held(beat))["card"] == 2
    assert theirs["card_id"] != (await beat.post(OFFICER, "/v1/cards", body, 200))["card_id"]


async def test_what_the_law_does_not_let_go_stays_and_the_officer_learns_which_power_is_missing(beat: Beat) -> None:
    revenue = await beat.adopt("revenue")
    receipt = await beat.file(OFFICER, revenue["two-tills"])
    (refused,) = receipt["not_sent"]
    assert refused["agency"] == "revenue"
    assert refused["says"][0].startswith("No. No legal gateway in force")
    assert receipt["says"] == "No other agency has it: your own agency keeps it and can pass it on."
    assert not await beat.inbox("revenue/rita")
    (kept,) = await beat.inbox("council/desk")
    assert (await beat.get("council/desk", f"/v1/referrals/{kept['referral_id']}"))["text"]


async def test_a_condition_that_is_met_lets_this_one_card_go(beat: Beat) -> None:
    police = await beat.adopt("police", "child-sexual-exploitation")
    refused = await beat.file(OFFICER, police["rooms-for-children"])
    assert [one["agency"] for one in refused["not_sent"]] == ["police"]
    sent = await beat.file(OFFICER, police["rooms-for-children"], met=["case_by_case"])
    assert (sent["not_sent"], [one["agency"] for one in sent["has_it"]]) == ([], ["police"])
    assert len(await beat.inbox("police/pat")) == 1


async def test_what_is_read_of_anothers_card_says_under_which_powers_for_the_audit_log(beat: Beat) -> None:
    police = await beat.adopt("police", "child-sexual-exploitation")
    receipt = await beat.file(OFFICER, police["rooms-for-children"], met=["case_by_case"])
    path = f"/v1/referrals/{receipt['has_it'][0]['referral_id']}"
    for asked in (path, "/v1/referrals"):
        told = read_granted((await beat.call("police/pat", "GET", asked)).headers)
        assert told == Granted(("council-to-police",), (receipt["card_id"],), ("case_by_case",))
        assert read_granted((await beat.call(OFFICER, "GET", asked)).headers) == Granted((), (), ())


async def test_a_grant_of_parts_shows_the_place_and_never_the_words(beat: Beat) -> None:
    border = await beat.adopt("border")
    await beat.file("fire/bob", border["workers-living-in"], reach_me="Bob, 020 7946 0000")
    (got,) = await beat.inbox("border/bea")
    whole = await beat.get("border/bea", f"/v1/referrals/{got['referral_id']}")
    assert (whole["place"]["name"], whole["text"], whole["reach_me"]) == ("Golden Dragon", None, None)
    assert [one["text"] for one in whole["seen"]] == ["Workers living in or above the premises"]
    assert whole["under"] == ["fire-to-border"]


async def test_a_revoked_power_takes_the_referral_away_at_once_and_tells_nothing(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    referral = (await beat.file(OFFICER, fire["blocked-exits"]))["has_it"][0]["referral_id"]
    beat.rules("council-to-fire")
    assert not await beat.inbox("fire/bob")
    never = await beat.call("fire/bob", "GET", "/v1/referrals/ref_" + "0" * 32)
    hidden = await beat.call("fire/bob", "GET", f"/v1/referrals/{referral}")
    assert (hidden.status_code, hidden.content) == (never.status_code, never.content) == (404, never.content)
    await beat.step("fire/bob", referral, "accept", 1, 404)
    figures = await beat.get("fire/bob", "/v1/referral-figures")
    assert (figures["total"]["referrals"], figures["exchange"]) == (0, [])
    assert (await beat.get("fire/bob", "/v1/indicators/usefulness"))[0]["referrals"] == 0


async def test_a_third_agency_sees_nothing_of_a_card_that_is_not_addressed_to_it(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    questions = ("/v1/referrals", "/v1/referral-figures", "/v1/cards/mine", "/v1/indicators/offered")
    before = [(await beat.call("border/bea", "GET", path)).content for path in questions]
    receipt = await beat.file(OFFICER, fire["blocked-exits"])
    assert [(await beat.call("border/bea", "GET", path)).content for path in questions] == before
    for path in (f"/v1/cards/{receipt['card_id']}", f"/v1/referrals/{receipt['has_it'][0]['referral_id']}"):
        assert (await beat.call("border/bea", "GET", path)).status_code == 404


async def test_an_agency_that_asked_for_it_gets_what_is_seen_under_anothers_indicator(beat: Beat) -> None:
    border = await beat.adopt("border")
    indicator = border["workers-living-in"]
    assert (await beat.call("fire", "PUT", f"/v1/indicators/{indicator}/interest")).status_code == 204
    assert (await beat.file(OFFICER, indicator))["says"] == "Border and Fire have it."
    assert (await beat.call("fire", "DELETE", f"/v1/indicators/{indicator}/interest")).status_code == 204
    assert (await beat.file(OFFICER, indicator))["says"] == "Border has it."


async def test_a_card_without_an_indicator_goes_where_it_is_addressed_or_stays_with_its_agency(beat: Beat) -> None:
    assert [one["agency"] for one in (await beat.file(OFFICER, to=["fire"]))["has_it"]] == ["fire"]
    assert [one["agency"] for one in (await beat.file(OFFICER))["has_it"]] == ["council"]
    await beat.file(OFFICER, to=["nobody"], expected=422)


async def test_a_card_that_waited_for_a_signal_goes_under_an_indicator_that_has_ended(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    written = (await beat.get("fire", "/v1/indicators/own"))[0]
    kept = {name: written[name] for name in ("slug", "regime", "text", "look_for", "scope")}
    await beat.post("fire", "/v1/indicators", kept | {"starts": "2026-01-01", "ends": "2026-01-02"})
    assert written["indicator_id"] not in [one["indicator_id"] for one in await beat.get(OFFICER, "/v1/indicators")]
    assert (await beat.file(OFFICER, fire[written["slug"]]))["says"] == "Fire has it."
    await beat.file(OFFICER, "ind_" + "a" * 20, expected=422)


async def test_a_card_needs_a_place_and_something_seen_and_nothing_more(beat: Beat) -> None:
    await beat.post(OFFICER, "/v1/cards", {"id": str(uuid.uuid4()), "place": {"postcode": "UB1"}, "text": "x"}, 201)
    for lacking in ({"place": {"name": "x"}}, {"text": "x"}, {"text": "x", "place": {}}):
        await beat.post(OFFICER, "/v1/cards", {"id": str(uuid.uuid4())} | lacking, 422)


async def test_a_picked_business_is_not_filed_while_only_the_linker_knows_where_it_is(beat: Beat) -> None:
    picked: dict[str, Any] = {"business_id": "biz_" + "a" * 20}
    answer = await beat.call(OFFICER, "POST", "/v1/cards", json=card(place=None) | picked)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    await beat.file(OFFICER, **picked)


async def test_an_agencys_system_files_for_an_officer_and_nobody_else_does(beat: Beat) -> None:
    await beat.post("council/app", "/v1/cards", card(officer="ann"), 201, roles=["agency_system"])
    await beat.post("council/bill", "/v1/cards", card(officer="ann"), 403, roles=["officer"])
    (mine,) = (await beat.get(OFFICER, "/v1/cards/mine"))["items"]
    assert mine["name"] == "Golden Dragon"
