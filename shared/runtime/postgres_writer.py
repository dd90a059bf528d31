"""A transaction of plain functions on PostgreSQL, straight over asyncpg: SQLAlchemy's own execution costs the client
more than most statements cost the server. Connections are those of the engine's pool."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import await_, greenlet_spawn

from shared.runtime.session import Session
from shared.runtime.statement import Values

T = TypeVar("T")


class PostgresWriter:
    """Transactions of one process; those that are asked for at once run side by side."""

    def __init__(self, engine: AsyncEngine, schema: str) -> None:
        self._engine = engine
        self._schema = schema

    async def run(self, work: Callable[[Session], T]) -> T:
        """ConnectionError where the connection is lost, whatever the driver calls that."""
        async with self._engine.connect() as connection:
            driver: asyncpg.Connection = (await connection.get_raw_connection()).driver_connection
            try:
                async with driver.transaction():
                    return await greenlet_spawn(self._transact, driver, work)
            except Exception as error:
                if driver.is_closed():
                    raise ConnectionResetError("the connection to the store was lost") from error
                raise

    def _transact(self, driver: asyncpg.Connection, work: Callable[[Session], T]) -> T:
        session = PostgresSession(driver, self._engine.dialect, self._schema)
        result = work(session)
        session.store(session.said)
        return result


class PostgresSession(Session):
    """Inside a greenlet that awaits each statement for it."""

    def __init__(self, driver: asyncpg.Connection, dialect: Dialect, schema: str) -> None:
        super().__init__(dialect, schema)
        self._driver = driver

    def _execute(self, text: str, values: Values) -> Sequence[Sequence[Any]]:
        return await_(self._driver.fetch(text, *values))

    def _execute_many(self, text: str, rows: list[Values]) -> None:
        await_(self._driver.executemany(text, rows))
