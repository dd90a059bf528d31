"""What a report reads beside visits: outcomes of many visits, decisions of a period, and visits of operations."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.planning_tables import operation, operation_partner, operation_visit, tasking_decision
from services.calendar.store.tables import outcome
from shared.runtime.among import among, many


async def outcomes(
    connection: AsyncConnection, visit_ids: Collection[str], agencies: Collection[str]
) -> Sequence[Row[Any]]:
    """Of these agencies at these visits."""
    statement = select(outcome).where(among(outcome.c.visit), outcome.c.agency.in_(sorted(agencies)))
    ordered = statement.order_by(outcome.c.found_on, outcome.c.id)
    return (await connection.execute(ordered, {"ids": many(visit_ids)})).all()


async def decisions(connection: AsyncConnection, agency: str, since: date, until: date) -> Sequence[Row[Any]]:
    """Those of the agency that stand."""
    table = tasking_decision
    here = (table.c.agency == agency, table.c.stands, table.c.decided_on.between(since, until))
    return (await connection.execute(select(table).where(*here).order_by(table.c.decided_on, table.c.id))).all()


async def operations(connection: AsyncConnection, agency: str, visit_ids: Collection[str]) -> Sequence[Row[Any]]:
    """Each of these visits that is part of an operation that the agency was asked to take part in, with its `owner` and
    the conditions that were `met` for asking."""
    asked = and_(operation_partner.c.operation == operation.c.id, operation_partner.c.agency == agency)
    statement: Select[Any] = (
        select(operation_visit.c.visit, operation.c.agency.label("owner"), operation_partner.c.met)
        .join(operation, operation.c.id == operation_visit.c.operation)
        .join(operation_partner, asked)
        .where(among(operation_visit.c.visit))
    )
    found: Sequence[Row[Any]] = (await connection.execute(statement, {"ids": many(visit_ids)})).all()
    return found
