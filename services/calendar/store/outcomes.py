"""Outcomes of visits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import outcome

Place = tuple[date, str]
"""Where a page ended: the day and the id of its last outcome."""


@dataclass(frozen=True, slots=True)
class Wanted:
    visit: str | None = None
    agency: str | None = None
    kind: str | None = None
    regime: str | None = None
    since: date | None = None
    until: date | None = None
    late: bool | None = None


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(outcome).values(**values))


async def one(connection: AsyncConnection, outcome_id: str, agency: str) -> Row[Any] | None:
    """The agency's own of this id."""
    statement = select(outcome).where(outcome.c.id == outcome_id, outcome.c.agency == agency)
    return (await connection.execute(statement)).one_or_none()


async def remove(connection: AsyncConnection, outcome_id: str) -> None:
    await connection.execute(delete(outcome).where(outcome.c.id == outcome_id))


async def page(
    connection: AsyncConnection, agencies: Collection[str], wanted: Wanted, after: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """Of these agencies, in order of the day on which they became known."""
    statement = select(outcome).where(outcome.c.agency.in_(sorted(agencies)), *_conditions(wanted))
    if after:
        statement = statement.where(tuple_(outcome.c.found_on, outcome.c.id) > tuple_(*after))
    ordered = statement.order_by(outcome.c.found_on, outcome.c.id).limit(limit)
    found: Sequence[Row[Any]] = (await connection.execute(ordered)).all()
    return found


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("visit", "agency", "kind", "regime", "late"):
        if (value := getattr(wanted, name)) is not None:
            yield outcome.c[name] == value
    if wanted.since:
        yield outcome.c.found_on >= wanted.since
    if wanted.until:
        yield outcome.c.found_on <= wanted.until
