"""One SQLAlchemy code path for SQLite and PostgreSQL.

SQLite: WAL, `synchronous=FULL` (a commit that was answered survives a power cut), transactions begin with `BEGIN
IMMEDIATE` (a deferred one that reads and then writes fails with "database is locked" whatever the timeout), and reads
go through an engine of their own so that they never take the write lock.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, DateTime, Dialect, Executable, Insert, Table, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, CursorResult, make_url
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio  # by module: telemetry wraps its create_async_engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.runtime.outbox import Publisher
from shared.runtime.session import ConnectionSession, Session, SqliteSession, transact
from shared.runtime.sqlite_driver import OneVisit
from shared.runtime.telemetry import span

_BUSY_TIMEOUT_MS = 30_000
_LONG_WAL = 64 << 20
_CHECKPOINT_PATIENCE_MS = 100
_WRITE_CACHE_KIB = 65_536
_READ_CACHE_KIB = 8_192  # of each reading connection, and there may be sixteen
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


T = TypeVar("T")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite would otherwise give it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Tx(Publisher):
    """An open transaction: state changes and the events that tell of them commit together or not at all."""

    def __init__(self, connection: AsyncConnection, schema: str) -> None:
        super().__init__(schema)
        self.connection = connection

    async def execute(
        self, statement: Executable, parameters: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters)


class Database:
    """A service's own store. `schema` is its PostgreSQL schema; a SQLite file holds one service and has none."""

    def __init__(self, url: str, schema: str) -> None:
        self.url = _normalise(url)
        self.schema = schema
        self._wal_limit = _LONG_WAL
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.write_engine = self._engine(read_only=False)
        self.read_engine = self._engine(read_only=True) if self.is_sqlite else _steady(self.write_engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Commits on leaving, rolls back on an exception. The outbox rows are written last, just before the commit."""
        async with self.write_engine.begin() as connection:
            tx = Tx(connection, self.schema)
            yield tx
            await connection.run_sync(lambda inner: ConnectionSession(inner, self.schema).store(tx.said))
        if self.is_sqlite:
            await self._keep_wal_short()

    async def run(self, work: Callable[[Session], T]) -> T:
        """`work` as one transaction: commits when it returns, rolls back what it raises.

        On SQLite all of it is one visit to the connection's thread. Who is cancelled while it runs does not know
        whether it was committed.
        """
        with span("transaction"):
            if not self.is_sqlite:
                async with self.write_engine.begin() as connection:
                    return await connection.run_sync(self._work_over, work)
            async with self.write_engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                session = SqliteSession(driver._conn, connection.dialect, self.schema)
                done = await driver._execute(copy_context().run, transact, driver._conn, session, work)
        await self._keep_wal_short()
        return cast(T, done)

    def _work_over(self, connection: Connection, work: Callable[[Session], T]) -> T:
        session = ConnectionSession(connection, self.schema)
        result = work(session)
        session.store(session.said)
        return result

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent read that blocks nobody."""
        async with self.read_engine.connect() as connection:
            yield connection

    def insert_ignore(self, table: Table) -> Insert:
        """INSERT … ON CONFLICT DO NOTHING."""
        statement: Insert = self.upsert(table).on_conflict_do_nothing()
        return statement

    def upsert(self, table: Table) -> Any:
        """The dialect's INSERT, which has `on_conflict_do_update`; both dialects spell it alike."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def _keep_wal_short(self) -> None:
        """Readers that overlap without a gap keep SQLite from starting its write-ahead log at the front again, and it
        grows by gigabytes in a bulk load. So we ask for it, and wait a little for the readers that are there; where one
        stays longer, we ask again when it has grown as much again."""
        wal = Path(f"{self.url.database}-wal")
        if _size(wal) < self._wal_limit:
            return
        async with self.write_engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.execute(f"PRAGMA busy_timeout={_CHECKPOINT_PATIENCE_MS}")
                with suppress(sqlite3.OperationalError):  # what was to be committed is: nothing is wrong
                    await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await driver.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        self._wal_limit = _size(wal) + _LONG_WAL

    async def close(self) -> None:
        await self.write_engine.dispose()
        await self.read_engine.dispose()

    def _engine(self, *, read_only: bool) -> AsyncEngine:
        if not self.is_sqlite:
            return sqlalchemy_asyncio.create_async_engine(
                self.url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
            )
        # One writer connection a process: SQLite has one write lock, and waiting for it here is fair and cheap.
        size = {"pool_size": 8, "max_overflow": 8} if read_only else {"pool_size": 1, "max_overflow": 0}
        engine = sqlalchemy_asyncio.create_async_engine(
            self.url, module=OneVisit(), pool_timeout=_BUSY_TIMEOUT_MS / 1000, hide_parameters=True, **size
        )
        _prepare_sqlite(engine, read_only=read_only)
        return engine.execution_options(schema_translate_map={self.schema: None})


def _steady(engine: AsyncEngine) -> AsyncEngine:
    """Over the same connections, but each transaction sees the store as it was at its first read."""
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _normalise(url: str) -> URL:
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise ValueError("a database URL begins with sqlite:/// or postgresql://")
    return parsed.set(drivername=_DRIVERS[backend])


def _prepare_sqlite(engine: AsyncEngine, *, read_only: bool) -> None:
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA cache_size=-{_READ_CACHE_KIB if read_only else _WRITE_CACHE_KIB}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
