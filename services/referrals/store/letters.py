"""E-mail on its way: how much waits for an address, and up to when people have been told. Never what it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Row, String, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.tables import card, metadata, referral, referral_step
from shared.runtime.db import Database, UtcDateTime

# `due_at` is when it is to be sent next: put off before each try, so that of several processes one sends it.
letter = Table(
    "letter",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("address", String(200), nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("news", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
)

# One row: letters are written of all steps until then.
digest = Table(
    "digest",
    metadata,
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("until", UtcDateTime, nullable=False),
)
_ONLY = 1


async def told_until(connection: AsyncConnection) -> datetime | None:
    """None before the first time."""
    return (await connection.execute(select(digest.c.until))).scalar_one_or_none()


async def begin(database: Database, connection: AsyncConnection, until: datetime) -> None:
    """What was before is told to nobody."""
    await connection.execute(database.insert_ignore(digest).values(no=_ONLY, until=until))


async def move_on(connection: AsyncConnection, since: datetime, until: datetime) -> bool:
    """Whether no other process has moved on since."""
    moved = update(digest).where(digest.c.until == since).values(until=until).returning(digest.c.no)
    return (await connection.execute(moved)).first() is not None


async def steps(connection: AsyncConnection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Those taken in that time, and by whom, each with its referral as it is now and the card's officer and area."""
    columns = (referral_step.c.step, referral_step.c.agency.label("by"), *referral.c, card.c.officer, card.c.area)
    joined = referral_step.join(referral, referral.c.id == referral_step.c.referral).join(
        card, card.c.id == referral.c.card
    )
    within = (referral_step.c.at > since, referral_step.c.at <= until)
    return (await connection.execute(select(*columns).select_from(joined).where(*within))).all()


async def add(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(letter), rows)


async def due(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    found = select(letter).where(letter.c.due_at <= now).order_by(letter.c.due_at, letter.c.id).limit(limit)
    return (await connection.execute(found)).all()


async def put_off(connection: AsyncConnection, row: Row[Any], until: datetime) -> bool:
    """Whether nobody else did since it was read."""
    same = (letter.c.id == row.id, letter.c.due_at == row.due_at)
    changed = update(letter).where(*same).values(due_at=until).returning(letter.c.id)
    return (await connection.execute(changed)).first() is not None


async def remove(connection: AsyncConnection, id_: str) -> None:
    await connection.execute(delete(letter).where(letter.c.id == id_))
