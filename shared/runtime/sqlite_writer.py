"""SQLite's one writer of a process: a plain connection in a thread of its own, visited once by a whole transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from sqlalchemy.dialects import sqlite

from shared.runtime.own_thread import OwnThread
from shared.runtime.session import Session
from shared.runtime.statement import Values

BUSY_TIMEOUT_MS = 30_000
_CACHE_KIB = 8_192  # of each connection, and there may be sixteen that read. A commit after which the pages of a
# tree were put in order walks all of the cache (pcache1TruncateUnsafe): with 64 MiB, a quarter of a millisecond.
_CACHE_KIB_IN_BULK = 65_536


def _as_json(value: Any) -> str:  # a tuple too, which SQLAlchemy's own type does not name and a compiled lambda refuses
    return orjson.dumps(value).decode()


_DIALECT = sqlite.dialect(json_serializer=_as_json, json_deserializer=orjson.loads)
_DIALECT.default_schema_name = "main"

_VALUES_AT_ONCE = 999  # all builds of SQLite allow so many in a statement

T = TypeVar("T")


def prepare(cursor: Any, *, read_only: bool) -> None:
    """What every connection is told first, through a cursor of any driver."""
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA wal_autocheckpoint=0")  # see checkpoints.py
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted leaves no bytes in the file's free pages
    if read_only:
        cursor.execute("PRAGMA query_only=ON")


class SqliteWriter:
    """Transactions follow each other in the order in which they were asked for."""

    def __init__(self, file: str, schema: str) -> None:
        self._file = file
        self._schema = schema
        self._own_thread = OwnThread("sqlite-writer")
        self._connection: sqlite3.Connection | None = None

    async def run(self, work: Callable[[Session], T]) -> T:
        return await self.alone(lambda: self._transact(work))

    async def load(self, work: Callable[[Session], T]) -> T:
        """As `run`, for a work that puts far more into the store than is in it: with a large cache, and where nobody
        else has the file open without the write-ahead log, which would hold all of it until it is copied. What is added
        to a file needs no journal to be undone."""
        return await self.alone(lambda: self._load(work))

    async def alone(self, work: Callable[[], T]) -> T:
        """Anything that no transaction of this writer may overlap."""
        return await self._own_thread.do(work)

    async def close(self) -> None:
        if self._connection:
            await self.alone(self._connection.close)
        self._own_thread.stop()

    def _transact(self, work: Callable[[Session], T]) -> T:
        connection = self._connection or self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            session = SqliteSession(connection, self._schema)
            result = work(session)
            session.store(session.said)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def _load(self, work: Callable[[Session], T]) -> T:
        connection = self._connection or self._open()
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB_IN_BULK}")
        with suppress(sqlite3.OperationalError):  # in use
            connection.execute("PRAGMA journal_mode=DELETE")
        try:
            return self._transact(work)
        finally:
            prepare(connection.cursor(), read_only=False)

    def _open(self) -> sqlite3.Connection:
        self._connection = sqlite3.connect(self._file, isolation_level=None, cached_statements=512)
        prepare(self._connection.cursor(), read_only=False)
        return self._connection


class SqliteSession(Session):
    def __init__(self, connection: sqlite3.Connection, schema: str) -> None:
        super().__init__(_DIALECT, schema)
        self._connection = connection

    def _execute(self, text: str, values: Values) -> list[Any]:
        return self._connection.execute(text, values).fetchall()

    def _execute_many(self, text: str, rows: list[Values]) -> None:
        self._connection.executemany(text, rows)

    def _execute_columns(self, text: str, columns: Sequence[Sequence[Any]]) -> None:
        """Hundreds of rows a statement: one at a time, calls would take three times what SQLite does."""
        width, length = len(columns), len(columns[0])
        most = _VALUES_AT_ONCE // width
        for start in range(0, length, most):
            rows = min(most, length - start)
            values: list[Any] = [None] * (rows * width)
            for place, column in enumerate(columns):
                values[place::width] = column[start : start + rows]
            self._connection.execute(text + f", ({', '.join('?' * width)})" * (rows - 1), values)
