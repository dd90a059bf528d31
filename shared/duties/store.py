"""What a service remembers of requests, disposals and holds; each agency's own, newest first."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.duties.tables import DutyTables
from shared.runtime.clock import utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict

RECORD = ""
"""The kind of a record, among kinds of items."""


async def add_request(database: Database, tx: Tx, tables: DutyTables, values: Mapping[str, Any]) -> bool:
    """Whether it is new: of two that come at once, one is."""
    statement = database.insert_ignore(tables.request).values(values).returning(tables.request.c.id)
    return (await tx.connection.execute(statement)).first() is not None


async def one(connection: AsyncConnection, table: Table, agency: str, id_: str) -> Row[Any] | None:
    return (await connection.execute(select(table).where(table.c.agency == agency, table.c.id == id_))).one_or_none()


async def page(
    connection: AsyncConnection, table: Table, agency: str, before: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Ids are in order of time."""
    statement = select(table).where(table.c.agency == agency)
    statement = statement.where(table.c.id < before) if before else statement
    return (await connection.execute(statement.order_by(table.c.id.desc()).limit(limit))).all()


async def add_disposal(connection: AsyncConnection, tables: DutyTables, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(tables.disposal).values(values))


async def hold(database: Database, tx: Tx, tables: DutyTables, rows: Sequence[Mapping[str, Any]]) -> None:
    """What is held already stays held as it is."""
    await tx.connection.execute(database.insert_ignore(tables.hold), [dict(row) for row in rows])


async def unhold(tx: Tx, tables: DutyTables, agency: str, kind: str, items: Collection[str]) -> None:
    await tx.connection.execute(delete(tables.hold).where(*_these(tables.hold, agency, kind, items)))


async def held(
    connection: AsyncConnection, tables: DutyTables, agency: str, kind: str, items: Collection[str]
) -> dict[str, Row[Any]]:
    """By item."""
    found = await connection.execute(select(tables.hold).where(*_these(tables.hold, agency, kind, items)))
    return {row.item: row for row in found}


async def refuse_held(
    connection: AsyncConnection, tables: DutyTables, agency: str, kind: str, items: Collection[str]
) -> None:
    """Raises Conflict."""
    if await held(connection, tables, agency, kind, items):
        raise Conflict("Some of it is held; GET /v1/holds says why. End the hold first.")


async def holds(connection: AsyncConnection, tables: DutyTables, agency: str) -> Sequence[Row[Any]]:
    """Those to be reviewed first first."""
    table = tables.hold
    statement = select(table).where(table.c.agency == agency)
    return (await connection.execute(statement.order_by(table.c.review_on, table.c.kind, table.c.item))).all()


async def mark_erased(
    database: Database, tx: Tx, tables: DutyTables, agency: str, kind: str, items: Collection[str], why: str
) -> None:
    """What was destroyed before stays marked as it is."""
    same = {"agency": agency, "kind": kind, "why": why, "at": utc_now()}
    await tx.connection.execute(database.insert_ignore(tables.erased), [{**same, "item": item} for item in items])


async def gone(
    connection: AsyncConnection, tables: DutyTables, agency: str, kind: str, items: Collection[str]
) -> set[str]:
    """Those of them that were destroyed."""
    found = select(tables.erased.c.item).where(*_these(tables.erased, agency, kind, items))
    return set((await connection.execute(found)).scalars())


def _these(table: Table, agency: str, kind: str, items: Collection[str]) -> tuple[Any, ...]:
    return table.c.agency == agency, table.c.kind == kind, table.c.item.in_(sorted(items))
