"""Visits: made, read one by one, changed by whoever saw the newest version."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import place_key, reach, visit
from shared.contracts.api.calendar.words import VisitStatus
from shared.runtime.among import among, many


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(visit).values(**values))


async def one(connection: AsyncConnection, visit_id: str) -> Row[Any] | None:
    return (await connection.execute(select(visit).where(visit.c.id == visit_id))).one_or_none()


async def change(connection: AsyncConnection, visit_id: str, version: int, values: Mapping[str, Any]) -> bool:
    """Whether it still had this version; it has the next one now."""
    statement = update(visit).where(visit.c.id == visit_id, visit.c.version == version)
    return (await connection.execute(statement.values(version=version + 1, **values))).rowcount == 1


async def touch(connection: AsyncConnection, visit_id: str, now: datetime) -> None:
    """It has a new version, whatever it had before."""
    statement = update(visit).where(visit.c.id == visit_id)
    await connection.execute(statement.values(version=visit.c.version + 1, changed_at=now))


async def imported_past(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Visits taken in from their agency's own calendar that ended before `now`, and of which nobody said so."""
    ahead = (VisitStatus.planned, VisitStatus.confirmed)
    statement = select(visit).where(visit.c.imported, visit.c.ends_at < now, visit.c.status.in_(ahead))
    return (await connection.execute(statement.order_by(visit.c.ends_at, visit.c.id).limit(limit))).all()


async def put_keys(
    connection: AsyncConnection, visit_id: str, exposed: Iterable[str], reached: Mapping[str, str]
) -> None:
    """In the place of those it had."""
    for table in (place_key, reach):
        await connection.execute(delete(table).where(table.c.visit == visit_id))
    if rows := [{"visit": visit_id, "key": key} for key in sorted(exposed)]:
        await connection.execute(insert(place_key), rows)
    await add_reach(connection, visit_id, reached)


async def add_reach(connection: AsyncConnection, visit_id: str, reached: Mapping[str, str]) -> None:
    """To what it had: what was once known to concern a place still does."""
    if rows := [{"visit": visit_id, "key": key, "how": how} for key, how in sorted(reached.items())]:
        await connection.execute(insert_new(reach).on_conflict_do_nothing(), rows)


async def some(connection: AsyncConnection, ids: Collection[str]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(visit).where(among(visit.c.id)), {"ids": many(ids)})).all()
