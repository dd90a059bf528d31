"""Records and their versions, read and written a chunk at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.outcomes import State
from services.ingest.store.tables import record, record_version
from shared.runtime.bulk import BulkInsert


class CurrentRow(NamedTuple):
    """A row of `record`."""

    feed: str
    record_id: str
    source_ref: str
    version: int
    content_hash: str
    deleted: bool
    area: str | None
    observed_on: date | None
    seen: int
    applied: int
    confirmed_at: datetime


class VersionRow(NamedTuple):
    """A row of `record_version`."""

    feed: str
    record_id: str
    version: int
    submission: int | None
    content: str | None
    retracted: str | None
    received_at: datetime


_STATES = select(record.c.record_id, record.c.version, record.c.content_hash, record.c.deleted, record.c.applied).where(
    record.c.feed == bindparam("of_feed"), record.c.record_id.in_(bindparam("ids", expanding=True))
)
_SEEN = update(record).where(
    record.c.feed == bindparam("of_feed"), record.c.record_id.in_(bindparam("ids", expanding=True))
)
_CHANGED = ("version", "content_hash", "deleted", "area", "observed_on", "seen", "applied", "confirmed_at")
_CURRENT = BulkInsert(record, replace=_CHANGED)
_VERSIONS = BulkInsert(record_version)


async def states(connection: AsyncConnection, feed: str, record_ids: Sequence[str]) -> dict[str, State]:
    rows = await connection.execute(_STATES, {"of_feed": feed, "ids": list(record_ids)})
    return {row[0]: State(row[1], row[2], row[3], row[4]) for row in rows}


async def save(connection: AsyncConnection, current: Sequence[CurrentRow], versions: Sequence[VersionRow]) -> None:
    """Make `current` the state of these records, and add the versions that led to it."""
    await _CURRENT.run(connection, current)
    await _VERSIONS.run(connection, versions)


async def confirm(
    connection: AsyncConnection, feed: str, record_ids: Sequence[str], submission: int, now: datetime
) -> None:
    """The agency sent them again as they are."""
    if record_ids:
        values = {"seen": submission, "applied": submission, "confirmed_at": now}
        await connection.execute(_SEEN.values(values), {"of_feed": feed, "ids": list(record_ids)})


async def mark_seen(connection: AsyncConnection, feed: str, record_ids: Sequence[str], submission: int) -> None:
    """The agency still has them, although their rows were not usable."""
    if record_ids:
        await connection.execute(_SEEN.values(seen=submission), {"of_feed": feed, "ids": list(record_ids)})


async def live(connection: AsyncConnection, feed: str) -> int:
    statement = select(func.count()).select_from(record).where(record.c.feed == feed, record.c.deleted.is_(False))
    return int((await connection.execute(statement)).scalar_one())


async def missing_count(connection: AsyncConnection, feed: str, submission: int) -> int:
    """Live records that no submission from this number on has had."""
    statement = select(func.count()).select_from(record).where(*_missing(feed, submission))
    return int((await connection.execute(statement)).scalar_one())


async def missing(connection: AsyncConnection, feed: str, submission: int, limit: int) -> Sequence[Row[Any]]:
    statement = select(record).where(*_missing(feed, submission)).order_by(record.c.record_id).limit(limit)
    return (await connection.execute(statement)).all()


def _missing(feed: str, submission: int) -> tuple[Any, ...]:
    return record.c.feed == feed, record.c.deleted.is_(False), record.c.seen < submission


async def expired(connection: AsyncConnection, feed: str, before: datetime, limit: int) -> Sequence[Row[Any]]:
    """Live records that the agency has not sent since `before`."""
    statement = (
        select(record)
        .where(record.c.feed == feed, record.c.deleted.is_(False), record.c.confirmed_at < before)
        .order_by(record.c.record_id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def retract(connection: AsyncConnection, feed: str, versions: Sequence[VersionRow]) -> None:
    """Add retracting versions and make them current."""
    await _VERSIONS.run(connection, versions)
    statement = (
        update(record)
        .where(record.c.feed == feed, record.c.record_id.in_(bindparam("ids", expanding=True)))
        .values(deleted=True, content_hash="", version=record.c.version + 1)
    )
    await connection.execute(statement, {"ids": [version.record_id for version in versions]})


async def erase(connection: AsyncConnection, feed: str, before: datetime) -> None:
    """Forget what every version of retracted records said that were last sent before then; that there were versions
    stays."""
    gone = select(record.c.record_id).where(
        record.c.feed == feed, record.c.deleted.is_(True), record.c.confirmed_at < before
    )
    said = record_version.c.feed == feed, record_version.c.content.is_not(None), record_version.c.record_id.in_(gone)
    await connection.execute(update(record_version).where(*said).values(content=None))


async def find(connection: AsyncConnection, feed: str, record_id: str) -> Row[Any] | None:
    statement = select(record).where(record.c.feed == feed, record.c.record_id == record_id)
    return (await connection.execute(statement)).one_or_none()


async def history(connection: AsyncConnection, feed: str, record_id: str, limit: int) -> Sequence[Row[Any]]:
    """Newest first."""
    statement = (
        select(record_version)
        .where(record_version.c.feed == feed, record_version.c.record_id == record_id)
        .order_by(record_version.c.version.desc())
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def areas(connection: AsyncConnection, feed: str) -> list[tuple[str | None, int]]:
    """Live records by outward postcode, most first."""
    number = func.count()
    statement = (
        select(record.c.area, number)
        .where(record.c.feed == feed, record.c.deleted.is_(False))
        .group_by(record.c.area)
        .order_by(number.desc(), record.c.area)
    )
    return [(row[0], row[1]) for row in await connection.execute(statement)]


async def period(connection: AsyncConnection, feed: str) -> tuple[date | None, date | None]:
    """First and last date of observation of the live records."""
    columns = func.min(record.c.observed_on), func.max(record.c.observed_on)
    row = (await connection.execute(select(*columns).where(record.c.feed == feed, record.c.deleted.is_(False)))).one()
    return row[0], row[1]
