"""A relay that died between the log and its store leaves no event to be sent twice: on both stores."""

import asyncio

import orjson
import pytest

from shared.contracts.events.ingest import FEEDS_TOPIC
from shared.runtime import relay as relaying
from shared.runtime.relay import publish_batch, relay, skip_published
from tests.support.tiny import count, outbox, stale


async def test_a_relay_that_follows_a_crash_sends_only_what_is_not_out(database, embedded, monkeypatch):
    async with database.transaction() as tx:
        for feed in "ab":
            tx.publish(stale(feed), subject=feed)
    with monkeypatch.context() as patched, pytest.raises(ConnectionError):
        patched.setattr(relaying, "_forget", _crash)
        await publish_batch(database, embedded)
    async with database.transaction() as tx:
        tx.publish(stale("c"), subject="c")

    stop = asyncio.Event()
    running = asyncio.create_task(relay(database, embedded, stop))
    async with asyncio.timeout(10):
        while await count(database, outbox):
            await asyncio.sleep(0.02)
    stop.set()
    await running
    assert sorted(await _subjects(embedded)) == ["a", "b", "c"]


async def test_rows_that_are_not_out_are_kept(database, embedded):
    async with database.transaction() as tx:
        tx.publish(stale("a"), subject="a")
    assert await skip_published(database, embedded) == 0
    assert await count(database, outbox) == 1


async def _crash(*_args: object) -> None:
    raise ConnectionError


async def _subjects(log) -> list[str]:
    return [orjson.loads(message.value)["subject"] for message in await log.fetch(FEEDS_TOPIC, {}, 100, 0)]
