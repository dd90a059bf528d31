"""What one audience may read. Every function takes the audience, and none reads past it."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from string import digits
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, Text, and_, bindparam, case, exists, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.naming import common_address
from services.linker.domain.search.said import sector_words
from services.linker.store.graph import model_number
from services.linker.store.relation_tables import finding_due, trait
from services.linker.store.tables import audience, business, member, mention, pair, rebuild, record, retired
from shared.runtime.among import among, many, unindexed

_LONGEST_CHAIN = 50
_AT_ONCE = 1000
_IS_MEMBER = and_(member.c.business == business.c.no, member.c.audience == business.c.audience)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which businesses to list; empty means all. `sector` is a word of a type of business, `shares` the key of a trait
    (`domain/relate/traits.py`) that one of the visible records has."""

    bands: tuple[str, ...] = ()
    regime: str | None = None
    area: str | None = None
    agency: str | None = None
    min_agencies: int = 1
    min_regimes: int = 0
    sector: str | None = None
    shares: int | None = None


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
    """The most worrying first, from behind `after`, a (priority, business id).

    Those as worrying as it are asked for by themselves: thousands are, and a store would go through all of them again
    to find those behind.
    """
    here = in_view(audience_, filters)
    if after is None:
        return await _in_order(connection, here, limit)
    priority, id_ = after
    as_worrying = (business.c.priority == priority, business.c.business_id > id_)
    found = await _in_order(connection, (*here, *as_worrying), limit)
    if len(found) == limit:
        return found
    return [*found, *await _in_order(connection, (*here, business.c.priority < priority), limit - len(found))]


async def _in_order(
    connection: AsyncConnection, wanted: Iterable[ColumnElement[bool]], limit: int
) -> Sequence[Row[Any]]:
    ordered = select(business).where(*wanted).order_by(business.c.priority.desc(), business.c.business_id)
    return (await connection.execute(ordered.limit(limit))).all()


def in_view(audience_: int, filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions that a business of the audience meets which passes `filters`."""
    found: list[ColumnElement[bool]] = [
        business.c.audience == audience_,
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
    if filters.shares is not None:
        found.append(business.c.no.in_(_sharing(audience_, filters.shares)))
    return found + [_lists(business.c.sectors, word) for word in sector_words(filters.sector)]


def _sharing(audience_: int, key: int) -> Select[int]:
    """The numbers of the businesses of which the audience sees a record with this trait."""
    seen = and_(member.c.record == trait.c.record, member.c.audience == audience_)
    return select(member.c.business).join(trait, seen).where(trait.c.key == key)


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


_DETAILS = (
    select(member.c.business, mention.c.details)
    .join(mention, mention.c.no == member.c.record)
    .where(member.c.audience == bindparam("audience"), among(member.c.business))
)


async def addresses(connection: AsyncConnection, audience_: int, numbers: Collection[int]) -> dict[int, str | None]:
    """Where each of these businesses, by number, is: by its visible records."""
    said: dict[int, list[str | None]] = {number: [] for number in numbers}
    for row in await connection.execute(_DETAILS, {"audience": audience_, "ids": many(numbers)}):
        said[row.business].append(orjson.loads(row.details)["address"])
    return {number: common_address(given) for number, given in said.items()}


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
    ).where(*in_view(audience_, filters))
    return (await connection.execute(statement)).one()


def _how_many(condition: ColumnElement[bool]) -> Any:
    return func.count().filter(condition)


async def funnel(
    connection: AsyncConnection, audience_: int, filters: Filters, wide: int, narrow: int
) -> tuple[int, int, int]:
    """How many businesses there are, and how many have live concerns in at least `wide` and `narrow` regimes."""
    steps = (business.c.regime_count >= regimes for regimes in (wide, narrow))
    statement = select(func.count(), *map(_how_many, steps)).where(*in_view(audience_, filters))
    every, many_, few = (await connection.execute(statement)).one()
    return every, many_, few


async def by_agency(connection: AsyncConnection, audience_: int, filters: Filters) -> dict[str, int]:
    """Of how many businesses the audience sees a record of each agency."""
    statement = (
        select(business.c.agencies, func.count()).where(*in_view(audience_, filters)).group_by(business.c.agencies)
    )
    found: Counter[str] = Counter()
    for agencies, count in await connection.execute(statement):
        found.update(dict.fromkeys(agencies.strip("|").split("|"), count))
    return dict(found)


_SHOWN = (
    business.c.business_id,
    business.c.name,
    business.c.area,
    business.c.agencies,
    business.c.band,
    business.c.score,
    type_coerce(business.c.concerns, Text),  # as it is stored
    business.c.first_on,
    business.c.last_on,
)


async def fingerprint(connection: AsyncConnection, audience_: int, filters: Filters) -> bytes:
    """16 bytes that stay the same as long as these businesses, their records and what those say do.

    A sum over rows, so that they come as the store has them: to sort them takes it longer than all else.
    """
    here = in_view(audience_, filters)
    versions = select(business.c.business_id, record.c.record_id, record.c.version)
    held = versions.join(member, _IS_MEMBER).join(record, record.c.no == member.c.record)
    total = 0
    for statement in (select(*_SHOWN).where(*here), held.where(*here)):
        async for rows in (await connection.stream(statement)).partitions(_AT_ONCE):
            total += sum(_digest(row) for row in rows)
    return (total % (1 << 128)).to_bytes(16)


def _digest(row: Row[Any]) -> int:
    return int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=16).digest())


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
