"""Records and their versions, read and written a chunk at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.outcomes import Held, State
from services.ingest.store.tables import duties, record, record_version
from shared.duties.store import RECORD
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


_STATES = select(
    record.c.record_id, record.c.version, record.c.content_hash, record.c.deleted, record.c.applied, record.c.held
).where(record.c.feed == bindparam("of_feed"), record.c.record_id.in_(bindparam("ids", expanding=True)))
_SEEN = update(record).where(
    record.c.feed == bindparam("of_feed"), record.c.record_id.in_(bindparam("ids", expanding=True))
)
_FIXED = ("feed", "record_id", "held")
_CURRENT = BulkInsert(record, omit=["held"], replace=[c.name for c in record.columns if c.name not in _FIXED])
_VERSIONS = BulkInsert(record_version)


async def states(connection: AsyncConnection, feed: str, record_ids: Sequence[str]) -> dict[str, State]:
    rows = await connection.execute(_STATES, {"of_feed": feed, "ids": list(record_ids)})
    return {row[0]: State(*row[1:5], Held(row.held) if row.held else None) for row in rows}


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


async def retract(connection: AsyncConnection, feed: str, versions: Sequence[VersionRow]) -> None:
    """Add retracting versions and make them current."""
    await _VERSIONS.run(connection, versions)
    statement = (
        update(record)
        .where(record.c.feed == feed, record.c.record_id.in_(bindparam("ids", expanding=True)))
        .values(deleted=True, content_hash="", version=record.c.version + 1)
    )
    await connection.execute(statement, {"ids": [version.record_id for version in versions]})


async def outlived(connection: AsyncConnection, feed: str, before: datetime, limit: int) -> Sequence[Row[Any]]:
    """Records, retracted ones too, that the agency has not sent since `before` and of which something is still held,
    but for those that are held for a prosecution."""
    known = exists().where(
        record_version.c.feed == record.c.feed,
        record_version.c.record_id == record.c.record_id,
        record_version.c.content.is_not(None),
    )
    needed = exists().where(duties.hold.c.kind == RECORD, duties.hold.c.item == record.c.record_id)
    statement = (
        select(record)
        .where(record.c.feed == feed, record.c.confirmed_at < before, or_(record.c.deleted.is_(False), known), ~needed)
        .order_by(record.c.record_id)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def destroy(connection: AsyncConnection, feed: str, record_ids: Sequence[str], held: Held | None) -> None:
    """Forget all that these retracted records ever said; that there were versions stays."""
    await forget(connection, feed, record_ids)
    nothing = {"source_ref": "", "content_hash": "", "area": None, "observed_on": None, "held": held}
    await connection.execute(update(record).where(*_these(record, feed)).values(nothing), {"ids": list(record_ids)})


async def forget(connection: AsyncConnection, feed: str, record_ids: Sequence[str], before: int | None = None) -> None:
    """Forget what the versions of these records said, or those before a version."""
    said = [*_these(record_version, feed), record_version.c.content.is_not(None)]
    if before is not None:
        said.append(record_version.c.version < before)
    await connection.execute(update(record_version).where(*said).values(content=None), {"ids": list(record_ids)})


async def hold(connection: AsyncConnection, version: VersionRow, held: Held | None) -> None:
    """Add the version by which a record begins or ends to be held."""
    await _VERSIONS.run(connection, [version])
    values = {"version": version.version, "held": held}
    statement = update(record).where(*_these(record, version.feed)).values(values)
    await connection.execute(statement, {"ids": [version.record_id]})


def _these(table: Table, feed: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.feed == feed, table.c.record_id.in_(bindparam("ids", expanding=True))


async def found(connection: AsyncConnection, feed: str, record_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Those of these records that there are."""
    statement = select(record).where(*_these(record, feed)).order_by(record.c.record_id)
    return (await connection.execute(statement, {"ids": list(record_ids)})).all()


async def newest_said(connection: AsyncConnection, feed: str, record_id: str) -> Row[Any] | None:
    """The last version that says something."""
    statement = (
        select(record_version)
        .where(*_these(record_version, feed), record_version.c.content.is_not(None))
        .order_by(record_version.c.version.desc())
        .limit(1)
    )
    return (await connection.execute(statement, {"ids": [record_id]})).one_or_none()


async def said_after(
    connection: AsyncConnection, feed: str, after: tuple[str, int], limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """(record_id, version, source_ref, content) of the next versions that say something, from the one behind `after`, a
    (record id, version)."""
    there = and_(record.c.feed == record_version.c.feed, record.c.record_id == record_version.c.record_id)
    statement = (
        select(record_version.c.record_id, record_version.c.version, record.c.source_ref, record_version.c.content)
        .join(record, there)
        .where(record_version.c.feed == feed, record_version.c.content.is_not(None))
        .where(tuple_(record_version.c.record_id, record_version.c.version) > after)
        .order_by(record_version.c.record_id, record_version.c.version)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


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
