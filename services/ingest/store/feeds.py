"""Feeds and the versions of their specifications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.tables import feed, feed_version

_DECLARED = select(feed, feed_version.c.spec).join(
    feed_version, and_(feed_version.c.feed == feed.c.id, feed_version.c.version == feed.c.version)
)

_OF_FEED = feed.c.id == bindparam("of_feed")
# Built once: to build a statement costs more than to run it.
_FIND = _DECLARED.where(_OF_FEED)
_LOCK = select(feed.c.id).where(_OF_FEED).with_for_update()
_ARRIVED = update(feed).where(_OF_FEED).values(last_received_at=bindparam("at"), stale_since=None)


async def find(connection: AsyncConnection, feed_id: str) -> Row[Any] | None:
    """The feed with its current `spec` as JSON text."""
    return (await connection.execute(_FIND, {"of_feed": feed_id})).one_or_none()


async def lock(connection: AsyncConnection, feed_id: str) -> Row[Any] | None:
    """As `find`, and no other transaction writes records of this feed until this one ends.

    It keeps versions, events and submission numbers of one feed in one order. SQLite's write lock is that already.
    """
    if connection.dialect.name != "sqlite":
        await connection.execute(_LOCK, {"of_feed": feed_id})
    return await find(connection, feed_id)


async def of_agency(connection: AsyncConnection, agency: str) -> Sequence[Row[Any]]:
    return (await connection.execute(_DECLARED.where(feed.c.agency == agency).order_by(feed.c.id))).all()


async def every(connection: AsyncConnection) -> Sequence[Row[Any]]:
    return (await connection.execute(_DECLARED.order_by(feed.c.id))).all()


async def create(connection: AsyncConnection, feed_id: str, agency: str, now: datetime) -> None:
    await connection.execute(insert(feed).values(id=feed_id, agency=agency, version=0, paused=False, created_at=now))


async def add_version(
    connection: AsyncConnection, feed_id: str, version: int, spec: str, now: datetime, created_by: str
) -> None:
    """Make this the current version; the pull, if there is one, is due at once under it."""
    values = {"feed": feed_id, "version": version, "spec": spec, "created_at": now, "created_by": created_by}
    await connection.execute(insert(feed_version).values(values))
    await change(connection, feed_id, version=version, pull_due_at=now, pull_etag=None, pull_modified=None)


async def change(connection: AsyncConnection, feed_id: str, **values: Any) -> None:
    await connection.execute(update(feed).where(feed.c.id == feed_id).values(values))


async def versions(connection: AsyncConnection, feed_id: str) -> Sequence[Row[Any]]:
    """Newest first."""
    statement = select(feed_version).where(feed_version.c.feed == feed_id).order_by(feed_version.c.version.desc())
    return (await connection.execute(statement)).all()


async def spec_of(connection: AsyncConnection, feed_id: str, version: int) -> str:
    """The specification of one version as JSON text."""
    statement = select(feed_version.c.spec).where(feed_version.c.feed == feed_id, feed_version.c.version == version)
    return str((await connection.execute(statement)).scalar_one())


async def arrived(connection: AsyncConnection, feed_id: str, now: datetime) -> None:
    """Something came from the agency, so any silence is over."""
    await connection.execute(_ARRIVED, {"of_feed": feed_id, "at": now})


async def claim_pull(connection: AsyncConnection, now: datetime) -> Row[Any] | None:
    """The feed whose pull has been due for longest, locked. It may have no pull any more."""
    due = (
        select(feed.c.id)
        .where(feed.c.pull_due_at <= now, feed.c.paused.is_(False))
        .order_by(feed.c.pull_due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = (await connection.execute(due)).scalar_one_or_none()
    return await find(connection, found) if found else None
