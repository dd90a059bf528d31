"""Findings of each audience, what they rest on, and where they are due to be looked for again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from string import digits
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.relation_tables import finding, finding_basis, finding_due
from services.linker.store.tables import audience, business, member, mention, move, rebuild, record
from services.linker.store.writing import put, put_named, take
from shared.runtime.among import among, many
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_NOTE = Statement(insert(finding_due), omit=["no"])


def note(session: Session, records: Collection[int] = (), traits: Collection[int] = ()) -> None:
    """Findings may have changed around these records, and through traits with these keys."""
    if records or traits:
        note_each(session, [(records, traits)])


def note_each(
    session: Session, notes: Iterable[tuple[Collection[int], Collection[int]]], audience_: int | None = None
) -> None:
    """Several notes of (records, traits). What is noted together is looked for together. One of neither, of a view that
    is new, is a note of all that the view shows."""
    session.run(_NOTE, [(sorted(records), sorted(traits), audience_) for records, traits in notes])


_HELD = Statement(select(mention.c.no).order_by(mention.c.no))


def note_all(session: Session, at_once: int) -> None:
    """Findings may have changed everywhere: a note for so many records each."""
    held = [row.no for row in session.fetch(_HELD)]
    note_each(session, [(held[start : start + at_once], ()) for start in range(0, len(held), at_once)])


_NOTE_AGAIN = Statement(
    insert(finding_due).from_select(
        ["records", "traits", "audience"],
        select(finding_due.c.records, finding_due.c.traits, bindparam("audience", type_=BigInteger)).where(
            finding_due.c.audience.is_(None)
        ),
    )
)


def note_again(session: Session, audience_: int) -> None:
    """A view whose findings are those of another lacks what is due there."""
    session.fetch(_NOTE_AGAIN, audience=audience_)


_OTHERWISE_FOUND = Statement(
    select(finding.c.finding_id).where(finding.c.rules_version != bindparam("version")).limit(1)
)


def any_found_otherwise(session: Session, rules_version: str) -> bool:
    """Whether a finding was found by another version of the rules."""
    return bool(session.fetch(_OTHERWISE_FOUND, version=rules_version))


@dataclass(frozen=True, slots=True)
class Due:
    """Notes to work off together, and all that they name; `audience` is that of a view that is new."""

    notes: tuple[int, ...]
    records: frozenset[int]
    traits: frozenset[int]
    audience: int | None

    @property
    def is_everywhere(self) -> bool:
        return bool(self.notes) and not (self.records or self.traits)


_NEW_VIEWS_FIRST = (finding_due.c.audience.is_(None), finding_due.c.audience, finding_due.c.no)


async def due(connection: AsyncConnection, most: int) -> Due:
    """The oldest notes, of a view that is new before those of all, up to so many records and traits but at least one
    note; empty where there is nothing to do."""
    notes: list[int] = []
    records: set[int] = set()
    traits: set[int] = set()
    audience_: int | None = None
    for row in await connection.execute(select(finding_due).order_by(*_NEW_VIEWS_FIRST).limit(most)):
        named = len(row.records) + len(row.traits)
        is_full = not (named and records | traits) or len(records) + len(traits) + named > most
        if notes and (row.audience != audience_ or is_full):
            break
        audience_ = row.audience
        notes.append(row.no)
        records.update(row.records)
        traits.update(row.traits)
    return Due(tuple(notes), frozenset(records), frozenset(traits), audience_)


_OF_NEW_VIEWS = Statement(select(finding_due.c.no).where(finding_due.c.audience.is_not(None)).limit(1))


def any_of_new_views(session: Session) -> bool:
    """Whether a view that is new has not been searched to its end."""
    return bool(session.fetch(_OF_NEW_VIEWS))


_STILL_DUE = Statement(select(finding_due.c.no).where(among(finding_due.c.no)))


def take_due(session: Session, worked_off: Due) -> bool:
    """Take its notes away, unless some are gone: then another worker has been quicker, and perhaps knew more."""
    still_there = session.fetch(_STILL_DUE, ids=many(worked_off.notes))
    if len(still_there) < len(worked_off.notes):
        return False
    take(session, finding_due, [(no,) for no in worked_off.notes])
    return True


_AUDIENCES = select(
    audience, exists(select(rebuild.c.topic)).label("rebuilding"), exists(select(move.c.source)).label("moving")
).order_by(audience.c.audience)


async def audiences(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """Every audience, each with whether the graph is being rebuilt, and whether any agency is still to be told that it
    sees another view."""
    return (await connection.execute(_AUDIENCES)).all()


_RESTING = (
    select(finding_basis.c.finding_id)
    .where(among(finding_basis.c.basis), finding_basis.c.audience == bindparam("audience"))
    .distinct()
)
_BY_ID = select(finding).where(among(finding.c.finding_id), finding.c.audience == bindparam("audience"))


async def resting_on(connection: AsyncConnection, audience_: int, basis: Collection[int]) -> dict[str, Row[Any]]:
    """By id, the findings that rest on any of these numbers of records or keys of traits."""
    ids = await connection.execute(_RESTING, {"ids": many(basis), "audience": audience_})
    return await by_id(connection, audience_, list(ids.scalars()))


async def by_id(connection: AsyncConnection, audience_: int, finding_ids: Collection[str]) -> dict[str, Row[Any]]:
    if not finding_ids:
        return {}
    rows = await connection.execute(_BY_ID, {"ids": many(finding_ids), "audience": audience_})
    return {row.finding_id: row for row in rows}


def replace(session: Session, audience_: int, before: Sequence[Row[Any]], after: Sequence[dict[str, Any]]) -> None:
    """Findings in the place of others; the rows of `after` are whole but for their audience."""
    take(session, finding_basis, [(basis, audience_, row.finding_id) for row in before for basis in _basis(row)])
    take(session, finding, [(audience_, row.finding_id) for row in before])
    put_named(session, finding, [row | {"audience": audience_} for row in after])
    put(
        session,
        finding_basis,
        [(basis, audience_, row["finding_id"]) for row in after for basis in {*row["numbers"], *row["traits"]}],
    )


def _basis(row: Row[Any]) -> set[int]:
    return {*row.numbers, *row.traits}


_ALL_OF = Statement(select(finding).where(finding.c.audience == bindparam("audience")).order_by(finding.c.finding_id))


def all_of(session: Session, audience_: int) -> Sequence[Any]:
    return session.fetch(_ALL_OF, audience=audience_)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which findings to list; empty means all."""

    types: tuple[str, ...] = ()
    area: str | None = None
    business_id: str | None = None


async def page(
    connection: AsyncConnection, audience_: int, filters: Filters, after: tuple[date, str] | None, limit: int
) -> Sequence[Row[Any]]:
    """The latest first, from behind `after`, a (since, finding id)."""
    conditions: list[ColumnElement[bool]] = [finding.c.audience == audience_]
    if filters.types:
        conditions.append(finding.c.type.in_(filters.types))
    if filters.area:
        conditions.append(_in_area(filters.area))
    if filters.business_id:
        conditions.append(finding.c.finding_id.in_(_of_business(audience_, filters.business_id)))
    if after:
        since, id_ = after
        behind = and_(finding.c.since == since, finding.c.finding_id > id_)
        conditions.append(or_(finding.c.since < since, behind))
    statement = select(finding).where(*conditions).order_by(finding.c.since.desc(), finding.c.finding_id).limit(limit)
    return (await connection.execute(statement)).all()


def _in_area(area: str) -> ColumnElement[bool]:
    """UB1 is that district; UB is every district of the postcode area."""
    if area.isalpha():
        return or_(*(finding.c.areas.contains(f"|{area}{digit}", autoescape=True) for digit in digits))
    return finding.c.areas.contains(f"|{area}|", autoescape=True)


def _of_business(audience_: int, business_id: str) -> Select[str]:
    """Findings that rest on a record of the business and name it."""
    return (
        select(finding_basis.c.finding_id)
        .join(member, and_(member.c.record == finding_basis.c.basis, member.c.audience == finding_basis.c.audience))
        .join(business, and_(business.c.no == member.c.business, business.c.audience == member.c.audience))
        .where(business.c.business_id == business_id, business.c.audience == audience_)
    )


async def cited(connection: AsyncConnection, audience_: int, record_ids: Collection[str]) -> Sequence[Row[Any]]:
    """The records behind a finding, each with the business that it is part of, in order of date."""
    statement = (
        select(mention, business.c.business_id, business.c.name.label("business_name"))
        .join(member, and_(member.c.record == mention.c.no, member.c.audience == audience_))
        .join(business, and_(business.c.no == member.c.business, business.c.audience == member.c.audience))
        .join(record, record.c.no == mention.c.no)
        .where(among(record.c.record_id))
        .order_by(func.coalesce(mention.c.observed_on, mention.c.received_on), mention.c.record_id)
    )
    return (await connection.execute(statement, {"ids": many(record_ids)})).all()
