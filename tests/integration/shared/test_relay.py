"""The relay: everything that was committed reaches the log, in order, by one relay at a time: on both stores."""

import asyncio
import time

import orjson
import pytest
from sqlalchemy import text

from shared.contracts.events.ingest import FEEDS_TOPIC, FeedStale
from shared.runtime.eventlog import LogUnavailable
from shared.runtime.eventlog.keys import KeyStore
from shared.runtime.eventlog.sealed import SealedLog
from shared.runtime.relay import publish_batch, relay, skip_published
from shared.runtime.session import ConnectionSession
from tests.support.tiny import count, outbox, stale


async def say(database, *feeds: str) -> None:
    async with database.transaction() as tx:
        for feed in feeds:
            tx.publish(stale(feed), subject=feed, key="one")


async def published(log) -> list[str]:
    return [orjson.loads(message.value)["subject"] for message in await log.fetch(FEEDS_TOPIC, {}, 10_000, 0)]


async def until(log, feeds: list[str], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while (got := await published(log)) != feeds:
        assert time.monotonic() < deadline, got
        await asyncio.sleep(0.01)


async def test_events_reach_the_log_in_order_and_leave_the_outbox(database, embedded):
    await say(database, "a", "b")
    await say(database, "c")
    assert await publish_batch(database, embedded) == 3
    assert await published(embedded) == ["a", "b", "c"]
    assert await count(database, outbox) == 0
    assert await publish_batch(database, embedded) == 0


async def test_an_event_committed_late_is_not_passed_by(database, embedded):
    """On PostgreSQL the first transaction takes the lower id and commits last; `id > last` would lose it."""
    if database.is_sqlite:
        return  # one writer at a time: ids and commits have one order
    async with database.transaction() as early:
        early.publish(stale("early"), subject="early")
        await early.connection.run_sync(lambda inner: ConnectionSession(inner, database.schema).store(early.said))
        early.said.clear()
        await say(database, "late")
        await publish_batch(database, embedded)
    await publish_batch(database, embedded)
    assert sorted(await published(embedded)) == ["early", "late"]


async def test_a_crash_between_the_log_and_the_store_repeats_and_never_loses(database, embedded, monkeypatch):
    await say(database, "a")

    async def crash(*_args: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("shared.runtime.relay._forget", crash)
        with pytest.raises(ConnectionError):
            await publish_batch(database, embedded)
    await publish_batch(database, embedded)
    first, second = await embedded.fetch(FEEDS_TOPIC, {}, 10, 0)
    assert first.value == second.value, "the same event with the same id, so that the inbox drops the repeat"


async def test_the_relay_notices_commits_of_others_within_milliseconds(database, embedded):
    stop = asyncio.Event()
    running = asyncio.create_task(relay(database, embedded, stop))
    await say(database, "first")
    await until(embedded, ["first"])
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    await say(database, "second")
    await until(embedded, ["first", "second"])
    assert time.monotonic() - begun < 0.4, "the relay looks of its own accord only every half second"
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_of_two_relays_one_works_and_the_other_takes_over(database, embedded):
    stops = [asyncio.Event(), asyncio.Event()]
    relays = [asyncio.create_task(relay(database, embedded, stop)) for stop in stops]
    said = [str(number) for number in range(200)]
    for first in range(0, 100, 10):
        await say(database, *said[first : first + 10])
    await until(embedded, said[:100])
    stops[0].set()
    await asyncio.wait_for(relays[0], 5)
    for first in range(100, 200, 10):
        await say(database, *said[first : first + 10])
    await until(embedded, said)
    stops[1].set()
    await asyncio.wait_for(relays[1], 5)


async def test_a_log_that_is_away_is_waited_for(database, embedded):
    class Flaky:
        failures = 2

        async def append(self, messages) -> None:
            if self.failures:
                self.failures -= 1
                raise LogUnavailable
            await embedded.append(messages)

        async def end(self, topic):
            return await embedded.end(topic)

    await say(database, "a")
    stop = asyncio.Event()
    running = asyncio.create_task(relay(database, Flaky(), stop))
    await until(embedded, ["a"])
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_a_relay_that_lost_its_lock_takes_it_again_before_it_goes_on(database, embedded):
    """A PostgreSQL that restarts forgets the lock of a session; another relay could then work beside this one."""
    if database.is_sqlite:
        return  # a lock on a file goes with its process alone
    stop, deadline = asyncio.Event(), time.monotonic() + 10
    running = asyncio.create_task(relay(database, embedded, stop))
    await say(database, "a")
    await until(embedded, ["a"])
    async with database.write_engine.begin() as connection:
        (lost,) = (await connection.execute(text(f"SELECT pid {LOCKS}"))).scalars()
        await connection.execute(text(f"SELECT pg_terminate_backend({lost})"))
    while (holders := await holders_of_lock(database)) in ([], [lost]):
        assert time.monotonic() < deadline, "no session took the lock again"
        await asyncio.sleep(0.01)
    assert len(holders) == 1
    await say(database, "b")
    await until(embedded, ["a", "b"])
    stop.set()
    await asyncio.wait_for(running, 5)


async def holders_of_lock(database) -> list[int]:
    async with database.read() as connection:
        return list((await connection.execute(text(f"SELECT pid {LOCKS}"))).scalars())


LOCKS = """FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


async def test_a_tombstone_that_took_effect_before_a_crash_does_not_take_what_came_after_it(
    database, embedded, monkeypatch, tmp_path
):
    keys = KeyStore(f"sqlite:///{tmp_path}/keys.db", "ingest")
    await keys.create()
    log = SealedLog(embedded, {FEEDS_TOPIC: keys})
    async with database.transaction() as tx:
        tx.publish(stale("before"), subject="before", key="one")
        tx.shred(FeedStale, key="one")
        tx.publish(stale("after"), subject="after", key="one")

    async def crash(*_args: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as dying:
        dying.setattr("shared.runtime.relay._forget", crash)
        with pytest.raises(ConnectionResetError):
            await publish_batch(database, log)
    assert await skip_published(database, log) == 3
    assert await publish_batch(database, log) == 0
    assert await published(log) == ["after"]
    await keys.close()
