"""Collections: what is kept for a client that fetches."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Row, String, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.store.tables import metadata
from shared.runtime.db import Database, Tx, UtcDateTime

collection = Table(
    "collection",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("client", String(320), primary_key=True),
    Column("id", String(40), nullable=False),
    Column("types", JSON, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
)

_C = collection.c


async def find(connection: AsyncConnection, agency: str, client: str) -> Row[Any] | None:
    statement = select(collection).where(_C.agency == agency, _C.client == client)
    return (await connection.execute(statement)).one_or_none()


async def open_(
    database: Database, tx: Tx, agency: str, client: str, types: list[str], id_: str, now: datetime
) -> None:
    """Or, where it is open, change its types."""
    row = {"agency": agency, "client": client, "id": id_, "types": types, "opened_at": now}
    await tx.execute(database.insert_ignore(collection).values(row))
    await tx.execute(update(collection).where(_C.agency == agency, _C.client == client).values(types=types))


async def close(tx: Tx, id_: str) -> None:
    await tx.execute(delete(collection).where(_C.id == id_))
