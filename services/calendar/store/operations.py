"""Operations, who takes part, what is asked and offered, and the visits that are part of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, exists, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.planning_tables import (
    operation,
    operation_need,
    operation_offer,
    operation_partner,
    operation_visit,
)
from services.calendar.store.tables import visit
from shared.runtime.among import among, many


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(operation).values(**values))


async def put_partners(connection: AsyncConnection, operation_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """In the place of those it had."""
    await connection.execute(delete(operation_partner).where(operation_partner.c.operation == operation_id))
    await connection.execute(insert(operation_partner), [{"operation": operation_id, **row} for row in rows])


async def one(connection: AsyncConnection, operation_id: str) -> Row[Any] | None:
    return (await connection.execute(select(operation).where(operation.c.id == operation_id))).one_or_none()


async def some(connection: AsyncConnection, agency: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """Those that the agency planned or was asked to take part in, the latest first, from behind `after`."""
    asked = exists().where(operation_partner.c.operation == operation.c.id, operation_partner.c.agency == agency)
    mine = or_(operation.c.agency == agency, asked)
    found = select(operation).where(mine)
    if after:
        last = select(operation.c.made_at, operation.c.id).where(operation.c.id == after, mine)
        found = found.where(tuple_(operation.c.made_at, operation.c.id) < last.scalar_subquery())
    ordered = found.order_by(operation.c.made_at.desc(), operation.c.id.desc()).limit(limit)
    return (await connection.execute(ordered)).all()


async def change(connection: AsyncConnection, operation_id: str, version: int, values: Mapping[str, Any]) -> bool:
    """Whether it still had this version; it has the next one now."""
    statement = update(operation).where(operation.c.id == operation_id, operation.c.version == version)
    return (await connection.execute(statement.values(version=version + 1, **values))).rowcount == 1


async def hold(connection: AsyncConnection, operation_id: str, version: int) -> bool:
    """Whether it has this version, and keeps it until the transaction ends."""
    here = operation.c.id == operation_id, operation.c.version == version
    return (await connection.execute(select(operation.c.id).where(*here).with_for_update())).first() is not None


async def partners(connection: AsyncConnection, operation_id: str) -> Sequence[Row[Any]]:
    statement = select(operation_partner).where(operation_partner.c.operation == operation_id)
    return (await connection.execute(statement.order_by(operation_partner.c.agency))).all()


async def consent(connection: AsyncConnection, operation_id: str, agency: str, values: Mapping[str, Any]) -> None:
    here = (operation_partner.c.operation == operation_id, operation_partner.c.agency == agency)
    await connection.execute(update(operation_partner).where(*here).values(**values))


async def add_need(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(operation_need).values(**values))


async def needs(connection: AsyncConnection, operation_id: str) -> Sequence[Row[Any]]:
    statement = select(operation_need).where(operation_need.c.operation == operation_id)
    return (await connection.execute(statement.order_by(operation_need.c.asked_at, operation_need.c.id))).all()


async def offers(connection: AsyncConnection, need_ids: Collection[str]) -> Sequence[Row[Any]]:
    statement = select(operation_offer).where(among(operation_offer.c.need)).order_by(operation_offer.c.agency)
    return (await connection.execute(statement, {"ids": many(need_ids)})).all()


async def offer(connection: AsyncConnection, need_id: str, agency: str, values: Mapping[str, Any] | None) -> None:
    """In the place of what the agency offered before; None takes it back."""
    here = (operation_offer.c.need == need_id, operation_offer.c.agency == agency)
    await connection.execute(delete(operation_offer).where(*here))
    if values:
        await connection.execute(insert(operation_offer).values(need=need_id, agency=agency, **values))


async def attach(connection: AsyncConnection, operation_id: str, agency: str, visit_ids: Collection[str]) -> bool:
    """Whether all of these visits are the agency's own; none is attached otherwise."""
    own = select(visit.c.id).where(visit.c.agency == agency, among(visit.c.id))
    found = (await connection.execute(own, {"ids": many(visit_ids)})).scalars().all()
    if set(found) != set(visit_ids):
        return False
    here = (operation_visit.c.operation == operation_id, among(operation_visit.c.visit))
    await connection.execute(delete(operation_visit).where(*here), {"ids": many(visit_ids)})
    rows = [{"operation": operation_id, "visit": id_, "agency": agency} for id_ in sorted(set(visit_ids))]
    await connection.execute(insert(operation_visit), rows)
    return True


async def attached(connection: AsyncConnection, operation_id: str) -> Sequence[str]:
    """The visits that are part of it, whoever may see them."""
    statement = select(operation_visit.c.visit).where(operation_visit.c.operation == operation_id)
    return (await connection.execute(statement)).scalars().all()
