import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.linker.handlers import audiences, filling, moving
from services.linker.handlers.learn import RecordEvent
from services.linker.handlers.restate import restate
from services.linker.store import holdings, tables
from services.linker.store.holdings import audience_number
from shared.contracts.identifiers import business_id
from shared.runtime import clock
from shared.runtime.session import Session
from shared.runtime.telemetry import handling
from shared.sharing import load_partnership
from tests.integration.linker.test_any_order import records
from tests.integration.linker.world import (
    ALL_SHARE,
    REGIMES,
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    id_of,
    opened,
    partnership,
    received,
    record,
    retracted,
    rules,
    shape,
)

COUNCIL, FIRE, HMRC = id_of("council", "1"), id_of("fire", "1"), id_of("hmrc", "1")
ELSEWHERE = record(name="Golden Dragon", number=40, severity=2)
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
    await world.take(*ONE_BUSINESS, received("hmrc", "2", ELSEWHERE))
    await world.forget_events()
    await world.settle(partnership(("fire", "hmrc")))
    assert await world.groups("hmrc") == {frozenset({FIRE, HMRC}), frozenset({id_of("hmrc", "2")})}
    new = await world.audience_of("hmrc")
    (told,) = [event["data"] for event in await world.events("risk.", new)]
    assert (told["band"], told["cause"], told["audience"]["agencies"]) == ("high", "released", ["hmrc"])
    assert [regime["regime"] for regime in told["regimes"]] == ["fire-safety", "tax"]
    for unchanged in ("council", "fire"):
        assert await world.events(audience=await world.audience_of(unchanged)) == []


async def test_a_view_is_filled_with_each_business_once_and_with_every_record_that_it_sees(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HMRC is to see fire's records. Its own, which hangs together with the second of those, has a smaller number than
    the first, but was worked into no page: it says nothing of the second."""
    monkeypatch.setattr(filling, "_PAGE", 1)
    monkeypatch.setattr(filling, "_PAGE_SECONDS", 0)
    seeds: list[Sequence[int]] = []

    def noted(session: Session, records: Sequence[int], *rest: Any) -> set[int]:
        seeds.append(records)
        return restate(session, records, *rest)

    again = record(name="Chicken Shop Ltd", severity=2)
    await world.settle(partnership(("council", "hmrc")))
    await world.take(received("hmrc", "1", record(severity=3)))
    for ref, what in (("1", ELSEWHERE), ("2", record()), ("3", again)):
        await world.take(received("fire", ref, what))
    monkeypatch.setattr(filling, "restate", noted)
    await world.settle(partnership(("council", "hmrc"), ("fire", "hmrc")))
    assert await world.groups("hmrc") == {
        frozenset({HMRC, id_of("fire", "2"), id_of("fire", "3")}),
        frozenset({id_of("fire", "1")}),
    }
    assert [list(page) for page in seeds if page] == [[2], [3]]


async def test_a_power_that_ends_withdraws_what_it_showed(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(*ONE_BUSINESS, received("council", "2", ELSEWHERE))
    old = await world.audience_of("fire")
    await world.settle(partnership())
    assert old not in {row["audience"] for row in await world.rows(select(tables.audience))}
    assert audience_number(old) not in {row["audience"] for row in await world.rows(select(tables.business))}
    assert await world.groups("fire") == {frozenset({FIRE})}
    risks = [event["data"] for event in (await world.told_last("fire", "risk.")).values()]
    gone, kept = [data for data in risks if not data["visible"]], [data for data in risks if data["visible"]]
    assert {(data["band"], data["cause"], len(data["regimes"]), data["area"]) for data in gone} == {
        ("none", "withdrawn", 0, None)
    }
    assert [(data["band"], data["cause"]) for data in kept] == [("medium", "withdrawn")]
    assert sum("withdrawn" in event["type"] for event in (await world.told_last("fire", "business.")).values()) == 1
    await assert_stream_agrees(world)


async def test_who_sees_more_is_told_nothing_of_what_it_saw_already(world: World) -> None:
    await world.settle(partnership(("fire", "hmrc")))
    await world.take(*ONE_BUSINESS, received("council", "2", ELSEWHERE), received("hmrc", "3", ELSEWHERE))
    await world.take(received("fire", "9", record(name="Pizza Palace", number=99, severity=4)))
    await world.forget_events()
    await world.settle(partnership(("fire", "hmrc"), ("council", "hmrc")))
    said = [_data(event) for event in await world.events() if ".finding." not in event["type"]]
    told = {data["business_id"] for data in said}
    assert business_id(id_of("fire", "9")) not in told
    assert told == {data["business_id"] for data in said if data["cause"] == "released"}
    assert len(told) == 2


async def test_who_stays_in_a_view_is_told_nothing_when_another_leaves_it(world: World) -> None:
    await world.settle(ALL_SHARE)
    await world.take(*ONE_BUSINESS)
    await world.forget_events()
    await world.settle(partnership(*(pair for pair in permutations(REGIMES, 2) if pair[1] != "fire")))
    assert {tuple(event["data"]["audience"]["agencies"]) for event in await world.events()} == {("fire",)}
    await world.take(received("hmrc", "1", record(severity=1), version=2))
    await world.settle(ALL_SHARE)
    (row,) = await world.shown("fire")
    assert (await world.told_last("fire", "risk."))[row["business_id"]]["data"]["regimes"] == row["concerns"]


async def test_a_crash_while_a_change_of_views_is_told_neither_loses_nor_doubles_any_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_PAGE", 1)
    several = [
        received(agency, str(n), record(name=name, number=n, severity=3))
        for n, name in enumerate(("Ada Bakery", "Quux Car Wash", "Zyzzo Nails"), start=1)
        for agency in REGIMES
    ]
    await _live_until(world, several)
    await world.settle(THREE_AUDIENCES)
    undisturbed = shape(await world.events())
    for pages in range(5):
        await world.empty()
        await _live_until(world, several)
        with monkeypatch.context() as patched:
            patched.setattr(audiences, "tell_page", _dies_after(pages))
            with pytest.raises(SystemError):
                await world.settle(THREE_AUDIENCES)
        assert len(await world.events()) < len(undisturbed)
        await world.settle(partnership())  # by rules that are older again: what was begun is told all the same
        assert shape(await world.events())[: len(undisturbed)] == undisturbed


async def _live_until(world: World, some: list[RecordEvent]) -> None:
    await world.settle(partnership())
    await world.take(*some)
    await world.forget_events()


def _dies_after(pages: int) -> Callable[[Session], bool]:
    """Before it is committed, the page behind so many is lost."""
    left = [pages]

    def tell_page(session: Session) -> bool:
        told = moving.tell_page(session)
        if told and not left[0]:
            raise SystemError("killed")
        left[0] -= told
        return told

    return tell_page


async def test_what_changes_while_a_view_is_being_worked_out_is_told_as_a_change(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.settle(partnership())
    await world.take(*ONE_BUSINESS, received("council", "2", ELSEWHERE))
    with monkeypatch.context() as patched:
        patched.setattr(filling, "_fill_page", _killed_once_there_is_anything_to_do)
        with pytest.raises(SystemError):
            await world.settle(ALL_SHARE)
    before = len(await world.events("risk."))
    await world.take(received("fire", "1", record(severity=4), version=2))
    told = [event["data"] for event in (await world.events("risk."))[before:]]
    assert {(data["cause"], *data["audience"]["agencies"]) for data in told} == {("changed", *sorted(REGIMES))}
    assert {concern["severity"] for data in told for concern in data["regimes"]} == {3, 4}
    await world.settle(ALL_SHARE)
    assert {e["data"]["cause"] for e in (await world.events("risk."))[before + len(told) :]} == {"released"}
    await assert_stream_agrees(world)


def _killed_once_there_is_anything_to_do(session: Session, **_: object) -> bool:
    if any(row.filled_to is not None for row in holdings.audiences(session)):
        raise SystemError("killed")
    return False


def _data(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = event["data"]
    return found


async def test_a_new_view_betrays_nothing_of_the_view_that_it_began_as_a_copy_of(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fire is to see nearly all that hmrc sees: neither what is told while that is worked out, nor ids or counts tell
    it of hmrc's own records."""
    hidden = [received("hmrc", ref, what) for ref, what in zip("1234", (record(severity=4), *_OF_HMRC), strict=True)]
    told = [await _told_to_fire(world, hmrc, monkeypatch) for hmrc in ((), hidden)]
    assert told[0] == told[1]


_OF_HMRC = (ELSEWHERE, record(name="Golden Dragon Ltd", number=40), record(name="Pizza Palace", number=99, severity=2))


async def _told_to_fire(
    world: World, hidden: Sequence[RecordEvent], monkeypatch: pytest.MonkeyPatch
) -> tuple[object, ...]:
    """All that its new view holds, and every event since."""
    first, then = (("council", "hmrc"), ("fire", "hmrc")), (("council", "fire"), ("hmrc", "fire"))
    few = rules(then[1], categories="decisions, concern-cards, visit-outcomes").partition("legal_gateways:")[2]
    await world.empty()
    await world.settle(partnership(*first))
    await world.take(ONE_BUSINESS[0], received("council", "2", ELSEWHERE), *hidden)
    await world.forget_events()
    wanted = load_partnership(rules(*first, then[0]) + few)
    with monkeypatch.context() as patched:
        patched.setattr(filling, "_fill_page", _killed_once_there_is_anything_to_do)
        with pytest.raises(SystemError):
            await world.settle(wanted)
    await world.take(received("council", "1", record(severity=2), version=2))
    await world.settle(wanted)
    await world.take(received("council", "2", record(name="Golden Dragon", number=40, severity=1), version=2))
    events = [event for event in await world.events() if "fire" in event["data"]["audience"]["agencies"]]
    view = audience_number(await world.audience_of("fire"))
    retired = await world.rows(select(tables.retired).where(tables.retired.c.audience == view))
    assert {event["data"]["cause"] for event in events} == {"changed", "released"}
    return shape(events), await world.shown("fire"), await world.businesses("fire"), retired


async def test_a_view_that_comes_back_goes_on_with_its_sequences(world: World) -> None:
    for shared in (ALL_SHARE, partnership(), ALL_SHARE):
        await world.settle(shared)
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
    assert (told["data"]["audience"]["agencies"], told["data"]["cause"]) == (["hmrc"], "released")
    assert told["data"]["band"] == "high"
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
