"""Requests for information: their state, the steps that led to it, who was chased, and the answer apart."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.requests import ENDED, OPEN
from services.referrals.store.request_tables import request, request_answer, request_chase, request_step
from shared.contracts.api.referrals.requests import Status


async def add(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(request).values(values))


async def move(connection: AsyncConnection, id_: str, from_: Collection[Status], **values: Any) -> bool:
    """Whether it was still in one of these states: of two who move it at once, one did."""
    still = and_(request.c.id == id_, request.c.status.in_(sorted(from_)))
    moved = update(request).where(still).values(values).returning(request.c.id)
    return (await connection.execute(moved)).first() is not None


async def change(connection: AsyncConnection, id_: str, **values: Any) -> None:
    await connection.execute(update(request).where(request.c.id == id_).values(values))


async def note(connection: AsyncConnection, **values: Any) -> None:
    """A step that was taken."""
    await connection.execute(insert(request_step).values(values))


async def put_answer(connection: AsyncConnection, id_: str, values: dict[str, Any]) -> None:
    await connection.execute(insert(request_answer).values(request=id_, values=values))


async def forget(connection: AsyncConnection, kind: str, before: datetime) -> None:
    """Destroy the answers to requests of the kind that ended before then. That they were given stays known."""
    ended = select(request.c.id).where(request.c.kind == kind, request.c.ended_at < before)
    await connection.execute(delete(request_answer).where(request_answer.c.request.in_(ended)))


async def answer(connection: AsyncConnection, id_: str) -> dict[str, Any] | None:
    found = (
        await connection.execute(select(request_answer.c["values"]).where(request_answer.c.request == id_))
    ).first()
    return dict(found[0]) if found else None


async def find(connection: AsyncConnection, id_: str) -> Row[Any] | None:
    return (await connection.execute(select(request).where(request.c.id == id_))).one_or_none()


_ASKED = (request.c.asker, request.c.answerer, request.c.purpose, request.c.kind, request.c.authorised)
"""What the sharing rules look at, whether or not who is asked may know of the request."""


async def asked(connection: AsyncConnection, agency: str) -> Sequence[Any]:
    """What there is of it among the requests that were sent to the agency."""
    sent = select(*_ASKED).where(request.c.answerer == agency, request.c.sent_at.is_not(None))
    return (await connection.execute(sent.distinct())).all()


def visible(agency: str, told: Collection[Any]) -> ColumnElement[bool]:
    """The agency's own requests and, of those that were sent to it, the ones that it may be told of: see `asked`."""
    sent = and_(request.c.sent_at.is_not(None), tuple_(*_ASKED).in_([tuple(one) for one in told]))
    return or_(request.c.asker == agency, sent)


async def steps(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    found = select(request_step).where(request_step.c.request == id_).order_by(request_step.c.at, request_step.c.step)
    return (await connection.execute(found)).all()


async def chased(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    found = select(request_chase).where(request_chase.c.request == id_).order_by(request_chase.c.at)
    return (await connection.execute(found)).all()


async def page(
    connection: AsyncConnection, wanted: Sequence[ColumnElement[bool]], after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first, from behind the request `after`, which is one of them too."""
    statement = select(request).where(*wanted)
    if after:
        place = select(request.c.made_at, request.c.id).where(request.c.id == after, *wanted).scalar_subquery()
        statement = statement.where(tuple_(request.c.made_at, request.c.id) < place)
    ordered = statement.order_by(request.c.made_at.desc(), request.c.id.desc()).limit(limit)
    return (await connection.execute(ordered)).all()


def wanted(
    asker: str | None, answerer: str | None, kind: str | None, status: Collection[Status]
) -> list[ColumnElement[bool]]:
    given = ((request.c.asker, asker), (request.c.answerer, answerer), (request.c.kind, kind))
    found = [column == value for column, value in given if value]
    return [*found, request.c.status.in_(sorted(status))] if status else found


async def ended(connection: AsyncConnection, visible: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Those that have come to an end by the hand of who was asked."""
    return (await connection.execute(select(request).where(visible, request.c.status.in_(sorted(ENDED))))).all()


async def held_by(connection: AsyncConnection, agency: str, subject: str) -> Sequence[Row[Any]]:
    """Open ones that a person has."""
    open_ = request.c.status.in_(sorted(OPEN))
    found = select(request).where(request.c.asker == agency, request.c.held_by == subject, open_)
    return (await connection.execute(found.order_by(request.c.made_at, request.c.id))).all()


async def pass_on(connection: AsyncConnection, agency: str, subject: str, successor: str) -> None:
    """All that a person has, ended or not: somebody must be able to read the answers."""
    which = and_(request.c.asker == agency, request.c.held_by == subject)
    await connection.execute(update(request).where(which).values(held_by=successor))


async def to_chase(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Those for which somebody is to be chased by now, and which no other transaction is at."""
    due = select(request).where(request.c.chase_at <= now).order_by(request.c.chase_at, request.c.id).limit(limit)
    return (await connection.execute(due.with_for_update(skip_locked=True))).all()


async def note_chase(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(request_chase).values(values))
