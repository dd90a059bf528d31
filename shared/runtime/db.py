"""One SQLAlchemy code path for SQLite and PostgreSQL.

SQLite: WAL, `synchronous=FULL` (a commit that was answered survives a power cut), transactions begin with `BEGIN
IMMEDIATE` (a deferred one that reads and then writes fails with "database is locked" whatever the timeout), and reads
go through an engine of their own so that they never take the write lock.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Executable, Insert, Table, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, CursorResult, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio  # by module: telemetry wraps its create_async_engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.runtime.checkpoints import Checkpoints
from shared.runtime.lull import Lull
from shared.runtime.outbox import Publisher
from shared.runtime.postgres_writer import PostgresWriter
from shared.runtime.session import ConnectionSession, Session
from shared.runtime.sqlite_driver import OneVisit
from shared.runtime.sqlite_writer import BUSY_TIMEOUT_MS, SqliteWriter, prepare
from shared.runtime.telemetry import span

_NOT_COMPILED = {"server_settings": {"jit": "off"}}  # a second to compile what takes milliseconds to run
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

    async def run(self, work: Callable[[Session], T]) -> T:
        """`work` as a part of this transaction."""
        return await self.connection.run_sync(lambda inner: self._run(ConnectionSession(inner, self._schema), work))

    def _run(self, session: Session, work: Callable[[Session], T]) -> T:
        result = work(session)
        self.said += session.said
        return result


class Database:
    """A service's own store. `schema` is its PostgreSQL schema; a SQLite file holds one service and has none."""

    def __init__(self, url: str, schema: str) -> None:
        self.url = _normalise(url)
        self.schema = schema
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.write_engine = self._engine(read_only=False)
        self.read_engine = self._engine(read_only=True) if self.is_sqlite else _steady(self.write_engine)
        self._sqlite = _Sqlite(str(self.url.database), schema, self.write_engine) if self.is_sqlite else None
        self.lull = Lull()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Commits on leaving, rolls back on an exception. The outbox rows are written last, just before the commit."""
        with self.lull:
            async with self.write_engine.begin() as connection:
                tx = Tx(connection, self.schema)
                yield tx
                await connection.run_sync(lambda inner: ConnectionSession(inner, self.schema).store(tx.said))
        if self._sqlite:
            await self._sqlite.checkpoints.after_commit()

    async def run(self, work: Callable[[Session], T]) -> T:
        """`work` as one transaction: commits when it returns, rolls back what it raises.

        On SQLite all of it is one visit to the writer's thread. Who is cancelled while it runs does not know whether it
        was committed.
        """
        with span("transaction"), self.lull:
            if self._sqlite is None:
                return await PostgresWriter(self.write_engine, self.schema).run(work)
            done = await self._sqlite.writer.run(work)
        await self._sqlite.checkpoints.after_commit()
        return done

    async def load(self, work: Callable[[Session], T]) -> T:
        """As `run`, for a transaction that fills an empty store."""
        if self._sqlite is None:
            return await self.run(work)
        await self.write_engine.dispose()
        await self.read_engine.dispose()
        return await self._sqlite.writer.load(work)

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

    async def close(self) -> None:
        if self._sqlite:
            await self._sqlite.checkpoints.finish()
            await self._sqlite.writer.close()
        await self.write_engine.dispose()
        await self.read_engine.dispose()

    def _engine(self, *, read_only: bool) -> AsyncEngine:
        if not self.is_sqlite:
            engine = sqlalchemy_asyncio.create_async_engine(
                self.url, pool_size=10, max_overflow=10, hide_parameters=True, connect_args=_NOT_COMPILED
            )
            event.listen(engine.sync_engine, "checkout", _give_out_open_connections)
            return engine
        # One writer connection a process: SQLite has one write lock, and waiting for it here is fair and cheap.
        size = {"pool_size": 8, "max_overflow": 8} if read_only else {"pool_size": 1, "max_overflow": 0}
        engine = sqlalchemy_asyncio.create_async_engine(
            self.url, module=OneVisit(), pool_timeout=BUSY_TIMEOUT_MS / 1000, hide_parameters=True, **size
        )
        _prepare_sqlite(engine, read_only=read_only)
        return engine.execution_options(schema_translate_map={self.schema: None})


class _Sqlite:
    """What only SQLite needs."""

    def __init__(self, file: str, schema: str, engine: AsyncEngine) -> None:
        self.writer = SqliteWriter(file, schema)
        self.checkpoints = Checkpoints(file, engine, self.writer)


def _steady(engine: AsyncEngine) -> AsyncEngine:
    """Over the same connections, but each transaction sees the store as it was at its first read."""
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _give_out_open_connections(connection: Any, _record: Any, _proxy: Any) -> None:
    """asyncpg is told when the server hangs up, so nobody need ask it, which is three round trips a transaction."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


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
        prepare(cursor, read_only=read_only)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
