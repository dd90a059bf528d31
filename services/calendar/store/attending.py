"""Who attends a visit: the agency that made it, and those that were invited or ask to join."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import attendance
from shared.runtime.among import among, many

_OF_VISITS = select(attendance).where(among(attendance.c.visit)).order_by(attendance.c.agency)


async def add(connection: AsyncConnection, visit_id: str, agency: str, values: Mapping[str, Any]) -> None:
    """Nothing where somebody was quicker."""
    statement = insert(attendance).values(visit=visit_id, agency=agency, **values)
    await connection.execute(statement.on_conflict_do_nothing())


async def change(connection: AsyncConnection, visit_id: str, agency: str, values: Mapping[str, Any]) -> None:
    here = (attendance.c.visit == visit_id, attendance.c.agency == agency)
    await connection.execute(update(attendance).where(*here).values(**values))


async def remove(connection: AsyncConnection, visit_id: str, agency: str) -> None:
    here = (attendance.c.visit == visit_id, attendance.c.agency == agency)
    await connection.execute(delete(attendance).where(*here))


async def of_visits(connection: AsyncConnection, visit_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """By visit, in order of agency."""
    found: dict[str, list[Row[Any]]] = {}
    for row in (await connection.execute(_OF_VISITS, {"ids": many(visit_ids)})).all():
        found.setdefault(row.visit, []).append(row)
    return found
