"""Notices, and what becomes of each at every receiver: a webhook or a collection, which are known here by id alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    and_,
    delete,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.domain.basis import Addressed, Sight, read
from services.gateway.store.collection import collection
from services.gateway.store.tables import metadata
from services.gateway.store.webhooks import webhook
from shared.runtime.db import Database, Tx, UtcDateTime
from shared.sharing import View

notice = Table(
    "notice",
    metadata,
    Column("event_id", String(100), primary_key=True),
    Column("type", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("basis", String(40)),
    Column("body", LargeBinary, nullable=False),
)
"""`body` is what goes out; it rests on `basis`, or on nothing where it is its receiver's alone."""

delivery = Table(
    "delivery",
    metadata,
    Column("receiver", String(40), primary_key=True),
    Column("event_id", String(100), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("last_at", UtcDateTime),
    Column("answered", String(40)),
    Index("ix_gateway_delivery_due", "receiver", "state", "due_at"),
    Index("ix_gateway_delivery_at", "receiver", "at", "event_id"),
    sqlite_with_rowid=False,
)

basis = Table(
    "basis",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("body", Text, nullable=False),
)
"""What notices rest on: what each audience that ever was could see, and what was addressed to somebody."""

agency_view = Table(
    "agency_view",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("view", String(40), nullable=False),
)
"""Which view each agency had when we last looked."""

WAITING, DELIVERED, FAILED, WITHDRAWN, COLLECTED = "waiting", "delivered", "failed", "withdrawn", "collected"
_D, _N = delivery.c, notice.c


class Receiver(NamedTuple):
    id: str
    agency: str
    types: Sequence[str]
    since: datetime


class Sent(NamedTuple):
    """A notice as it is stored."""

    event_id: str
    type: str
    at: datetime
    basis: str | None
    body: bytes


async def receivers(connection: AsyncConnection) -> list[Receiver]:
    """All there are."""
    every = union_all(
        select(webhook.c.id, webhook.c.agency, webhook.c.types, webhook.c.created_at.label("since")),
        select(collection.c.id, collection.c.agency, collection.c.types, collection.c.opened_at),
    )
    return [Receiver(*row) for row in await connection.execute(every)]


async def add(database: Database, tx: Tx, sent: Mapping[Sent, Iterable[str]], now: datetime) -> None:
    """Each notice for these receivers. What is there already stays as it is: the log may give an event again."""
    rows = [
        {"receiver": id_, "event_id": one.event_id, "at": one.at, "state": WAITING, "attempts": 0, "due_at": now}
        for one, ids in sent.items()
        for id_ in ids
    ]
    if rows:
        await tx.execute(database.insert_ignore(notice), [one._asdict() for one in sent])
        await tx.execute(database.insert_ignore(delivery), rows)


async def claim(tx: Tx, receiver: str, now: datetime, until: datetime, limit: int) -> Sequence[Row[Any]]:
    """Up to so many that are due, the oldest first, which nobody else is given before `until`."""
    due = (
        select(_D.event_id)
        .where(_D.receiver == receiver, _D.state == WAITING, _D.due_at <= now)
        .order_by(_D.due_at, _D.at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await tx.execute(due)).scalars().all()
    if not ids:
        return ()
    await tx.execute(update(delivery).where(_D.receiver == receiver, _D.event_id.in_(ids)).values(due_at=until))
    return (await tx.execute(_with_notice(receiver).where(_D.event_id.in_(ids)))).all()


async def settle(tx: Tx, receiver: str, event_id: str, **values: Any) -> bool:
    """What became of one; whether it was still waiting."""
    mine = and_(_D.receiver == receiver, _D.event_id == event_id, _D.state == WAITING)
    return bool((await tx.execute(update(delivery).where(mine).values(values))).rowcount)


async def receivers_due(connection: AsyncConnection, now: datetime) -> set[str]:
    """The webhooks to which something can be sent now."""
    waiting = select(_D.event_id).where(_D.receiver == webhook.c.id, _D.state == WAITING, _D.due_at <= now)
    free = or_(webhook.c.held_until.is_(None), webhook.c.held_until <= now)
    due = select(webhook.c.id).where(webhook.c.enabled, free, waiting.exists())
    return set((await connection.scalars(due)).all())


async def replay(
    tx: Tx, receiver: str, now: datetime, event_ids: Sequence[str], since: datetime | None, until: datetime | None
) -> int:
    """Let them be due again as if they had never gone; how many."""
    wanted: list[ColumnElement[bool]] = [_D.receiver == receiver]
    wanted += [_D.event_id.in_(event_ids)] if event_ids else []
    wanted += [_D.at >= since] if since else []
    wanted += [_D.at <= until] if until else []
    values = {"state": WAITING, "attempts": 0, "due_at": now}
    return int((await tx.execute(update(delivery).where(*wanted).values(values))).rowcount)


async def page(
    connection: AsyncConnection, receiver: str, state: str | None, before: str | None, limit: int
) -> Sequence[Row[Any]] | None:
    """Newest first, from the one after the event `before`; None if there is no such event."""
    statement = _with_notice(receiver).order_by(_D.at.desc(), _D.event_id.desc()).limit(limit)
    statement = statement.where(_D.state == state) if state else statement
    if before:
        place = await _place(connection, receiver, before)
        if place is None:
            return None
        statement = statement.where(tuple_(_D.at, _D.event_id) < place)
    rows: Sequence[Row[Any]] = (await connection.execute(statement)).all()
    return rows


async def kept(
    connection: AsyncConnection, receiver: str, bases: Iterable[str], after: str | None, limit: int
) -> Sequence[Row[Any]] | None:
    """Oldest first what waits and rests on one of `bases`, or is the receiver's alone, from the one after the event
    `after`; None if there is no such event."""
    given = or_(_N.basis.is_(None), _N.basis.in_(list(bases)))
    statement = _with_notice(receiver).where(_D.state == WAITING, given).order_by(_D.at, _D.event_id).limit(limit)
    if after:
        place = await _place(connection, receiver, after)
        if place is None:
            return None
        statement = statement.where(tuple_(_D.at, _D.event_id) > place)
    rows: Sequence[Row[Any]] = (await connection.execute(statement)).all()
    return rows


async def collected(tx: Tx, receiver: str, event_id: str, bases: Iterable[str], now: datetime) -> bool:
    """Whether the receiver was ever given it, or may be now: then it is marked."""
    given = or_(_N.basis.is_(None), _N.basis.in_(list(bases)), _D.state == COLLECTED)
    row = (await tx.execute(_with_notice(receiver).where(_D.event_id == event_id, given))).one_or_none()
    if row is None:
        return False
    await settle(tx, receiver, event_id, state=COLLECTED, last_at=now, due_at=None)
    return True


async def remember(database: Database, tx: Tx, bases: Mapping[str, Sight | Addressed]) -> None:
    """Their ids are derived from what they are, so they never change."""
    rows = [{"id": id_, "body": one.model_dump_json()} for id_, one in bases.items()]
    if rows:
        await tx.execute(database.insert_ignore(basis), rows)


async def bases(connection: AsyncConnection) -> dict[str, Sight | Addressed]:
    return {row.id: read.validate_json(row.body) for row in await connection.execute(select(basis))}


async def look_anew(database: Database, tx: Tx, views: Iterable[View]) -> list[str]:
    """The agencies that have another of `views` than they had; each change is found by one process alone."""
    moved = []
    held = {row.agency: row.view for row in await tx.execute(select(agency_view))}
    for view in views:
        for agency in view.agencies:
            if agency not in held:
                new = {"agency": agency, "view": view.id}
                await tx.execute(database.insert_ignore(agency_view).values(new))
            elif held[agency] != view.id and await _move(tx, agency, held[agency], view.id):
                moved.append(agency)
    return moved


async def _move(tx: Tx, agency: str, old: str, new: str) -> bool:
    still = and_(agency_view.c.agency == agency, agency_view.c.view == old)
    return bool((await tx.execute(update(agency_view).where(still).values(view=new))).rowcount)


async def drop(tx: Tx, receiver: str) -> None:
    """Everything of a receiver that is no more."""
    await tx.execute(delete(delivery).where(_D.receiver == receiver))


async def forget(tx: Tx, before: datetime) -> None:
    """Whoever was away for longer reads the lists."""
    await tx.execute(delete(delivery).where(_D.at < before))
    await tx.execute(delete(notice).where(_N.at < before))


def _with_notice(receiver: str) -> Select[Any]:
    statement = select(delivery, _N.type, _N.basis, _N.body).join(notice, _N.event_id == _D.event_id)
    return statement.where(_D.receiver == receiver)


async def _place(connection: AsyncConnection, receiver: str, event_id: str) -> tuple[datetime, str] | None:
    statement = select(_D.at).where(_D.receiver == receiver, _D.event_id == event_id)
    at = (await connection.execute(statement)).scalar_one_or_none()
    return (at, event_id) if at else None
