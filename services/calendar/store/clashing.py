"""What concerns a place: visits whose keys meet, read while nobody else can confirm one there."""

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import place_key, reach, visit
from shared.contracts.api.calendar.words import How, VisitStatus
from shared.runtime.among import among, many

# One after the other, each by its index: joined, a store without statistics would read all visits there are.
_REACHED = select(reach.c.key, reach.c.how).where(reach.c.visit == bindparam("visit"))
_AT = select(place_key.c.key, place_key.c.visit).where(among(place_key.c.key))
_NEAR = select(visit).where(
    among(visit.c.id),
    visit.c.status != VisitStatus.cancelled,
    visit.c.last_on >= bindparam("since"),
    visit.c.first_on <= bindparam("until"),
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


async def near(connection: AsyncConnection, visit_id: str, since: date, until: date) -> list[tuple[Row[Any], set[How]]]:
    """The visits that it meets between the two days, each with the ways in which it does."""
    reached = {row.key: How(row.how) for row in await connection.execute(_REACHED, {"visit": visit_id})}
    hows: dict[str, set[How]] = {}
    for row in await connection.execute(_AT, {"ids": many(reached)}):
        hows.setdefault(row.visit, set()).add(reached[row.key])
    hows.pop(visit_id, None)
    found = await connection.execute(_NEAR, {"ids": many(hows), "since": since, "until": until})
    return [(row, hows[row.id]) for row in found]
