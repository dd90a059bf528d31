"""What chairs decided otherwise than was proposed, until a visit is planned from it and takes it along."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.planning_tables import chair_override


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(chair_override).values(**values))


async def take(connection: AsyncConnection, override_id: str, agency: str, business_id: str | None) -> Row[Any] | None:
    """The agency's own of this business, which is taken out; None where there is none or somebody was quicker."""
    table = chair_override
    here = (table.c.id == override_id, table.c.agency == agency, table.c.business_id == business_id)
    return (await connection.execute(delete(table).where(*here).returning(table))).one_or_none()
