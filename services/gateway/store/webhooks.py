"""Webhooks: where agencies' systems are called, and how each fares."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.store.tables import metadata
from shared.runtime.db import Tx, UtcDateTime

webhook = Table(
    "webhook",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(63), nullable=False, index=True),
    Column("url", String(2000), nullable=False),
    Column("types", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("vouched_by", String(320), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_secret_until", UtcDateTime),
    Column("disabled_because", String(200)),
    Column("failing_since", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("held_until", UtcDateTime),
)
"""Secrets are sealed. `vouched_by` registered it, or was the last to change it. `failures` counts the attempts in
a row at which the receiver was away."""

_C = webhook.c
WELL = {"failing_since": None, "failures": 0}


async def add(tx: Tx, values: dict[str, Any]) -> None:
    await tx.execute(webhook.insert().values(values))


async def count(tx: Tx, agency: str) -> int:
    statement = select(func.count()).select_from(webhook).where(_C.agency == agency)
    return int((await tx.execute(statement)).scalar_one())


async def of_agency(connection: AsyncConnection, agency: str) -> Sequence[Row[Any]]:
    statement = select(webhook).where(_C.agency == agency).order_by(_C.created_at, _C.id)
    return (await connection.execute(statement)).all()


async def vouched_for_by(connection: AsyncConnection, agency: str, subject: str) -> Sequence[Row[Any]]:
    """Those switched on."""
    theirs = (_C.agency == agency) & (_C.vouched_by == subject)
    return (await connection.execute(select(webhook).where(theirs, _C.enabled))).all()


async def find(connection: AsyncConnection, agency: str, webhook_id: str) -> Row[Any] | None:
    """The agency's own."""
    statement = select(webhook).where(_C.id == webhook_id, _C.agency == agency)
    return (await connection.execute(statement)).one_or_none()


async def get(connection: AsyncConnection, webhook_id: str) -> Row[Any] | None:
    return (await connection.execute(select(webhook).where(_C.id == webhook_id))).one_or_none()


async def change(tx: Tx, webhook_id: str, **values: Any) -> None:
    await tx.execute(update(webhook).where(_C.id == webhook_id).values(values))


async def remove(tx: Tx, webhook_id: str) -> None:
    await tx.execute(delete(webhook).where(_C.id == webhook_id))


async def fared_well(tx: Tx, webhook_id: str) -> None:
    """A hold that the receiver asked for stands."""
    failing = _C.failing_since.is_not(None)
    await tx.execute(update(webhook).where(_C.id == webhook_id, failing).values(WELL))


async def fared_badly(tx: Tx, webhook_id: str, begun: datetime) -> None:
    """It has been failing since then, unless it was before."""
    since = _C.failing_since.is_(None)
    await tx.execute(update(webhook).where(_C.id == webhook_id, since).values(failing_since=begun))


async def hold(tx: Tx, webhook_id: str, begun: datetime, until: datetime) -> None:
    """Send nothing before `until`. Of several attempts that were under way together, the first counts."""
    free = or_(_C.held_until.is_(None), _C.held_until <= begun)
    values = {"held_until": until, "failures": _C.failures + 1}
    await tx.execute(update(webhook).where(_C.id == webhook_id, free).values(values))
