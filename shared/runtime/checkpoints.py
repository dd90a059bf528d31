"""Copying SQLite's write-ahead log into its file, beside the commits instead of inside them.

Left to itself SQLite copies inside every commit that finds a thousand pages waiting, and that commit takes twenty
times as long as its neighbours. A copy in a thread of its own hinders neither readers nor the writer. The log keeps
its length when it is started again: to write over what is there is durable in a fraction of the time that it takes to
append. Once nothing has been committed for a minute it is emptied: what was deleted would stay readable in it.
"""

import asyncio
import sqlite3
from contextlib import closing
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.runtime.sqlite_writer import SqliteWriter

_EVERY_SECONDS = 0.5
_LONG_PAGES = 16_384  # 64 MiB
_FEW_PAGES = 500
_ROUNDS = 5
_PATIENCE_MS = 100
_QUIET_SECONDS = 60.0


class Checkpoints:
    """Of one SQLite file. Call `after_commit` after each."""

    def __init__(self, file: str, engine: AsyncEngine, writer: SqliteWriter) -> None:
        self._file = file
        self._engine = engine
        self._writer = writer
        self._pages = 0
        self._left = 0
        self._due = 0.0
        self._copying: asyncio.Task[None] | None = None
        self._emptying: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0.0

    async def after_commit(self) -> None:
        self._last = monotonic()
        if self._timer is None:
            self._empty_after(_QUIET_SECONDS)
        if self._copying:
            return
        if self._is_long:
            await self._start_again()
        elif monotonic() >= self._due:
            self._copying = asyncio.create_task(self._copy())

    async def finish(self) -> None:
        """Wait for the copies that are under way; no other follows."""
        if self._timer:
            self._timer.cancel()
        for task in (self._copying, self._emptying):
            if task:
                await task

    @property
    def _is_long(self) -> bool:
        return self._pages >= self._left + _LONG_PAGES

    async def _copy(self) -> None:
        """All of it may be copied and still count, since commits go on meanwhile. What is about to be started again is
        copied until little came: commits wait while the rest of it is."""
        for _ in range(_ROUNDS):
            before = self._pages
            _, self._pages = await asyncio.to_thread(_checkpoint, self._file, "PASSIVE")
            if not self._is_long or self._pages - before < _FEW_PAGES:
                break
        self._due = monotonic() + _EVERY_SECONDS
        self._copying = None

    async def _start_again(self) -> None:
        """Commits that follow each other without a gap, and readers that overlap, keep SQLite from starting its log at
        the front again, and it grows by gigabytes. So we ask for it, and wait a little for the readers that are there;
        where one stays longer, we ask again when it has grown as much again."""
        is_hindered, pages = await self._alone("RESTART")
        self._pages = self._left = pages if is_hindered else 0

    def _empty_after(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._empty_if_quiet)

    def _empty_if_quiet(self) -> None:
        if (left := self._last + _QUIET_SECONDS - monotonic()) > 0:
            self._empty_after(left)
        else:
            self._emptying = asyncio.create_task(self._empty())

    async def _empty(self) -> None:
        try:
            is_hindered, _ = await self._alone("TRUNCATE")
        finally:
            self._timer = self._emptying = None
        if is_hindered:  # by a reader
            self._empty_after(_QUIET_SECONDS)

    async def _alone(self, how: str) -> tuple[bool, int]:
        async with self._engine.connect() as connection:  # no other transaction of this process meanwhile
            await connection.get_raw_connection()
            return await self._writer.alone(lambda: _checkpoint(self._file, how))


def _checkpoint(file: str, how: str) -> tuple[bool, int]:
    """Whether somebody was in the way, and the pages in the log before it starts again."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        try:
            busy, pages, _ = connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        except sqlite3.OperationalError:  # what was to be committed is: nothing is wrong
            return False, 0
    return bool(busy), int(pages)
