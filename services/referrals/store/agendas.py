"""Agendas, who is there, their items, minutes and actions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, exists, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.request_tables import action, agenda, agenda_item, attendee, minute
from shared.runtime.db import Database

_NEWEST = (agenda.c.at.desc(), agenda.c.id.desc())


async def add(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(agenda).values(values))


async def invite(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    await connection.execute(insert(attendee), rows)


async def last_of(connection: AsyncConnection, chair: str, series: str, before: datetime) -> datetime | None:
    """When the last of a series was."""
    which = and_(agenda.c.chair == chair, agenda.c.series == series, agenda.c.at < before)
    latest = select(agenda.c.at).where(which).order_by(agenda.c.at.desc()).limit(1)
    return (await connection.execute(latest)).scalar_one_or_none()


async def find(connection: AsyncConnection, id_: str) -> Row[Any] | None:
    return (await connection.execute(select(agenda).where(agenda.c.id == id_))).one_or_none()


async def attendees(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    found = select(attendee).where(attendee.c.agenda == id_).order_by(attendee.c.agency, attendee.c.officer)
    return (await connection.execute(found)).all()


async def confirm(connection: AsyncConnection, id_: str, officer: str, now: datetime) -> None:
    which = and_(attendee.c.agenda == id_, attendee.c.officer == officer)
    await connection.execute(update(attendee).where(which).values(confirmed_at=now))


async def remove(connection: AsyncConnection, id_: str, officer: str) -> bool:
    """Whether they were on the list."""
    which = and_(attendee.c.agenda == id_, attendee.c.officer == officer)
    return (await connection.execute(delete(attendee).where(which).returning(attendee.c.officer))).first() is not None


async def page(
    connection: AsyncConnection, agency: str, subject: str, officers: Sequence[str], after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Those that a person called, and those that one of these officers is asked to; newest first."""
    asked = exists().where(attendee.c.agenda == agenda.c.id, attendee.c.officer.in_(officers))
    which: ColumnElement[bool] = or_(and_(agenda.c.chair == agency, agenda.c.chaired_by == subject), asked)
    statement = select(agenda).where(which)
    if after:
        place = select(agenda.c.at, agenda.c.id).where(which, agenda.c.id == after).scalar_subquery()
        statement = statement.where(tuple_(agenda.c.at, agenda.c.id) < place)
    return (await connection.execute(statement.order_by(*_NEWEST).limit(limit))).all()


async def put_items(database: Database, connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Those that are there already stay as they are."""
    if rows:
        await connection.execute(database.insert_ignore(agenda_item), list(rows))


async def items(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    found = select(agenda_item).where(agenda_item.c.agenda == id_)
    return (
        await connection.execute(found.order_by(agenda_item.c.kind.desc(), agenda_item.c.added_at, agenda_item.c.ref))
    ).all()


async def add_minute(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(minute).values(values))


async def add_action(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(insert(action).values(values))


async def minutes(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    return await _of(connection, minute, minute.c.agenda == id_, minute.c.at)


async def actions(connection: AsyncConnection, id_: str) -> Sequence[Row[Any]]:
    return await _of(connection, action, action.c.agenda == id_, action.c.made_at)


async def actions_of(connection: AsyncConnection, owner: str) -> Sequence[Row[Any]]:
    """Those that an officer has not done."""
    return await _of(connection, action, and_(action.c.owner == owner, action.c.done_at.is_(None)), action.c.due)


async def find_action(connection: AsyncConnection, id_: str) -> Row[Any] | None:
    return (await connection.execute(select(action).where(action.c.id == id_))).one_or_none()


async def finish(connection: AsyncConnection, id_: str, now: datetime, outcome: str) -> bool:
    """Whether it was not done until now."""
    which = and_(action.c.id == id_, action.c.done_at.is_(None))
    done = update(action).where(which).values(done_at=now, outcome=outcome).returning(action.c.id)
    return (await connection.execute(done)).first() is not None


async def pass_on(connection: AsyncConnection, owner: str, successor: str) -> None:
    which = and_(action.c.owner == owner, action.c.done_at.is_(None))
    await connection.execute(update(action).where(which).values(owner=successor))


async def _of(
    connection: AsyncConnection, table: Table, which: ColumnElement[bool], order: ColumnElement[Any]
) -> Sequence[Row[Any]]:
    return (await connection.execute(select(table).where(which).order_by(order, table.c.id))).all()
