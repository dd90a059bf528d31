"""Lists of visits in order of their first day, of those that an agency may see at all."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import attendance, visit
from shared.contracts.api.calendar.words import Answer, Tier, VisitStatus

_AHEAD = (VisitStatus.planned, VisitStatus.confirmed)
Place = tuple[date, str]
"""Where a page ended: the first day and the id of its last visit. Not its time, which not all may see."""


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees north and east."""

    south: float
    north: float
    west: float
    east: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """`attending` is an agency that made them or had agreed to come; `ended` are those that are over or cancelled,
    `untold_before` those that ended before the day and of which nobody said so."""

    since: date | None = None
    until: date | None = None
    area: str | None = None
    agency: str | None = None
    attending: str | None = None
    business_id: str | None = None
    status: VisitStatus | None = None
    ended: bool | None = None
    programme: str | None = None
    untold_before: date | None = None
    box: Box | None = None


async def page(
    connection: AsyncConnection, viewer: str, owners: Collection[str], wanted: Wanted, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """Those that `viewer` made or was told of, and those of `owners` which these let partners see."""
    statement = _visible(viewer, owners).where(*_conditions(wanted, viewer))
    if after:
        statement = statement.where(tuple_(visit.c.first_on, visit.c.id) > tuple_(*after))
    ordered = statement.order_by(visit.c.first_on, visit.c.id).limit(limit)
    found: Sequence[Row[Any]] = (await connection.execute(ordered)).all()
    return found


def _visible(viewer: str, owners: Collection[str]) -> Select[Any]:
    told = exists().where(
        attendance.c.visit == visit.c.id,
        attendance.c.agency == viewer,
        attendance.c.answer != Answer.asking,
    )
    shared = and_(visit.c.agency.in_(sorted(owners)), visit.c.tier.in_([Tier.agency, Tier.full]))
    return select(visit).where(or_(visit.c.agency == viewer, shared, told))


def _conditions(wanted: Wanted, viewer: str) -> Iterator[ColumnElement[bool]]:
    if wanted.since:
        yield visit.c.last_on >= wanted.since
    if wanted.until:
        yield visit.c.first_on <= wanted.until
    if wanted.area:
        yield visit.c.area == wanted.area
    if wanted.agency:
        yield visit.c.agency == wanted.agency
    if wanted.attending:
        yield _comes(wanted.attending)
    if wanted.business_id:
        yield and_(visit.c.business_id == wanted.business_id, visit.c.agency == viewer)
    if wanted.status:
        yield visit.c.status == wanted.status
    if wanted.ended is not None:
        yield visit.c.status.in_([VisitStatus.done, VisitStatus.cancelled]) == wanted.ended
    if wanted.untold_before:
        yield and_(visit.c.last_on < wanted.untold_before, visit.c.status.in_(_AHEAD))
    if wanted.programme:
        yield and_(visit.c.programme == wanted.programme, visit.c.agency == viewer)
    if wanted.box:
        yield visit.c.latitude.between(wanted.box.south, wanted.box.north)
        yield visit.c.longitude.between(wanted.box.west, wanted.box.east)


def _comes(agency: str) -> ColumnElement[bool]:
    did = or_(attendance.c.answer == Answer.accepted, attendance.c.withdrew_at.is_not(None))
    agreed = exists().where(attendance.c.visit == visit.c.id, attendance.c.agency == agency, did)
    return or_(visit.c.agency == agency, agreed)
