"""Records with the businesses that an audience sees them in, for explanations."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.graph import model_number
from services.linker.store.tables import business, member, mention, pair, record
from shared.runtime.among import among, many

Rows = Sequence[Row[*tuple[Any, ...]]]


def _visible(audience: int) -> Select[*tuple[Any, ...]]:
    """Every record that the audience sees: as mentioned, with `business_id` and the number of its business."""
    return (
        select(mention, business.c.business_id, member.c.business)
        .join(member, and_(member.c.record == mention.c.no, member.c.audience == audience))
        .join(business, and_(business.c.no == member.c.business, business.c.audience == audience))
        .order_by(mention.c.record_id)
    )


async def records(connection: AsyncConnection, audience: int, record_ids: Collection[str]) -> Rows:
    """Those of these records that the audience sees."""
    statement = _visible(audience).join(record, record.c.no == mention.c.no).where(among(record.c.record_id))
    return (await connection.execute(statement, {"ids": many(record_ids)})).all()


async def members(connection: AsyncConnection, audience: int, business_id: str, limit: int) -> Rows:
    """The records of this business as the audience sees it; none for one that it does not see."""
    statement = _visible(audience).where(business.c.business_id == business_id).limit(limit)
    return (await connection.execute(statement)).all()


async def records_of(connection: AsyncConnection, audience: int, businesses: Collection[int], limit: int) -> Rows:
    """The records of these businesses, by number, as the audience sees them."""
    statement = _visible(audience).where(among(member.c.business)).limit(limit)
    return (await connection.execute(statement, {"ids": many(businesses)})).all()


async def neighbours(
    connection: AsyncConnection, audience: int, model_version: str, numbers: Collection[int], limit: int
) -> Rows:
    """Other records that the audience sees and that link to one of these."""
    near = select(pair.c.b).where(pair.c.model == model_number(model_version), among(pair.c.a), pair.c.linked)
    others = mention.c.no.not_in(sorted(numbers))
    statement = _visible(audience).where(mention.c.no.in_(near), others).limit(limit)
    return (await connection.execute(statement, {"ids": many(numbers)})).all()


async def sources_of(
    connection: AsyncConnection, audience: int, businesses: Collection[int]
) -> dict[int, frozenset[tuple[str, str]]]:
    """(owner, category) of the records of each of these businesses, by number, that the audience sees."""
    statement = (
        select(member.c.business, mention.c.agency, mention.c.category)
        .join(mention, mention.c.no == member.c.record)
        .where(member.c.audience == audience, among(member.c.business))
        .distinct()
    )
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for number, owner, category in await connection.execute(statement, {"ids": many(businesses)}):
        found[number].add((owner, category))
    return {number: frozenset(sources) for number, sources in found.items()}
