"""What one audience may read. Every function takes the audience, and none reads past it."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from string import digits
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.search.said import sector_words
from services.linker.store.graph import model_number
from services.linker.store.relation_tables import finding_due
from services.linker.store.tables import audience, business, member, mention, pair, rebuild, retired
from shared.runtime.among import among, many, unindexed

_LONGEST_CHAIN = 50
_IS_MEMBER = and_(member.c.business == business.c.no, member.c.audience == business.c.audience)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which businesses to list; empty means all. `sector` is a word of a type of business."""

    bands: tuple[str, ...] = ()
    regime: str | None = None
    area: str | None = None
    agency: str | None = None
    min_agencies: int = 1
    min_regimes: int = 0
    sector: str | None = None


_COMPLETE = select(audience.c.no).where(
    audience.c.no == bindparam("audience"),
    audience.c.filled_to.is_(None),
    ~audience.c.leaving,
    ~exists(select(finding_due.c.no).where(finding_due.c.audience == audience.c.no)),
    ~exists(select(rebuild.c.topic)),
)


async def is_complete(connection: AsyncConnection, audience_: int) -> bool:
    """Whether the audience's view has been worked out to the end, findings that it began with as a copy of another
    included, and no rebuild is reading what records once said. One that is leaving, while the rules that gave it are
    back already, holds what was retracted since."""
    return await connection.scalar(_COMPLETE, {"audience": audience_}) is not None


async def search(
    connection: AsyncConnection, audience_: int, filters: Filters, after: tuple[int, str] | None, limit: int
) -> Sequence[Row[Any]]:
    """The most worrying first, from behind `after`, a (priority, business id)."""
    found = [business.c.audience == audience_, *conditions(filters)]
    if after:
        priority, id_ = after
        behind = and_(business.c.priority == priority, business.c.business_id > id_)
        found.append(or_(business.c.priority < priority, behind))
    statement = select(business).where(*found)
    ordered = statement.order_by(business.c.priority.desc(), business.c.business_id).limit(limit)
    return (await connection.execute(ordered)).all()


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        business.c.agency_count >= filters.min_agencies,
        business.c.regime_count >= filters.min_regimes,
    ]
    if filters.bands:
        found.append(business.c.band.in_(filters.bands))
    if filters.regime:
        found.append(_lists(business.c.regimes, filters.regime))
    if filters.agency:
        found.append(_lists(business.c.agencies, filters.agency))
    if filters.area:
        found.append(in_area(filters.area.upper()))
    return found + [_lists(business.c.sectors, word) for word in sector_words(filters.sector)]


def _lists(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    return column.contains(f"|{value}|", autoescape=True)


def in_area(area: str) -> ColumnElement[bool]:
    """UB1 is that district; UB is every district of the postcode area."""
    if area.isalpha():
        return or_(*(business.c.area.startswith(area + digit, autoescape=True) for digit in digits))
    return business.c.area == area


async def one(connection: AsyncConnection, audience_: int, business_id: str) -> Row[Any] | None:
    here = (business.c.audience == audience_) & (business.c.business_id == business_id)
    return (await connection.execute(select(business).where(here))).one_or_none()


async def members(connection: AsyncConnection, audience_: int, business_id: str) -> Sequence[Row[Any]]:
    statement = (
        select(mention)
        .join(member, member.c.record == mention.c.no)
        .join(business, _IS_MEMBER)
        .where(business.c.audience == audience_, business.c.business_id == business_id)
        .order_by(mention.c.record_id)
    )
    return (await connection.execute(statement)).all()


async def went_to(connection: AsyncConnection, audience_: int, business_id: str) -> list[str]:
    """The businesses of today that hold what was once in this one; none if it never was or was withdrawn."""
    seen, ids, living = {business_id}, [business_id], set[str]()
    for _ in range(_LONGEST_CHAIN):
        statement = select(retired.c.into).where(retired.c.audience == audience_, among(retired.c.business_id))
        rows = await connection.execute(statement, {"ids": many(ids)})
        parts = {part for into in rows.scalars() for part in into} - seen
        if not parts:
            break
        seen |= parts
        here = (unindexed(business.c.audience) == audience_, among(business.c.business_id))
        found = select(business.c.business_id).where(*here)
        living |= set((await connection.execute(found, {"ids": many(parts)})).scalars())
        ids = sorted(parts - living)
    return sorted(living)


async def pairs_within(
    connection: AsyncConnection, model_version: str, records: Collection[int], limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The pairs among these records (by number) that the model compared, strongest first, by the ids of the records."""
    first, second = mention.alias("first"), mention.alias("second")
    ordered = first.c.record_id < second.c.record_id
    a = case((ordered, first.c.record_id), else_=second.c.record_id)
    b = case((ordered, second.c.record_id), else_=first.c.record_id)
    statement = (
        select(a.label("a"), b.label("b"), pair.c.weight, pair.c.linked)
        .join(first, first.c.no == pair.c.a)
        .join(second, second.c.no == pair.c.b)
        .where(pair.c.model == model_number(model_version), among(pair.c.a), among(pair.c.b))
        .where(pair.c.a > pair.c.b)
        .order_by(pair.c.weight.desc(), a, b)
        .limit(limit)
    )
    return (await connection.execute(statement, {"ids": many(records)})).all()


async def totals(connection: AsyncConnection, audience_: int, filters: Filters) -> Row[Any]:
    """The counts of Table 1 of the seed."""
    statement = select(
        func.count().label("businesses"),
        func.coalesce(func.sum(business.c.size), 0).label("records"),
        _how_many(business.c.agency_count >= 2).label("known_to_two_or_more"),
        _how_many(business.c.agency_count >= 3).label("known_to_three_or_more"),
        _how_many(business.c.regime_count >= 2).label("concerns_in_two_or_more_regimes"),
        _how_many(business.c.regime_count >= 3).label("concerns_in_three_or_more_regimes"),
    ).where(business.c.audience == audience_, *conditions(filters))
    return (await connection.execute(statement)).one()


def _how_many(condition: ColumnElement[bool]) -> Any:
    return func.count().filter(condition)


async def funnel(
    connection: AsyncConnection, audience_: int, filters: Filters, wide: int, narrow: int
) -> tuple[int, int, int]:
    """How many businesses there are, and how many have live concerns in at least `wide` and `narrow` regimes."""
    steps = (business.c.regime_count >= regimes for regimes in (wide, narrow))
    statement = select(func.count(), *map(_how_many, steps)).where(
        business.c.audience == audience_, *conditions(filters)
    )
    every, many_, few = (await connection.execute(statement)).one()
    return every, many_, few


async def by_agency(connection: AsyncConnection, audience_: int, filters: Filters) -> dict[str, int]:
    """Of how many businesses the audience sees a record of each agency."""
    statement = (
        select(business.c.agencies, func.count())
        .where(business.c.audience == audience_, *conditions(filters))
        .group_by(business.c.agencies)
    )
    found: Counter[str] = Counter()
    for agencies, count in await connection.execute(statement):
        found.update(dict.fromkeys(agencies.strip("|").split("|"), count))
    return dict(found)


async def graph(connection: AsyncConnection, audience_: int) -> AsyncIterator[Row[str, str, str, str]]:
    """(feed, source_ref, record_id, business_id) of every visible record, in order of record id."""
    statement = (
        select(mention.c.feed, mention.c.source_ref, mention.c.record_id, business.c.business_id)
        .join(member, member.c.record == mention.c.no)
        .join(business, _IS_MEMBER)
        .where(member.c.audience == audience_)
        .order_by(mention.c.record_id)
    )
    async for row in await connection.stream(statement):
        yield row
