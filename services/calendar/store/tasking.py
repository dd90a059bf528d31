"""Tasking lists, what was decided, and the Primary Authority entries that agencies noted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.planning_tables import primary_authority, tasking_decision, tasking_entry, tasking_list
from shared.runtime.among import among, many

_ENTRIES = (
    select(func.count()).where(tasking_entry.c.list == tasking_list.c.id).correlate(tasking_list).scalar_subquery()
)
_DECIDED = (
    select(func.count())
    .where(tasking_decision.c.list == tasking_list.c.id, tasking_decision.c.stands)
    .correlate(tasking_list)
    .scalar_subquery()
)
_LISTS = select(tasking_list, _ENTRIES.label("entries"), _DECIDED.label("decided"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions are asked for; None for all."""

    decision: str | None = None
    since: date | None = None
    until: date | None = None
    review_by: date | None = None
    business_id: str | None = None
    standing: bool = True


async def add_list(
    connection: AsyncConnection, values: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> None:
    await connection.execute(insert(tasking_list).values(**values))
    if entries:
        await connection.execute(insert(tasking_entry), list(entries))


async def one_list(connection: AsyncConnection, agency: str, list_id: str) -> Row[Any] | None:
    """With the numbers of its `entries` and of those `decided`; another agency's is none."""
    mine = _LISTS.where(tasking_list.c.id == list_id, tasking_list.c.agency == agency)
    return (await connection.execute(mine)).one_or_none()


async def lists(connection: AsyncConnection, agency: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The latest first."""
    found = _LISTS.where(tasking_list.c.agency == agency)
    return (await connection.execute(_latest(found, tasking_list, "made_at", agency, after, limit))).all()


async def entries(connection: AsyncConnection, list_id: str) -> Sequence[Row[Any]]:
    statement = select(tasking_entry).where(tasking_entry.c.list == list_id).order_by(tasking_entry.c.rank)
    return (await connection.execute(statement)).all()


async def entry(connection: AsyncConnection, agency: str, list_id: str, business_id: str) -> Row[Any] | None:
    mine = (tasking_entry.c.list == list_id, tasking_entry.c.agency == agency)
    statement = select(tasking_entry).where(*mine, tasking_entry.c.business_id == business_id)
    return (await connection.execute(statement)).first()


async def decide(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """In the place of what was decided on this entry before."""
    table = tasking_decision
    same = (table.c.list == values["list"], table.c.business_id == values["business_id"], table.c.stands)
    await connection.execute(update(table).where(*same).values(stands=False))
    await connection.execute(insert(table).values(stands=True, **values))


async def decisions_on(connection: AsyncConnection, agency: str, business_ids: Collection[str]) -> Sequence[Row[Any]]:
    """What the agency decided on these businesses, the latest first."""
    table = tasking_decision
    statement = select(table).where(table.c.agency == agency, among(table.c.business_id))
    ordered = statement.order_by(table.c.decided_at.desc(), table.c.id.desc())
    return (await connection.execute(ordered, {"ids": many(business_ids)})).all()


async def decisions(
    connection: AsyncConnection, agency: str, wanted: Wanted, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    found = select(tasking_decision).where(tasking_decision.c.agency == agency, *_narrowed(wanted))
    return (await connection.execute(_latest(found, tasking_decision, "decided_at", agency, after, limit))).all()


def _narrowed(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    table = tasking_decision
    if wanted.decision:
        yield table.c.decision == wanted.decision
    if wanted.since:
        yield table.c.decided_on >= wanted.since
    if wanted.until:
        yield table.c.decided_on <= wanted.until
    if wanted.review_by:
        yield _is_due(wanted.review_by)
    if wanted.business_id:
        yield table.c.business_id == wanted.business_id
    if wanted.standing:
        yield table.c.stands


def _is_due(day: date) -> ColumnElement[bool]:
    """Whether it was to be looked at again by the day, and the agency has decided nothing on the business since."""
    table, later = tasking_decision, tasking_decision.alias()
    since = select(later.c.id).where(
        later.c.agency == table.c.agency,
        later.c.business_id == table.c.business_id,
        tuple_(later.c.decided_at, later.c.id) > tuple_(table.c.decided_at, table.c.id),
    )
    return and_(table.c.review_on <= day, not_(exists(since)))


async def due(connection: AsyncConnection, agency: str, day: date, most: int) -> Sequence[Row[Any]]:
    """The agency's decisions that are to be looked at again by the day, the longest overdue first."""
    statement = select(tasking_decision).where(tasking_decision.c.agency == agency, _is_due(day))
    ordered = statement.order_by(tasking_decision.c.review_on, tasking_decision.c.id).limit(most)
    return (await connection.execute(ordered)).all()


def _latest(
    found: Select[*tuple[Any, ...]], table: Table, time: str, agency: str, after: str | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The latest first, from behind the agency's own row `after`."""
    place = tuple_(table.c[time], table.c.id)
    if after:
        last = select(table.c[time], table.c.id).where(table.c.id == after, table.c.agency == agency)
        found = found.where(place < last.scalar_subquery())
    return found.order_by(table.c[time].desc(), table.c.id.desc()).limit(limit)


async def note_authority(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(primary_authority).values(**values))


async def end_authority(connection: AsyncConnection, agency: str, id_: str, day: date) -> bool:
    """Whether the agency has noted such an entry."""
    mine = (primary_authority.c.id == id_, primary_authority.c.agency == agency)
    return (await connection.execute(update(primary_authority).where(*mine).values(ends=day))).rowcount == 1


async def authorities(connection: AsyncConnection, agency: str, day: date | None = None) -> Sequence[Row[Any]]:
    """Those that the agency noted: all, or those that count on the day."""
    table = primary_authority
    counts = (table.c.starts <= day, or_(table.c.ends.is_(None), table.c.ends >= day)) if day else ()
    statement = select(table).where(table.c.agency == agency, *counts).order_by(table.c.noted_at, table.c.id)
    return (await connection.execute(statement)).all()
