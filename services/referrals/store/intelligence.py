"""Intelligence, its gradings, its sources apart, and the sanitised versions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, exists, false, insert, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.request_tables import (
    grading,
    intelligence,
    intelligence_source,
    sanitised,
    sanitised_for,
    source_reading,
)

_NEWEST = (sanitised.c.made_at.desc(), sanitised.c.id.desc())


class Origin(NamedTuple):
    """Whose analyst wrote a version, and the agency from which it came."""

    agency: str
    origin: str | None


async def add(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(intelligence).values(values))


async def own(connection: AsyncConnection, agency: str, id_: str) -> Row[Any] | None:
    found = select(intelligence).where(intelligence.c.id == id_, intelligence.c.agency == agency)
    return (await connection.execute(found)).one_or_none()


async def add_grading(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(grading).values(values))


async def gradings(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    """Newest first."""
    found = select(grading).where(grading.c.intelligence == id_).order_by(grading.c.at.desc(), grading.c.id.desc())
    return (await connection.execute(found)).all()


async def source(connection: AsyncConnection, id_: str) -> Row[Any] | None:
    found = select(intelligence_source).where(intelligence_source.c.intelligence == id_)
    return (await connection.execute(found)).one_or_none()


async def keep_source(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(intelligence_source).values(values))


async def note_reading(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(source_reading).values(values))


async def readings(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    """Newest first."""
    found = select(source_reading).where(source_reading.c.intelligence == id_)
    return (await connection.execute(found.order_by(source_reading.c.at.desc(), source_reading.c.id.desc()))).all()


async def add_sanitised(connection: AsyncConnection, recipients: Collection[str], **values: Any) -> None:
    await connection.execute(insert(sanitised).values(values))
    if recipients:
        rows = [{"sanitised": values["id"], "agency": agency} for agency in sorted(recipients)]
        await connection.execute(insert(sanitised_for), rows)


async def sanitised_of(connection: AsyncConnection, id_: str) -> Sequence[str]:
    found = select(sanitised.c.id).where(sanitised.c.intelligence == id_)
    return (await connection.execute(found.order_by(sanitised.c.made_at, sanitised.c.id))).scalars().all()


async def origins(connection: AsyncConnection) -> list[Origin]:
    """Every pair that there is."""
    found = (await connection.execute(select(sanitised.c.agency, sanitised.c.origin).distinct())).all()
    return [Origin(row.agency, row.origin) for row in found]


def visible(viewer: str, seen: Collection[Origin]) -> ColumnElement[bool]:
    """The viewer's own, and others' of these origins that are handled so that the viewer may have them."""
    from_ = [
        and_(sanitised.c.agency == agency, sanitised.c.origin.is_not_distinct_from(origin)) for agency, origin in seen
    ]
    named = exists().where(sanitised_for.c.sanitised == sanitised.c.id, sanitised_for.c.agency == viewer)
    return or_(sanitised.c.agency == viewer, and_(or_(false(), *from_), or_(sanitised.c.is_open, named)))


async def one_sanitised(connection: AsyncConnection, which: ColumnElement[bool], id_: str) -> Row[Any] | None:
    return (await connection.execute(select(sanitised).where(which, sanitised.c.id == id_))).one_or_none()


async def version(connection: AsyncConnection, id_: str) -> Row[Any]:
    """Whoever may have it: for who has looked at that."""
    return (await connection.execute(select(sanitised).where(sanitised.c.id == id_))).one()


async def among_visible(connection: AsyncConnection, which: ColumnElement[bool], ids: Collection[str]) -> set[str]:
    found = select(sanitised.c.id).where(which, sanitised.c.id.in_(sorted(ids)))
    return set((await connection.execute(found)).scalars())


async def made_since(
    connection: AsyncConnection, which: ColumnElement[bool], since: datetime, limit: int
) -> Sequence[Row[Any]]:
    """The newest, newest first."""
    found = select(sanitised).where(which, sanitised.c.made_at > since)
    return (await connection.execute(found.order_by(*_NEWEST).limit(limit))).all()


async def sanitised_page(
    connection: AsyncConnection, which: ColumnElement[bool], after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first, from behind the version `after`, which is one of them too."""
    statement = select(sanitised).where(which)
    if after:
        place = select(sanitised.c.made_at, sanitised.c.id).where(which, sanitised.c.id == after).scalar_subquery()
        statement = statement.where(tuple_(sanitised.c.made_at, sanitised.c.id) < place)
    return (await connection.execute(statement.order_by(*_NEWEST).limit(limit))).all()
