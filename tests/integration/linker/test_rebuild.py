from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from services.linker import consumer
from services.linker.handlers.learn import RecordEvent
from services.linker.handlers.rebuilding import finish_rebuild, rebuild
from services.linker.store import tables
from services.linker.store.holdings import audience_number
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.runtime import clock
from shared.runtime.eventlog import EventLog, Message, open_log
from shared.runtime.inbox import repeatable
from tests.integration.linker.world import (
    THREE_AUDIENCES,
    World,
    assert_stream_agrees,
    id_of,
    received,
    record,
    retracted,
)

EVENTS: tuple[RecordEvent, ...] = (
    received("council", "1", record(severity=3)),
    received("fire", "1", record()),
    received("hmrc", "1", record("Southall Tyres", 240, postcode="UB2 4XX", severity=1)),
    received("fire", "1", record(severity=2), version=2),
    received("hmrc", "2", record("Gone Away", 7)),
    retracted("hmrc", "2"),
)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EventLog]:
    opened = await open_log(f"embedded://{tmp_path}/log.db?partitions=2")
    yield opened
    await opened.close()


async def append(log: EventLog, *events: RecordEvent) -> None:
    await log.append([_message(event.partitionkey, event.model_dump_json(serialize_as_any=True)) for event in events])


def _message(key: str, text: str) -> Message:
    return Message(topic=RECORDS_TOPIC, key=key, value=text.encode())


async def consume(world: World, log: EventLog) -> None:
    """All that is in the log, from its start: what went before is delivered again."""
    handle = repeatable(world.database, consumer.subscriptions(world.resolver))
    if messages := await log.fetch(RECORDS_TOPIC, {}, 1000, 0):
        await handle(messages)


async def everything(world: World) -> dict[str, Any]:
    """The whole store, once nothing is behind: sequences and what is not yet sent included."""
    await world.catch_up()
    return await world.contents(
        table for table in tables.metadata.sorted_tables if table.name not in ("rebuild", "finding_due")
    )


@pytest.fixture
async def consumed(world: World, log: EventLog) -> World:
    await world.settle(THREE_AUDIENCES)
    await append(log, *EVENTS)
    await consume(world, log)
    return world


async def test_a_redelivered_batch_changes_nothing(consumed: World, log: EventLog) -> None:
    before = await everything(consumed)
    await consume(consumed, log)
    assert await everything(consumed) == before


async def test_a_crash_before_the_commit_leaves_nothing_behind(
    world: World, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.settle(THREE_AUDIENCES)
    empty = await everything(world)
    await append(log, *EVENTS)

    def crash(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("shared.runtime.session.Session.store", crash)
        with pytest.raises(OSError, match="power cut"):
            await consume(world, log)
    assert await everything(world) == empty
    await consume(world, log)
    await assert_stream_agrees(world)
    assert len((await world.state())["mention"]) == 3


async def test_a_rebuild_gives_the_identical_store_and_says_nothing(consumed: World, log: EventLog) -> None:
    before = await everything(consumed)
    await rebuild(consumed.database, log, consumed.resolver, clock.today())
    assert await everything(consumed) == before
    assert not await consumed.rows(select(tables.rebuild))


async def test_a_rebuild_mends_what_had_gone_wrong_and_tells_only_that(consumed: World, log: EventLog) -> None:
    good = await consumed.state()
    member = tables.member
    council = await consumed.audience_of("council")
    async with consumed.database.write_engine.begin() as connection:
        await connection.execute(delete(tables.pair))
        await connection.execute(delete(tables.mention).where(tables.mention.c.agency == "hmrc"))
        stray = select(tables.record.c.no).where(tables.record.c.record_id == id_of("fire", "1")).scalar_subquery()
        here = (member.c.audience == audience_number(council)) & (member.c.record == stray)
        await connection.execute(update(member).where(here).values(business=0))
    await consumed.forget_events()
    await rebuild(consumed.database, log, consumed.resolver, clock.today())
    assert await consumed.state() == good
    assert {event["data"]["audience"]["id"] for event in await consumed.events()} == {council}
    assert not await consumed.rows(select(member).where(member.c.business == 0))


class OneAtATime:
    """The real log, handing out one message a fetch, until it breaks."""

    def __init__(self, log: EventLog, messages: int) -> None:
        self._log = log
        self._left = messages

    async def end(self, topic: str) -> Any:
        return await self._log.end(topic)

    async def fetch(self, topic: str, after: Any, _limit: int, wait: float) -> Any:
        if not self._left:
            raise OSError("killed")
        self._left -= 1
        return await self._log.fetch(topic, after, 1, wait)


@pytest.mark.parametrize("survived", range(len(EVENTS)))
async def test_a_rebuild_that_was_killed_goes_on_and_stays_silent(
    consumed: World, log: EventLog, survived: int
) -> None:
    before = await everything(consumed)
    broken: Any = OneAtATime(log, survived)
    with pytest.raises(OSError, match="killed"):
        await rebuild(consumed.database, broken, consumed.resolver, clock.today())
    await finish_rebuild(consumed.database, log, consumed.resolver, clock.today())
    assert await everything(consumed) == before


async def test_records_that_arrive_during_a_rebuild_are_told_of_once_it_is_done(consumed: World, log: EventLog) -> None:
    broken: Any = OneAtATime(log, 2)
    with pytest.raises(OSError, match="killed"):
        await rebuild(consumed.database, broken, consumed.resolver, clock.today())
    await consumed.forget_events()
    await append(log, received("hmrc", "9", record(severity=4)))
    await consume(consumed, log)
    await consumed.settle(THREE_AUDIENCES)
    assert await consumed.events() == []
    await finish_rebuild(consumed.database, log, consumed.resolver, clock.today())
    hmrc = await consumed.audience_of("hmrc")
    assert {event["data"]["audience"]["id"] for event in await consumed.events()} == {hmrc}
    assert id_of("hmrc", "9") in str(await consumed.groups("hmrc"))


async def test_a_rebuild_passes_over_a_message_that_nobody_can_read(consumed: World, log: EventLog) -> None:
    await log.append([_message("x", '{"type": "uk.joinedup.record.received.v1"}'), _message("y", "not json")])
    before = await everything(consumed)
    await rebuild(consumed.database, log, consumed.resolver, clock.today())
    assert await everything(consumed) == before


class LongBefore:
    """The real log, which had more messages when the rebuild began."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._lost = 5

    async def end(self, topic: str) -> Any:
        ends = await self._log.end(topic)
        lost, self._lost = self._lost, 0
        return {partition: offset + lost for partition, offset in ends.items()}

    async def fetch(self, topic: str, after: Any, limit: int, _wait: float) -> Any:
        return await self._log.fetch(topic, after, limit, 0)


async def test_a_rebuild_does_not_wait_for_what_the_log_has_lost(consumed: World, log: EventLog) -> None:
    before = await everything(consumed)
    lossy: Any = LongBefore(log)
    await rebuild(consumed.database, lossy, consumed.resolver, clock.today())
    assert await everything(consumed) == before
