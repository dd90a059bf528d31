"""Versions of indicators, who else wants what is seen under them, and who was briefed."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Subquery, func, insert, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.tables import briefing, indicator_version, interest
from shared.runtime.db import Database

_NEWEST = func.row_number().over(
    partition_by=indicator_version.c.indicator_id, order_by=indicator_version.c.version.desc()
)


async def begun(connection: AsyncConnection, day: date) -> Sequence[Row[Any]]:
    """The newest version of each that has begun, whether or not it has ended; by agency and id."""
    every = _newest(day, true())
    newest = select(every).where(every.c.place == 1)
    return (await connection.execute(newest.order_by(every.c.agency, every.c.indicator_id))).all()


def _newest(day: date, which: ColumnElement[bool]) -> Subquery:
    """Versions that have begun; those at place 1 are the newest of each."""
    begun = indicator_version.c.starts <= day
    return select(indicator_version, _NEWEST.label("place")).where(begun, which).subquery()


async def versions(connection: AsyncConnection, wanted: Collection[tuple[str, int]]) -> Sequence[Row[Any]]:
    """Those named by (indicator, version), in force or not."""
    key = tuple_(indicator_version.c.indicator_id, indicator_version.c.version)
    return (await connection.execute(select(indicator_version).where(key.in_(wanted)))).all()


async def latest(connection: AsyncConnection, indicator_ids: Collection[str]) -> dict[str, int]:
    """The highest version of each, begun or not."""
    newest = func.max(indicator_version.c.version)
    here = indicator_version.c.indicator_id.in_(indicator_ids)
    grouped = select(indicator_version.c.indicator_id, newest).where(here).group_by(indicator_version.c.indicator_id)
    return {row[0]: row[1] for row in (await connection.execute(grouped)).all()}


async def owned(connection: AsyncConnection, agency: str) -> Sequence[Row[Any]]:
    """Every version of the agency's own, newest first."""
    statement = select(indicator_version).where(indicator_version.c.agency == agency)
    order = (indicator_version.c.indicator_id, indicator_version.c.version.desc())
    return (await connection.execute(statement.order_by(*order))).all()


async def add_versions(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    await connection.execute(insert(indicator_version), rows)


class Chosen(NamedTuple):
    """An indicator on a card: its newest version that has begun, whether the officer was briefed on that, and the
    agencies that asked to have what is seen under it."""

    version: Row[Any]
    briefed: bool
    wanted_by: frozenset[str]


async def chosen(
    connection: AsyncConnection, ids: Collection[str], day: date, agency: str, person: str
) -> dict[str, Chosen]:
    """By id, those of them that there are."""
    if not ids:
        return {}
    newest = _newest(day, indicator_version.c.indicator_id.in_(ids))
    read = (briefing.c.indicator_id == newest.c.indicator_id) & (briefing.c.version == newest.c.version)
    by_them = read & (briefing.c.agency == agency) & (briefing.c.person == person)
    asked = interest.c.indicator_id == newest.c.indicator_id
    joined = newest.outerjoin(briefing, by_them).outerjoin(interest, asked)
    columns = (newest, briefing.c.day.label("briefed"), interest.c.agency.label("wanted_by"))
    rows = (await connection.execute(select(*columns).select_from(joined).where(newest.c.place == 1))).all()
    wanted: dict[str, set[str]] = {}
    for row in rows:
        wanted.setdefault(row.indicator_id, set()).update({row.wanted_by} - {None})
    return {row.indicator_id: Chosen(row, row.briefed is not None, frozenset(wanted[row.indicator_id])) for row in rows}


async def want(database: Database, connection: AsyncConnection, indicator_id: str, agency: str, now: datetime) -> None:
    values = {"indicator_id": indicator_id, "agency": agency, "since": now}
    await connection.execute(database.insert_ignore(interest).values(values))


async def unwant(connection: AsyncConnection, indicator_id: str, agency: str) -> None:
    here = (interest.c.indicator_id == indicator_id, interest.c.agency == agency)
    await connection.execute(interest.delete().where(*here))


async def add_briefings(database: Database, connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """The first that was recorded stays."""
    await connection.execute(database.insert_ignore(briefing), rows)


async def briefed(connection: AsyncConnection, agency: str, person: str) -> set[tuple[str, int]]:
    """The (indicator, version) pairs that the person was briefed on."""
    here = (briefing.c.agency == agency, briefing.c.person == person)
    found = await connection.execute(select(briefing.c.indicator_id, briefing.c.version).where(*here))
    return {(row[0], row[1]) for row in found.all()}


Place = tuple[str, str, int]
"""(person, indicator, version), by which briefings are in order."""


async def briefings(connection: AsyncConnection, agency: str, after: Place | None, limit: int) -> Sequence[Row[Any]]:
    key = (briefing.c.person, briefing.c.indicator_id, briefing.c.version)
    statement = select(briefing).where(briefing.c.agency == agency).order_by(*key).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*key) > after)
    return (await connection.execute(statement)).all()
