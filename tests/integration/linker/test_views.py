import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.linker.handlers.learn import RecordEvent
from services.linker.store import tables
from services.linker.store.holdings import audience_number
from shared.runtime import clock
from shared.runtime.telemetry import handling
from tests.integration.linker.test_any_order import records
from tests.integration.linker.world import (
    ALL_SHARE,
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    id_of,
    opened,
    partnership,
    received,
    record,
    retracted,
    shape,
)

COUNCIL, FIRE, HMRC = id_of("council", "1"), id_of("fire", "1"), id_of("hmrc", "1")
ONE_BUSINESS = tuple(received(agency, "1", record(severity=3)) for agency in ("council", "fire", "hmrc"))


async def test_each_audience_has_the_businesses_of_the_records_it_sees(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*ONE_BUSINESS)
    assert await world.groups("fire") == {frozenset({FIRE})}
    assert await world.groups("council") == {frozenset({COUNCIL, FIRE})}
    assert await world.groups("hmrc") == {frozenset({COUNCIL, FIRE, HMRC})}
    shown = [(await world.shown(agency))[0] for agency in ("fire", "council", "hmrc")]
    assert [row["regimes"] for row in shown] == ["|fire-safety|", "|fire-safety|food|", "|fire-safety|food|tax|"]
    assert [row["band"] for row in shown] == ["medium", "high", "high"]


async def test_without_a_power_nobody_sees_anothers_records(world: World) -> None:
    await world.settle(partnership())
    await world.take(*ONE_BUSINESS)
    for agency, own in (("council", COUNCIL), ("fire", FIRE), ("hmrc", HMRC)):
        assert await world.groups(agency) == {frozenset({own})}
    audiences = {agency: await world.audience_of(agency) for agency in ("council", "fire", "hmrc")}
    for event in await world.events():
        assert event["data"]["audience"]["agencies"] == [
            agency for agency, audience in audiences.items() if audience == event["data"]["audience"]["id"]
        ]


hidden = st.lists(
    st.tuples(st.sampled_from("123"), st.one_of(records, st.none()), st.integers(1, 5)), min_size=1, max_size=6
)
seen = st.lists(st.tuples(st.sampled_from("123"), st.one_of(records, st.none())), min_size=1, max_size=5)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(visible=seen, unseen=hidden)
def test_worlds_that_differ_only_in_hidden_records_are_the_same_to_the_viewer(
    url: str, visible: list[tuple[str, object]], unseen: list[tuple[str, object, int]]
) -> None:
    """Fire sees its own alone: rows and events, numbering included, whatever hmrc and council report in between."""

    async def go() -> None:
        own = [_event("fire", ref, what, version) for version, (ref, what) in enumerate(visible, start=1)]
        others = [[_event(agency, ref, what, v) for ref, what, v in unseen] for agency in ("council", "hmrc")]
        async with opened(url) as world:
            alone = await _seen_by_fire(world, [[event] for event in own])
            mixed = [others[0], *([event, *others[1]] for event in own), others[0]]
            assert await _seen_by_fire(world, mixed) == alone

    asyncio.run(go())


def _event(agency: str, ref: str, what: object, version: int) -> RecordEvent:
    return received(agency, ref, what, version) if what else retracted(agency, ref, version)  # type: ignore[arg-type]


async def _seen_by_fire(world: World, batches: list[list[RecordEvent]]) -> object:
    await world.empty()
    await world.settle(THREE_AUDIENCES)
    for batch in batches:
        await world.take(*batch)
    audience = await world.audience_of("fire")
    retired = await world.rows(select(tables.retired).where(tables.retired.c.audience == audience_number(audience)))
    key = sorted(retired, key=lambda row: row["business_id"])
    return await world.shown("fire"), await world.businesses("fire"), shape(await world.events(audience=audience)), key


async def test_a_new_power_releases_what_was_held_and_nothing_else(world: World) -> None:
    await world.settle(partnership())
    await world.take(*ONE_BUSINESS)
    await world.forget_events()
    await world.settle(partnership(("fire", "hmrc")))
    assert await world.groups("hmrc") == {frozenset({FIRE, HMRC})}
    new = await world.audience_of("hmrc")
    assert [e["data"]["band"] for e in await world.events("risk.", new)] == ["high"]
    for unchanged in ("council", "fire"):
        assert await world.events(audience=await world.audience_of(unchanged)) == []


async def test_a_power_that_ends_withdraws_what_it_showed(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(*ONE_BUSINESS)
    old = await world.audience_of("fire")
    await world.settle(partnership())
    kinds = [event["type"].split(".")[3] for event in await world.events("business.", old)]
    assert kinds[-1] == "withdrawn"
    assert (await world.events("risk.", old))[-1]["data"]["band"] == "none"
    assert audience_number(old) not in {row["audience"] for row in await world.rows(select(tables.business))}
    assert old not in {row["audience"] for row in await world.rows(select(tables.audience))}
    assert await world.groups("fire") == {frozenset({FIRE})}
    await assert_stream_agrees(world)


async def test_a_view_that_comes_back_goes_on_with_its_sequences(world: World) -> None:
    for rules in (ALL_SHARE, partnership(), ALL_SHARE):
        await world.settle(rules)
        await world.take(*ONE_BUSINESS)
    await assert_stream_agrees(world)
    fresh = await world.state()
    await world.empty()
    await world.settle(ALL_SHARE)
    await world.take(*ONE_BUSINESS)
    assert await world.state() == fresh


async def test_an_agency_that_joins_an_audience_is_told_what_the_others_know(world: World) -> None:
    apart = partnership(("fire", "council"), ("hmrc", "council"), ("council", "fire"), ("hmrc", "fire"))
    await world.settle(apart)
    await world.take(*ONE_BUSINESS)
    audience = await world.audience_of("fire")
    await world.forget_events()
    await world.settle(ALL_SHARE)
    (told,) = await world.events("risk.", audience)
    assert told["data"]["audience"]["agencies"] == ["hmrc"]
    assert (told["data"]["previous_band"], told["data"]["band"]) == ("none", "high")
    assert await world.groups("hmrc") == {frozenset({COUNCIL, FIRE, HMRC})}


async def test_settling_again_says_nothing(world: World) -> None:
    await world.settle(THREE_AUDIENCES)
    await world.take(*ONE_BUSINESS)
    state, said = await world.state(), await world.events()
    await world.settle(THREE_AUDIENCES)
    assert (await world.state(), await world.events()) == (state, said)


async def test_a_risk_fades_with_the_days_and_says_so_when_the_band_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date(2026, 11, 10)
    monkeypatch.setattr(clock, "today", lambda: today)
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", record(severity=3)))
    await world.forget_events()
    (before,) = await world.shown("fire")
    await world.settle(ALL_SHARE, today + timedelta(days=10))
    (later,) = await world.shown("fire")
    assert later["score"] < before["score"]
    assert later["assessed_on"] == today + timedelta(days=10)
    assert await world.events() == []
    await world.settle(ALL_SHARE, today + timedelta(days=400))
    (told,) = await world.events("risk.")
    assert (told["data"]["previous_band"], told["data"]["band"]) == ("medium", "low")
    assert told["data"]["as_of"] == str(today + timedelta(days=400))


async def test_a_concern_dated_in_the_future_counts_from_its_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    today = date(2026, 11, 10)
    monkeypatch.setattr(clock, "today", lambda: today)
    await world.settle(ALL_SHARE)
    await world.take(received("council", "1", record(severity=3, observed_on=date(2026, 12, 1))))
    assert [row["band"] for row in await world.shown("fire")] == ["none"]
    await world.settle(ALL_SHARE, date(2026, 12, 1))
    assert [row["band"] for row in await world.shown("fire")] == ["medium"]


async def test_a_hidden_record_that_comes_days_later_leaves_no_date_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date(2026, 11, 10)
    monkeypatch.setattr(clock, "today", lambda: today)
    await world.settle(THREE_AUDIENCES)
    await world.take(received("fire", "1", record()))
    before = await world.shown("fire")
    today += timedelta(days=3)
    await world.settle(THREE_AUDIENCES)
    await world.take(received("hmrc", "1", record(severity=4)))
    assert await world.shown("fire") == before


async def test_an_event_never_bears_the_trace_of_a_record_that_its_audience_does_not_see(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date(2026, 11, 10)
    monkeypatch.setattr(clock, "today", lambda: today)
    await world.settle(THREE_AUDIENCES)
    await world.take(received("fire", "1", record(severity=3)))
    await world.forget_events()
    today += timedelta(days=400)  # the day has changed, and the daily settling has not come round yet
    hidden = f"00-{'b' * 32}-{'1' * 16}-01"
    with handling("linker", [hidden]):
        await world.take(received("hmrc", "1", record(severity=4), traceparent=hidden))
        assert await world.events(audience=await world.audience_of("fire")) == []
        await world.settle(THREE_AUDIENCES, today)
    (told,) = await world.events(audience=await world.audience_of("fire"))
    assert (told["data"]["previous_band"], told["traceparent"]) == ("medium", None)
    seen = await world.events(audience=await world.audience_of("hmrc"))
    assert {event["traceparent"] for event in seen} == {hidden}
