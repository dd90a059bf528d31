"""The life of a referral: taken by one of two, passed on under the owner's powers, closed by telling the officer."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from shared.runtime.clock import utc_now
from tests.integration.referrals.beat import Beat

OFFICER = "council/ann"


@pytest.fixture
async def referral(beat: Beat) -> str:
    """A council officer's card at the fire service."""
    fire = await beat.adopt("fire")
    return str((await beat.file(OFFICER, fire["blocked-exits"]))["has_it"][0]["referral_id"])


async def walk(beat: Beat, referral: str, *steps: str, who: str = "fire/bob", **last: Any) -> None:
    """Steps from the beginning on, the last with more given."""
    for version, step in enumerate(steps, start=1):
        await beat.step(who, referral, step, version, **(last if version == len(steps) else {}))


async def told(beat: Beat, what: str = "says") -> list[str]:
    (card,) = (await beat.get(OFFICER, "/v1/cards/mine"))["items"]
    whole = await beat.get(OFFICER, f"/v1/cards/{card['card_id']}")
    return [line[what] for line in whole["history"]]


async def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_by_whom(beat: Beat, referral: str) -> None:
    people = [f"fire/{name}" for name in ("bob", "cat", "dan", "eve")]
    headers = {"If-Match": '"1"'}
    path, body = f"/v1/referrals/{referral}/steps", {"step": "accept"}
    answers = await asyncio.gather(*(beat.call(who, "POST", path, json=body, headers=headers) for who in people))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    winner = people[[answer.status_code for answer in answers].index(204)].partition("/")[2]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["detail"].startswith(f"It was accepted meanwhile by {winner} of your agency.")
    (got,) = await beat.inbox("fire/bob")
    assert (got["version"], got["state"], got["taken_by"]) == (2, "accepted", winner)


async def test_the_officer_hears_each_step_and_whether_it_helped(beat: Beat, referral: str) -> None:
    await walk(beat, referral, "acknowledge", "accept", "action", "close", feedback="helpful", words="Three exits.")
    assert await told(beat) == [
        "Fire has it.",
        "Fire has read it.",
        "Fire took it on.",
        "Fire has acted on it.",
        "Fire closed it: it helped.",
    ]
    assert await told(beat, "part") == ["referral"] * 4 + ["feedback"]
    mine = await beat.get(OFFICER, "/v1/cards/mine/figures")
    assert mine == {"cards": 1, "referrals": 1, "closed": 1, "helped": 1, "hit_rate": 1.0}
    assert (await beat.get("council/other", "/v1/cards/mine/figures"))["referrals"] == 0
    said = [data for name, data in await beat.said() if name in ("referral.closed", "feedback.given")]
    assert [one["feedback"] for one in said] == ["helpful", "helpful"]
    assert "Three exits" not in str(await beat.said())


async def test_words_go_back_only_where_a_power_lets_them_and_the_feedback_goes_always(
    beat: Beat, referral: str
) -> None:
    await walk(beat, referral, "accept", "close", feedback="not_helpful", words="It was locked for a reason.")
    path = f"/v1/referrals/{referral}"
    assert (await beat.get(OFFICER, path))["history"][-1]["words"] == "It was locked for a reason."
    beat.rules("fire-to-council")
    last = (await beat.get(OFFICER, path))["history"][-1]
    assert (last["words"], last["feedback"], last["person"]) == (None, "not_helpful", None)
    assert (await beat.get("fire/bob", path))["history"][-1]["person"] == "bob"


async def test_a_step_that_cannot_be_taken_now_says_what_can(beat: Beat, referral: str) -> None:
    refused = await beat.step("fire/bob", referral, "action", 1, 409)
    assert refused["detail"] == "That cannot be done now. What can: acknowledge, accept, decline, pass on."
    await beat.step("fire/bob", referral, "decline", 1, 422)
    await beat.step("fire/bob", referral, "decline", 1, words="Not ours.")
    await beat.step("fire/bob", referral, "close", 2, feedback="too_little")
    assert "nothing" in (await beat.step("fire/bob", referral, "accept", 3, 409))["detail"]


async def test_only_the_agency_that_has_it_takes_steps(beat: Beat, referral: str) -> None:
    await beat.step(OFFICER, referral, "accept", 1, 403)
    await beat.step("border/bea", referral, "accept", 1, 404)


async def test_it_is_passed_on_under_the_powers_of_the_agency_whose_card_it_is(beat: Beat, referral: str) -> None:
    refused = await beat.step("fire/bob", referral, "pass_on", 1, 403, to="revenue", words="Tills.")
    assert refused["detail"].startswith("No. No legal gateway in force")
    await beat.step("fire/bob", referral, "pass_on", 1, to="border", words="They sleep there.")
    (got,) = await beat.inbox("border/bea")
    assert (got["from_agency"], got["state"]) == ("council", "received")
    sent = (await beat.get(OFFICER, "/v1/referrals", params={"box": "out"}))["items"]
    assert {one["to_agency"]: one["state"] for one in sent} == {"fire": "passed_on", "border": "received"}
    whole = await beat.get(OFFICER, f"/v1/referrals/{got['referral_id']}")
    assert whole["follows"] == referral
    assert (await beat.get("border/bea", f"/v1/referrals/{got['referral_id']}"))["follows"] is None
    assert await told(beat) == ["Fire has it.", "Fire passed it on.", "Border has it."]


async def test_what_came_on_condition_is_not_passed_on(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    referral = (await beat.file("border/bea", fire["blocked-exits"]))["has_it"][0]["referral_id"]
    assert (await beat.get("fire/bob", f"/v1/referrals/{referral}"))["no_onward_sharing"]
    refused = await beat.step("fire/bob", referral, "pass_on", 1, 403, to="council", words="Theirs.")
    assert refused["detail"].startswith("You have it on the condition")


async def test_an_accepted_card_is_a_record_of_its_agency_and_feedback_corrects_it(beat: Beat, referral: str) -> None:
    await walk(beat, referral, "accept", "close", feedback="not_helpful")
    (card,) = (await beat.get(OFFICER, "/v1/cards/mine"))["items"]
    records = [data for name, data in await beat.said() if name == "card.recorded"]
    assert [(one["agency"], one["regime"], one["source_ref"]) for one in records] == [
        ("council", "fire-safety", card["card_id"])
    ] * 2
    assert [one["record"]["observation"]["kind"] for one in records] == ["concern", "nothing_found"]
    assert records[0]["record"]["names"] == [{"kind": "trading", "value": "Golden Dragon"}]
    assert "Mattresses" not in str(records)


async def test_a_contact_that_goes_in_mid_flight_loses_nothing(beat: Beat, referral: str) -> None:
    fire = "fire/admin"
    everything = await beat.post(fire, "/v1/contacts", {"role": "Control room", "mailbox": "control@fire.example"})
    desk = await beat.post(fire, "/v1/contacts", {"role": "Protection", "topics": ["fire-safety"]})
    path = f"/v1/referrals/{referral}"
    assert (await beat.get(OFFICER, path))["desk"]["role"] == "Protection"
    for gone, then in ((desk, "Control room"), (everything, "All its people")):
        assert (await beat.call(fire, "DELETE", f"/v1/contacts/{gone['id']}")).status_code == 204
        assert (await beat.get(OFFICER, path))["desk"]["role"] == then
        assert [one["referral_id"] for one in await beat.inbox("fire/bob")] == [referral]
    await beat.step("fire/bob", referral, "accept", 1)


async def test_a_deputy_answers_while_the_holder_is_away(beat: Beat, referral: str) -> None:
    holder, deputy = [await beat.officer("fire", name) for name in ("Holly", "Dev")]
    await beat.post("fire", "/v1/contacts", {"role": "Protection", "people": [holder, deputy]})
    path = f"/v1/referrals/{referral}"
    assert (await beat.get(OFFICER, path))["desk"]["person"] == "Holly"
    await beat.post("fire", f"/v1/contacts/officers/{holder}/absences", {"since": "2020-01-01", "until": "2099-01-01"})
    assert (await beat.get(OFFICER, path))["desk"]["person"] == "Dev"


async def test_no_capacity_is_told_to_senders_and_starts_the_clock_later(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    await beat.post("fire", "/v1/contacts", {"role": "Protection", "no_capacity_until": "2099-01-01"})
    (has_it,) = (await beat.file(OFFICER, fire["blocked-exits"]))["has_it"]
    assert has_it["desk"]["says"].startswith("It has no capacity now")
    assert has_it["due_at"].startswith("2099-01-05")
    assert len(await beat.inbox("fire/bob")) == 1


async def test_every_number_opens_to_the_list_behind_it(beat: Beat, referral: str) -> None:
    border = await beat.adopt("border")
    await beat.post("council/chief", "/v1/briefings", briefing(border["workers-living-in"]), 204)
    await beat.file(OFFICER, border["workers-living-in"])
    await beat.file(OFFICER)
    await walk(beat, referral, "accept", "close", feedback="helpful")
    with time_machine.travel(utc_now() + timedelta(days=5), tick=False):
        late = {who: await _opens(beat, who) for who in (OFFICER, "fire/bob", "border/bea")}
    assert late == {OFFICER: 2, "fire/bob": 0, "border/bea": 1}
    figures = await beat.get(OFFICER, "/v1/referral-figures")
    (trained,) = [table for table in figures["tables"] if table["title"] == "Officer briefed"]
    assert {row["group"]: row["referrals"] for row in trained["rows"]} == {"false": 2, "true": 1}
    (routes,) = [table for table in figures["tables"] if table["title"] == "Route"]
    assert {row["group"]: row["hit_rate"] for row in routes["rows"]} == {
        "council to border, immigration": None,
        "council to council": None,
        "council to fire, fire-safety": 1.0,
    }
    assert [(one["agency"], one["given"], one["given_helped"]) for one in figures["exchange"]] == [
        ("border", 1, 0),
        ("fire", 1, 1),
    ]


async def _opens(beat: Beat, who: str) -> int:
    """How many are late. Every number opens to as many."""
    figures = await beat.get(who, "/v1/referral-figures", params={"since": "2026-01-01T00:00:00Z"})
    numbers = [
        (row["list" if name == "referrals" else f"{name}_list"], row[name])
        for row in (figures["total"], *(row for table in figures["tables"] for row in table["rows"]))
        for name in ("referrals", "closed", "helped", "overdue")
    ]
    exchanged = ("given", "given_helped", "got", "got_helped")
    numbers += [(one[f"{name}_list"], one[name]) for one in figures["exchange"] for name in exchanged]
    for address, number in dict.fromkeys(numbers):
        assert len((await beat.get(who, address))["items"]) == number, address
    return int(figures["total"]["overdue"])


async def test_an_inbox_is_read_page_by_page_in_the_order_in_which_things_are_due(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    for _ in range(5):
        await beat.file(OFFICER, fire["blocked-exits"])
    for query in ({"open": "true"}, {}):
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await beat.get("fire/bob", "/v1/referrals", params={"limit": "2", **query, **cursor})
            found += [one["referral_id"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert len(found) == len(set(found)) == 5
    assert (await beat.call("fire/bob", "GET", "/v1/referrals?cursor=nonsense")).status_code == 422


async def test_indicators_that_never_help_are_shown_to_their_owner_first(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    for _ in range(10):
        (sent,) = (await beat.file(OFFICER, fire["blocked-exits"]))["has_it"]
        await walk(beat, sent["referral_id"], "accept", "close", feedback="already_known")
    first, second = await beat.get("fire/chief", "/v1/indicators/usefulness")
    assert (first["indicator_id"], first["never_helped"], first["hit_rate"]) == (fire["blocked-exits"], True, 0.0)
    assert (second["never_helped"], second["hit_rate"]) == (False, None)
    offered = await beat.get(OFFICER, "/v1/indicators/offered")
    assert [one["indicator_id"] for one in offered] == [fire["dangerous-sleeping"], fire["blocked-exits"]]


def briefing(indicator: str) -> dict[str, Any]:
    return {"indicators": [indicator], "people": ["ann"], "day": "2026-02-01"}


async def test_who_was_briefed_on_which_version_is_kept(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    indicator = fire["blocked-exits"]
    await beat.post("council/chief", "/v1/briefings", briefing(indicator), 204)
    await beat.adopt("fire")
    await beat.post("council/chief", "/v1/briefings", briefing(indicator), 204)
    page = await beat.get("council/chief", "/v1/briefings", params={"limit": 1})
    rest = await beat.get("council/chief", "/v1/briefings", params={"cursor": page["next"]})
    assert [(one["person"], one["version"]) for one in page["items"] + rest["items"]] == [("ann", 1), ("ann", 2)]
    assert (await beat.get("fire/chief", "/v1/briefings"))["items"] == []
