"""What was answered under an Idempotency-Key."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.tables import idempotency
from shared.runtime.db import Database


async def claim(database: Database, connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Whether the key is new. A concurrent transaction with the same key is waited for."""
    statement = database.insert_ignore(idempotency).values(values).returning(idempotency.c.key_hash)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


async def find(connection: AsyncConnection, agency: str, key_hash: str) -> Row[Any]:
    statement = select(idempotency).where(idempotency.c.agency == agency, idempotency.c.key_hash == key_hash)
    return (await connection.execute(statement)).one()


async def save(connection: AsyncConnection, agency: str, key_hash: str, **values: Any) -> None:
    statement = update(idempotency).where(idempotency.c.agency == agency, idempotency.c.key_hash == key_hash)
    await connection.execute(statement.values(values))


async def forget(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(idempotency).where(idempotency.c.created_at < before))
