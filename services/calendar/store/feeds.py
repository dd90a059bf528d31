"""Calendar feeds by the hash of their token, and what was taken in from agencies' own calendars."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import calendar_feed, imported


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(calendar_feed).values(**values))


async def by_token(connection: AsyncConnection, token_hash: str) -> Row[Any] | None:
    statement = select(calendar_feed).where(calendar_feed.c.token_hash == token_hash)
    return (await connection.execute(statement)).one_or_none()


async def of_person(connection: AsyncConnection, agency: str, subject: str) -> Sequence[Row[Any]]:
    statement = select(calendar_feed).where(calendar_feed.c.agency == agency, calendar_feed.c.subject == subject)
    found: Sequence[Row[Any]] = (await connection.execute(statement.order_by(calendar_feed.c.made_at))).all()
    return found


async def remove(connection: AsyncConnection, feed_id: str, agency: str, subject: str) -> bool:
    """Whether there was one of this person's."""
    mine = (calendar_feed.c.id == feed_id, calendar_feed.c.agency == agency, calendar_feed.c.subject == subject)
    return (await connection.execute(delete(calendar_feed).where(*mine))).rowcount == 1


async def remove_all(connection: AsyncConnection, agency: str, subject: str) -> None:
    theirs = (calendar_feed.c.agency == agency, calendar_feed.c.subject == subject)
    await connection.execute(delete(calendar_feed).where(*theirs))


async def used(connection: AsyncConnection, feed_id: str, now: datetime) -> None:
    await connection.execute(update(calendar_feed).where(calendar_feed.c.id == feed_id).values(used_at=now))


async def alone(connection: AsyncConnection, agency: str) -> None:
    """Until this transaction ends, nothing else is taken in for the agency. SQLite's write lock is that already."""
    if connection.dialect.name != "sqlite":
        number = func.hashtextextended(f"import {agency}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(number)))


async def taken_in(connection: AsyncConnection, agency: str, name: str) -> dict[str, Row[Any]]:
    """What one calendar of the agency holds, by UID."""
    rows = (await connection.execute(select(imported).where(*_of(agency, name)))).all()
    return {row.uid: row for row in rows}


async def calendars(connection: AsyncConnection, agency: str) -> Sequence[Row[Any]]:
    """The `name` of each that was taken in, and how many `entries` it holds."""
    mine = select(imported.c.name, func.count().label("entries")).where(imported.c.agency == agency)
    found: Sequence[Row[Any]] = (
        await connection.execute(mine.group_by(imported.c.name).order_by(imported.c.name))
    ).all()
    return found


async def put_taken(connection: AsyncConnection, agency: str, name: str, values: Mapping[str, Any]) -> None:
    """`values`: an entry's `uid` and `digest`, the `visit` that it became, and what it is `shown_as`."""
    await forget_taken(connection, agency, name, values["uid"])
    await connection.execute(insert(imported).values(agency=agency, name=name, **values))


async def forget_taken(connection: AsyncConnection, agency: str, name: str, uid: str) -> None:
    await connection.execute(delete(imported).where(*_of(agency, name), imported.c.uid == uid))


def _of(agency: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return imported.c.agency == agency, imported.c.name == name
