"""Requests of the people whom records name, and disposals."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.tables import data_request, disposal


async def add_request(connection: AsyncConnection, values: dict[str, Any]) -> None:
    await connection.execute(insert(data_request).values(values))


async def add_disposal(connection: AsyncConnection, values: dict[str, Any]) -> None:
    await connection.execute(insert(disposal).values(values))


async def request(connection: AsyncConnection, agency: str, id_: str) -> Row[Any] | None:
    """The agency's own request of this id."""
    statement = select(data_request).where(data_request.c.id == id_, data_request.c.agency == agency)
    return (await connection.execute(statement)).one_or_none()


async def requests(connection: AsyncConnection, agency: str, before: str | None, limit: int) -> Sequence[Row[Any]]:
    """The agency's own, newest first, from the one after the request `before`."""
    return await _page(connection, data_request, agency, before, limit)


async def disposals(connection: AsyncConnection, agency: str, before: str | None, limit: int) -> Sequence[Row[Any]]:
    """The agency's own, newest first, from the one after the disposal `before`."""
    return await _page(connection, disposal, agency, before, limit)


async def _page(
    connection: AsyncConnection, table: Table, agency: str, before: str | None, limit: int
) -> Sequence[Row[Any]]:
    statement = select(table).where(table.c.agency == agency).order_by(table.c.no.desc()).limit(limit)
    if before is not None:
        mark = select(table.c.no).where(table.c.id == before, table.c.agency == agency)
        statement = statement.where(table.c.no < mark.scalar_subquery())
    return (await connection.execute(statement)).all()
