"""Rows that are about a business of their agency's view, and go where its record goes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Table, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.planning_tables import tasking_decision, tasking_entry
from services.calendar.store.tables import visit

_FOLLOWING = (visit, tasking_entry, tasking_decision)


async def follow_records(
    connection: AsyncConnection, agencies: Collection[str], records: Collection[str], into: str, said_at: datetime
) -> None:
    """What these agencies hold of one of these records is of the business `into` now."""
    for table in _FOLLOWING:
        here = (table.c.record_id.in_(records), table.c.agency.in_(agencies), _is_newer(table, said_at))
        await connection.execute(update(table).where(*here).values(business_id=into, followed_at=said_at))


async def follow_business(
    connection: AsyncConnection, agencies: Collection[str], business_id: str, into: str | None, said_at: datetime
) -> None:
    """What was of `business_id` goes with it. Where it is seen no more, a visit is of none and what was decided keeps
    the name it was decided under."""
    for table in _FOLLOWING:
        if into is not None or table.c.business_id.nullable:
            here = (table.c.business_id == business_id, table.c.agency.in_(agencies), _is_newer(table, said_at))
            await connection.execute(update(table).where(*here).values(business_id=into, followed_at=said_at))


def _is_newer(table: Table, said_at: datetime) -> ColumnElement[bool]:
    """Whether nothing newer was heard of where it went."""
    return or_(table.c.followed_at.is_(None), table.c.followed_at < said_at)
