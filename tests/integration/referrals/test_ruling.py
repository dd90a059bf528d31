"""Powers come and go, and cards with them: what waited goes, and what none allows any more is withdrawn."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from services.referrals import bootstrap
from services.referrals.domain.policy import policy_on
from services.referrals.handlers.clock import ring_due
from services.referrals.handlers.ruling import Ruling
from tests.integration.referrals.beat import Beat

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
OFFICER, POWER = "council/ann", "council-to-fire"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def ruling(beat: Beat) -> Ruling:
    return Ruling(beat.database, bootstrap.rules(beat.settings))


async def mine(beat: Beat) -> Any:
    (card,) = (await beat.get(OFFICER, "/v1/cards/mine"))["items"]
    return await beat.get(OFFICER, f"/v1/cards/{card['card_id']}")


async def test_a_card_that_waits_for_a_power_goes_once_there_is_one_and_its_officer_hears(beat: Beat) -> None:
    fire = await beat.adopt("fire")
    beat.rules(POWER)
    every = [ruling(beat) for _ in range(3)]
    receipt = await beat.file(OFFICER, fire["blocked-exits"])
    assert [one["agency"] for one in receipt["not_sent"]] == ["fire"]
    await every[0].look()
    assert not await beat.inbox("fire/bob")
    beat.rules()
    await asyncio.gather(*(one.look() for one in every))
    (got,) = await beat.inbox("fire/bob", indicator=fire["blocked-exits"])
    card = await mine(beat)
    assert (card["not_sent"], [one["title"] for one in card["has_it"]]) == ([], ["Council", "Fire"])
    assert card["history"][-1]["says"] == "Fire has it."
    said = [data for name, data in await beat.said() if name == "referral.received" and data["to_agency"] == "fire"]
    assert [data["referral_id"] for data in said] == [got["referral_id"]]


async def test_a_card_that_is_old_by_then_stays(beat: Beat, clock: time_machine.Traveller) -> None:
    fire = await beat.adopt("fire")
    beat.rules(POWER)
    await beat.file(OFFICER, fire["blocked-exits"])
    clock.shift(timedelta(days=policy_on(MONDAY.date()).withheld_days, seconds=1))
    beat.rules()
    await ruling(beat).look()
    assert not await beat.inbox("fire/bob")


async def test_no_clock_runs_for_who_may_not_have_it_and_it_begins_anew_with_the_power(
    beat: Beat, clock: time_machine.Traveller
) -> None:
    fire, ruled = await beat.adopt("fire"), ruling(beat)
    referral = (await beat.file(OFFICER, fire["blocked-exits"]))["has_it"][0]["referral_id"]
    await beat.step("fire/bob", referral, "acknowledge", 1)
    await ruled.look()
    beat.rules(POWER)
    (told,) = (await mine(beat))["not_sent"]
    assert told["agency"] == "fire"
    assert told["says"][0].startswith("No. No legal gateway in force")
    await ruled.look()
    clock.shift(timedelta(days=100))
    assert await ring_due(beat.database) == 0
    assert [one["due_at"] for one in (await beat.get(OFFICER, "/v1/referrals", params={"box": "out"}))["items"]] == [
        None
    ]
    beat.rules()
    await ruled.look()
    (got,) = await beat.inbox("fire/bob", open="true")
    again = policy_on(MONDAY.date()).clocks[got["state"]].days
    assert datetime.fromisoformat(got["due_at"]) == MONDAY + timedelta(days=100 + again)
    assert [one["says"] for one in (await mine(beat))["history"]][-2:] == [
        "Fire may not have it now: the power under which it came has ended, and its clock stands still.",
        "Fire may have it again, and its clock begins anew.",
    ]
    names = [name for name, data in await beat.said() if data.get("to_agency") == "fire"]
    assert names == ["referral.received", "referral.taken", "referral.withdrawn", "referral.received"]
    await beat.step("fire/bob", referral, "accept", 2)


async def test_what_was_on_its_way_while_the_rules_changed_is_looked_at_too(beat: Beat) -> None:
    fire, ruled = await beat.adopt("fire"), ruling(beat)
    before = beat.app.state.referrals.partnership
    beat.rules(POWER)
    await ruled.look()
    beat.app.state.referrals = replace(beat.app.state.referrals, rules=SimpleNamespace(current=lambda: before))
    await beat.file(OFFICER, fire["blocked-exits"])
    await ruled.look()
    assert [name for name, _ in await beat.said()] == ["referral.received", "card.filed", "referral.withdrawn"]
