"""The relay: takes events from a service's outbox to the log. One a service at a time, or order would be lost.

A crash between the append and the delete leaves rows whose events are in the log already. The relay looks for them at
the end of the topic before it goes on, so that streams, which have no inbox, do not repeat them.
"""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

import orjson
from prometheus_client import Counter, Gauge
from sqlalchemy import Table, delete, select, text

from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog, Message
from shared.runtime.outbox import outbox_of
from shared.runtime.telemetry import log
from shared.runtime.transient import is_transient
from shared.runtime.watch import watch

_BATCH = 1000
_LOOK_AGAIN = 0.5
_RETRY = 0.5
_FETCH_SECONDS = 5.0
_NO_EVENT = ""  # of a tombstone in the outbox, and of an event in the log whose key was destroyed

_published = Counter("joinedup_outbox_published_total", "Events taken from the outbox to the log", ["service"])
_waiting = Gauge("joinedup_outbox_waiting", "Events in the outbox at the last look, at most one batch", ["service"])


async def relay(database: Database, log_: EventLog, stop: asyncio.Event) -> None:
    """Runs until `stop`; a database or log that is away is waited for."""
    while not stop.is_set():
        try:
            async with _only_one(database, stop) as still_ours, watch(database) as changes:
                await skip_published(database, log_)
                while not stop.is_set():
                    await still_ours()
                    if not await publish_batch(database, log_):
                        await changes.wait(_LOOK_AGAIN)
        except Exception as error:
            if not is_transient(error):
                raise
            log(__name__).warning("relay_waits", service=database.schema, error=type(error).__name__)
            await asyncio.sleep(_RETRY)


async def publish_batch(database: Database, log_: EventLog) -> int:
    """Take up to one batch to the log; how many were taken."""
    outbox = outbox_of(database.schema)
    async with database.read() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id).limit(_BATCH))).all()
    _waiting.labels(database.schema).set(len(rows))
    if rows:
        await log_.append([Message(topic=row.topic, key=row.key, value=row.value) for row in rows])
        await _forget(database, outbox, [row.id for row in rows])
        _published.labels(database.schema).inc(len(rows))
    return len(rows)


async def skip_published(database: Database, log_: EventLog) -> int:
    """Drop the rows that a relay before us took to the log and could not delete; how many there were."""
    outbox = outbox_of(database.schema)
    async with database.read() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id).limit(2 * _BATCH))).all()
    last = {topic: await _last_ids(log_, topic) for topic in {row.topic for row in rows}}
    out = {(row.topic, row.key): row.id for row in rows if _event_id(row.value) in last[row.topic]}
    if done := [row.id for row in rows if row.id <= out.get((row.topic, row.key), 0)]:  # a key's rows go in order
        await _forget(database, outbox, done)
    return len(done)


async def _last_ids(log_: EventLog, topic: str) -> set[str]:
    """The ids of the last events of every partition: at least as many as a relay takes at once."""
    ends = await log_.end(topic)
    at = {partition: max(0, end - _BATCH) for partition, end in ends.items()}
    ids: set[str] = set()
    while any(at[partition] < end for partition, end in ends.items()):
        messages = await log_.fetch(topic, at, _BATCH, _FETCH_SECONDS)
        if not messages:  # retention has taken them
            break
        for message in messages:
            ids.add(_event_id(message.value))
            at[message.partition] = message.offset + 1
    return ids - {_NO_EVENT}


def _event_id(value: bytes) -> str:
    return str(orjson.loads(value)["id"]) if value else _NO_EVENT


async def _forget(database: Database, outbox: Table, ids: list[int]) -> None:
    async with database.write_engine.begin() as connection:
        await connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))


@asynccontextmanager
async def _only_one(database: Database, stop: asyncio.Event) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Holds the service's relay lock; the operating system or the database frees it if this process dies.

    Yields what raises if the lock is lost: a database that restarts forgets it, and the pool connects again in silence.
    """
    if database.is_sqlite:
        with Path(f"{database.url.database}.relay.lock").open("w") as handle:  # noqa: ASYNC230 - a local lock file
            while not stop.is_set() and not _lock(handle):
                await asyncio.sleep(_RETRY)
            yield _surely
        return
    async with database.write_engine.connect() as pooled:
        connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
        lock = text("SELECT pg_try_advisory_lock(hashtext(:name))").bindparams(name=f"relay {database.schema}")
        while not stop.is_set() and not (await connection.execute(lock)).scalar_one():
            await asyncio.sleep(_RETRY)

        async def still_ours() -> None:
            await connection.execute(text("SELECT 1"))

        try:
            yield still_ours
        finally:
            await connection.invalidate()  # a session lock ends with its session


async def _surely() -> None:
    """A lock on a file is ours as long as the file is open."""


def _lock(handle: TextIO) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
