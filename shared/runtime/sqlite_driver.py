"""SQLAlchemy's aiosqlite driver with one visit to the connection's thread for each statement instead of four.

A visit costs more than a small statement does: the driver as it is makes a cursor, executes, fetches and closes in
visits of their own, and rolls back what has no transaction when a connection goes back to the pool.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_


@dataclass(slots=True)
class _Outcome:
    """What is left of a cursor when its statement is done."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1

    def close(self) -> None:
        """Nothing is open any more."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()
    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._cursor: Any = _Outcome()
        self._rows = deque()
        self._soft_closed_memoized = EMPTY_DICT

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._visit(lambda cursor: cursor.execute(operation, () if parameters is None else parameters))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._visit(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _visit(self, work: Callable[[sqlite3.Cursor], object]) -> None:
        connection: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            self._cursor, rows = await connection._execute(_run, connection._conn, work)
            self._rows = deque(rows)


def _run(connection: sqlite3.Connection, work: Callable[[sqlite3.Cursor], object]) -> tuple[_Outcome, list[Any]]:
    cursor = connection.cursor()
    try:
        work(cursor)
        rows = cursor.fetchall() if cursor.description else []
        return _Outcome(cursor.description, cursor.rowcount, cursor.lastrowid), rows
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor

    def rollback(self) -> None:
        raw: Any = self._connection._connection
        if raw and raw.in_transaction:
            super().rollback()


class OneVisit(AsyncAdapt_aiosqlite_dbapi):
    """Give it to `create_async_engine(module=…)`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> _Connection:
        connection = self.aiosqlite.connect(*arg, **kw)
        connection._thread.daemon = True
        return _Connection(self, await_(connection))
