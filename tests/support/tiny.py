"""A service as small as can be: one table beside the outbox and the inbox, on the store of the test's choice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, text
from sqlalchemy.schema import CreateTable

from shared.contracts.events.ingest import FeedStale
from shared.runtime.db import Database, Tx, UtcDateTime
from shared.runtime.inbox import inbox_table
from shared.runtime.outbox import outbox_table
from shared.runtime.session import Session
from shared.runtime.statement import Statement

SCHEMA = "tiny"
metadata = MetaData(schema=SCHEMA)
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
note = Table("note", metadata, Column("id", String(50), primary_key=True), Column("at", UtcDateTime))
once_only = Table("once_only", metadata, Column("id", Integer, primary_key=True))


@asynccontextmanager
async def tiny_store(url: str) -> AsyncIterator[Database]:
    """The store at `url`, its tables made."""
    database = Database(url, SCHEMA)
    async with database.write_engine.begin() as connection:
        if not database.is_sqlite:
            await connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        for table in metadata.sorted_tables:
            await connection.execute(CreateTable(table))
    try:
        yield database
    finally:
        await database.close()


def stale(feed: str) -> FeedStale:
    """Some event: the simplest there is."""
    return FeedStale(feed=feed, agency="fire", last_received_at=None, expected_every_hours=24)


async def take(tx: Tx, name: str) -> None:
    """Some state."""
    await tx.execute(insert(note).values(id=name))


_TAKE = Statement(insert(note), omit=["at"])


def jot(session: Session, name: str) -> None:
    """Some state, by the synchronous way."""
    session.run(_TAKE, [(name,)])


async def count(database: Database, table: Table) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def notes(database: Database) -> list[str]:
    async with database.read() as connection:
        return sorted((await connection.execute(select(note.c.id))).scalars())
