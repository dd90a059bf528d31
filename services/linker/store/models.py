"""Published models, which of them is in force, and how far a switch to another has come."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.switching import Phase, Standing
from services.linker.store.relation_tables import trait
from services.linker.store.tables import linking, member, mention, moved, published_model
from services.linker.store.writing import put
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_ONLY = 1
_COMMONLY = 5

_BODY = select(published_model.c.body).where(published_model.c.version == bindparam("version"))
_STANDING = select(linking)
_FETCH_BODY, _FETCH_STANDING = Statement(_BODY), Statement(_STANDING)


def body(session: Session, version: str) -> bytes | None:
    """The file of a published model."""
    return next((bytes(row.body) for row in session.fetch(_FETCH_BODY, version=version)), None)


def put_model(session: Session, version: str, file: bytes, now: datetime) -> None:
    put(session, published_model, [(version, file, now)])


def standing(session: Session) -> Standing | None:
    """None where no model has been put in force yet."""
    return next(map(_standing, session.fetch(_FETCH_STANDING)), None)


def put_standing(session: Session, now: Standing) -> None:
    put(session, linking, [(_ONLY, now.in_force, now.other, now.phase, now.position)])


def _standing(row: Any) -> Standing:
    phase = Phase(row.phase) if row.phase else None
    return Standing(row.in_force, row.other, phase, row.position)


_HELD_AFTER = Statement(
    select(mention.c.no, mention.c.record_id, mention.c.features, mention.c.feed)
    .where(mention.c.no > bindparam("after"))
    .order_by(mention.c.no)
    .limit(bindparam("page"))
)


def held_after(session: Session, after: int, limit: int) -> list[Any]:
    """(no, record_id, features, feed) of the next records in order of their numbers."""
    return session.fetch(_HELD_AFTER, after=after, page=limit)


_MOVED = Statement(select(moved.c.record).order_by(moved.c.record))
_FORGET_MOVED = Statement(delete(moved))


def put_moved(session: Session, numbers: Iterable[int]) -> None:
    """Records around which businesses differ, or may, once the other model is in force."""
    put(session, moved, [(number,) for number in sorted(numbers)])


def moved_records(session: Session) -> list[int]:
    return [row.record for row in session.fetch(_MOVED)]


def forget_moved(session: Session) -> None:
    session.fetch(_FORGET_MOVED)


async def read_standing(connection: AsyncConnection) -> Standing | None:
    return next(map(_standing, await connection.execute(_STANDING)), None)


async def read_body(connection: AsyncConnection, version: str) -> bytes | None:
    found = (await connection.execute(_BODY, {"version": version})).scalar_one_or_none()
    return None if found is None else bytes(found)


async def read_models(connection: AsyncConnection) -> list[Row[Any]]:
    """(version, body, published_at), the newest first."""
    newest = select(published_model).order_by(published_model.c.published_at.desc(), published_model.c.version)
    return list((await connection.execute(newest)).all())


_COMMON = (
    select(trait.c.key, func.count().label("records"), func.min(trait.c.record).label("example"))
    .join(member, member.c.record == trait.c.record)
    .where(member.c.audience == bindparam("audience"))
    .group_by(trait.c.key)
    .having(func.count() >= _COMMONLY)
    .subquery()
)
_COMMON_FIRST = (
    select(_COMMON.c.key, _COMMON.c.records, mention.c.features)
    .join(mention, mention.c.no == _COMMON.c.example)
    .order_by(_COMMON.c.records.desc(), _COMMON.c.key)
)


async def common_traits(
    connection: AsyncConnection, audience: int, after: tuple[int, int] | None, limit: int
) -> Sequence[Row[int, int, bytes]]:
    """(key, records, features) of what several visible records share, the commonest first, from behind `after`, a
    (records, key); `features` are those of one of the records."""
    page = _COMMON_FIRST.limit(limit)
    if after:
        records, key = after
        behind = and_(_COMMON.c.records == records, _COMMON.c.key > key)
        page = page.where(or_(_COMMON.c.records < records, behind))
    return (await connection.execute(page, {"audience": audience})).all()


_HELD = select(mention.c.record_id, mention.c.feed, mention.c.features)


async def held_mentions(connection: AsyncConnection) -> AsyncIterator[Row[str, str, bytes]]:
    """(record id, feed, features) of every record, whichever agency's: for the operator alone."""
    async for row in await connection.stream(_HELD):
        yield row
