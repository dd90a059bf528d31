"""Businesses of an audience that a search may mean, by the records that have the words."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.search.rank import Place
from services.linker.store.postings import asked_of, having_all
from services.linker.store.reading import Filters, in_view
from services.linker.store.tables import business, member, mention
from shared.runtime.among import among, many, unindexed

AnyRow = Row[*tuple[Any, ...]]


class Holder(NamedTuple):
    """A visible record and the business it is part of."""

    record: int
    business: int
    priority: int
    business_id: str


async def holders(
    connection: AsyncConnection, audience_no: int, records: Collection[int], filters: Filters
) -> list[Holder]:
    """The businesses of these records, as far as they pass `filters`.

    Two look-ups by key: joined, SQLite would begin with all businesses of the audience.
    """
    held = select(member.c.record, member.c.business).where(member.c.audience == audience_no, among(member.c.record))
    of = (await connection.execute(held, {"ids": many(records)})).all()
    here = (among(business.c.no), *in_view(audience_no, filters))
    passing = select(business.c.no, business.c.priority, business.c.business_id).where(*here)
    asked = {"ids": many({number for _, number in of})}
    found = {row.no: row for row in await connection.execute(passing, asked)}
    return [
        Holder(record, number, found[number].priority, found[number].business_id)
        for record, number in of
        if number in found
    ]


_RECORDS_OF = select(member.c.record, member.c.business).where(
    member.c.audience == bindparam("audience"), among(member.c.business)
)


async def records_of(
    connection: AsyncConnection, audience_no: int, businesses: Collection[int]
) -> Sequence[Row[int, int]]:
    """(record, business) of all records of these businesses."""
    asked = {"audience": audience_no, "ids": many(businesses)}
    return (await connection.execute(_RECORDS_OF, asked)).all()


async def by_priority(
    connection: AsyncConnection,
    audience_no: int,
    sources: Sequence[int],
    each: Sequence[Collection[str]],
    filters: Filters,
    after: Place | None,
    limit: int,
) -> list[Place]:
    """The most worrying businesses of which a visible record has a word of each of `each`; these are many.

    Who has the words is found once; businesses are then read in order of worry until `limit` of them are among those.
    """
    records = select(having_all(len(each)).subquery().c.record)
    having = select(member.c.business).where(member.c.audience == audience_no, member.c.record.in_(records))
    here = (business.c.no.in_(having), *in_view(audience_no, filters))
    statement = select(business.c.priority, business.c.business_id).where(*here)
    if after:
        same = and_(business.c.priority == after.priority, business.c.business_id > after.business_id)
        statement = statement.where(or_(business.c.priority < after.priority, same))
    statement = statement.order_by(business.c.priority.desc(), business.c.business_id).limit(limit)
    return [Place(0, *row) for row in await connection.execute(statement, asked_of(sources, each))]


async def shown(
    connection: AsyncConnection, audience_no: int, business_ids: Collection[str]
) -> tuple[dict[str, Row[Any]], dict[str, list[AnyRow]]]:
    """The businesses, and the mentions of each, by business id."""
    wanted = select(business).where(unindexed(business.c.audience) == audience_no, among(business.c.business_id))
    found = (await connection.execute(wanted, {"ids": many(business_ids)})).all()
    named = (mention.c.no, mention.c.record_id, mention.c.source_ref, mention.c.sector)
    said = (
        select(member.c.business, *named, mention.c.features, mention.c.details)
        .join(mention, mention.c.no == member.c.record)
        .where(member.c.audience == audience_no, among(member.c.business))
        .order_by(mention.c.record_id)
    )
    mentions: dict[int, list[AnyRow]] = {row.no: [] for row in found}
    for row in await connection.execute(said, {"ids": many(mentions)}):
        mentions[row.business].append(row)
    return {row.business_id: row for row in found}, {row.business_id: mentions[row.no] for row in found}
