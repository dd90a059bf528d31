"""Waiting for another process to commit, without asking the database over and over.

SQLite: `PRAGMA data_version` changes when another connection commits and costs microseconds. PostgreSQL: NOTIFY, sent
by the outbox inside the committing transaction. Both are hints: the waiter looks again after `timeout` all the same.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Protocol

import asyncpg

from shared.runtime.db import Database
from shared.runtime.outbox import NOTIFY_CHANNEL

_BUSY_INTERVAL = 0.003
_IDLE_INTERVAL = 0.02
_IDLE_AFTER = 1.0


class Watch(Protocol):
    async def wait(self, timeout: float) -> None:
        """Return when something was committed since the last call, or after `timeout` seconds."""


@asynccontextmanager
async def watch(database: Database) -> AsyncIterator[Watch]:
    if database.is_sqlite:
        connection = sqlite3.connect(f"file:{database.url.database}?mode=ro", uri=True)
        try:
            yield SqliteWatch(connection)
        finally:
            connection.close()
        return
    listener = await asyncpg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        postgres_watch = PostgresWatch()
        await listener.add_listener(NOTIFY_CHANNEL.format(schema=database.schema), postgres_watch.heard)
        yield postgres_watch
    finally:
        await listener.close()


class SqliteWatch:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._seen: int | None = None
        self._changed_at = monotonic()

    async def wait(self, timeout: float) -> None:
        deadline = monotonic() + timeout
        while not self._changed() and (now := monotonic()) < deadline:
            idle = now - self._changed_at > _IDLE_AFTER
            await asyncio.sleep(min(_IDLE_INTERVAL if idle else _BUSY_INTERVAL, deadline - now))

    def _changed(self) -> bool:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen:
            return False
        self._seen, self._changed_at = version, monotonic()
        return True


class PostgresWatch:
    def __init__(self) -> None:
        self._event = asyncio.Event()

    def heard(self, *_notification: Any) -> None:
        self._event.set()

    async def wait(self, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()
