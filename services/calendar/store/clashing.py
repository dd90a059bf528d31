"""What concerns a place: visits whose keys meet, read while nobody else can confirm one there."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import place_key, reach, visit

_NEAR: Select[Any] = (
    select(
        reach.c.how,
        visit.c.id,
        visit.c.agency,
        visit.c.status,
        visit.c.tier,
        visit.c.contact,
        visit.c.first_on,
        visit.c.last_on,
    )
    .join(place_key, place_key.c.key == reach.c.key)
    .join(visit, visit.c.id == place_key.c.visit)
    .where(
        reach.c.visit == bindparam("visit"),
        visit.c.id != bindparam("visit"),
        visit.c.status != "cancelled",
        visit.c.last_on >= bindparam("since"),
        visit.c.first_on <= bindparam("until"),
    )
    .distinct()
)
_KEYS = (
    select(place_key.c.key)
    .where(place_key.c.visit == bindparam("visit"))
    .union(select(reach.c.key).where(reach.c.visit == bindparam("visit")))
    .subquery()
)
_IN_ORDER = select(func.hashtextextended(_KEYS.c.key, 0).label("number")).distinct().order_by("number").offset(0)
_LOCK = select(func.pg_advisory_xact_lock(_IN_ORDER.subquery().c.number))


async def alone_at(connection: AsyncConnection, visit_id: str) -> None:
    """Until this transaction ends, none is confirmed elsewhere that this visit could meet, or that could meet it.

    SQLite's write lock is that already. Keys are locked in order, so that no two wait for each other.
    """
    if connection.dialect.name != "sqlite":
        await connection.execute(_LOCK, {"visit": visit_id})


async def near(connection: AsyncConnection, visit_id: str, since: date, until: date) -> Sequence[Row[Any]]:
    """(how, visit …) of each visit that it meets between the two days; one may come in several ways."""
    asked = {"visit": visit_id, "since": since, "until": until}
    found: Sequence[Row[Any]] = (await connection.execute(_NEAR, asked)).all()
    return found
