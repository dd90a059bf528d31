"""The clocks of referrals in simulated time: nobody is forgotten, and the officer hears."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from services.referrals.domain.policy import policy_on
from services.referrals.handlers.clock import ring_due
from shared.contracts.api.referrals.life import State
from tests.integration.referrals.beat import Beat

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


async def ring_all(beat: Beat) -> None:
    while await ring_due(beat.database):
        pass


async def filed(beat: Beat, who: str) -> str:
    fire = await beat.adopt("fire")
    return str((await beat.file(who, fire["blocked-exits"]))["has_it"][0]["referral_id"])


async def history(beat: Beat, who: str) -> list[str]:
    (card,) = (await beat.get(who, "/v1/cards/mine"))["items"]
    return [one["says"] for one in (await beat.get(who, f"/v1/cards/{card['card_id']}"))["history"]]


async def test_a_referral_is_reminded_of_once_and_escalated_from_then_on(
    beat: Beat, clock: time_machine.Traveller
) -> None:
    await filed(beat, "council/ann")
    policy = policy_on(MONDAY.date())
    for _ in range(30):
        clock.shift(timedelta(days=1))
        await ring_all(beat)
    rung = [data["level"] for name, data in await beat.said() if name == "referral.overdue"]
    assert rung == [0, 1, 2, 3, 4]
    assert (await history(beat, "council/ann"))[1:] == [
        "Fire was reminded of it.",
        *(f"Fire is late with it: {policy.escalation[min(level, 3) - 1]} were told." for level in rung[1:]),
    ]


@pytest.mark.parametrize("until", ["received", "acknowledged", "accepted", "declined", "actioned"])
async def test_none_stays_open_past_its_clock_without_an_escalation_wherever_it_stopped(
    beat: Beat, clock: time_machine.Traveller, until: str
) -> None:
    steps = {
        "received": (),
        "acknowledged": ("acknowledge",),
        "accepted": ("accept",),
        "declined": ("decline",),
        "actioned": ("accept", "action"),
    }[until]
    referral = await filed(beat, "council/ann")
    for version, step in enumerate(steps, start=1):
        await beat.step("fire/bob", referral, step, version, words="Because.")
    (due,) = [one["due_at"] for one in await beat.inbox("fire/bob", open="true")]
    assert datetime.fromisoformat(due) == MONDAY + timedelta(days=policy_on(MONDAY.date()).clocks[State(until)].days)
    clock.move_to(datetime.fromisoformat(due) - timedelta(seconds=1))
    await ring_all(beat)
    assert not await beat.inbox("fire/bob", overdue="true")
    clock.shift(timedelta(seconds=2))
    await ring_all(beat)
    (late,) = await beat.inbox("fire/bob", overdue="true")
    assert late["state"] == until
    assert (await history(beat, "council/ann"))[-1].startswith("Fire is late with it: ")


async def test_a_closed_referral_rings_no_more(beat: Beat, clock: time_machine.Traveller) -> None:
    referral = await filed(beat, "council/ann")
    await beat.step("fire/bob", referral, "accept", 1)
    await beat.step("fire/bob", referral, "close", 2, feedback="helpful")
    clock.shift(timedelta(days=1000))
    await ring_all(beat)
    assert [name for name, _ in await beat.said() if name == "referral.overdue"] == []


async def test_a_clock_rings_once_however_many_processes_look(beat: Beat, clock: time_machine.Traveller) -> None:
    await filed(beat, "council/ann")
    clock.shift(timedelta(days=4))
    await asyncio.gather(*(ring_due(beat.database) for _ in range(4)))
    assert [data["level"] for name, data in await beat.said() if name == "referral.overdue"] == [1]


async def test_a_weekly_digest_takes_in_on_monday_morning_in_london(beat: Beat, clock: time_machine.Traveller) -> None:
    await beat.post("fire", "/v1/contacts", {"role": "Protection", "digest": "weekly"})
    await filed(beat, "council/ann")
    (got,) = await beat.inbox("fire/bob")
    assert datetime.fromisoformat(got["received_at"]) == datetime(2026, 11, 30, 9, tzinfo=UTC)
