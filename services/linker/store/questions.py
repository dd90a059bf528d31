"""Pairs whose evidence lies between the bounds of the model, nearest to even odds first."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.graph import model_number
from services.linker.store.tables import business, member, mention, pair
from shared.runtime.among import among, many

Rows = Sequence[Row[*tuple[Any, ...]]]
Place = tuple[int, int, int]
START: Place = (-1, 0, 0)


async def doubtful(connection: AsyncConnection, audience: int, model_version: str, after: Place, limit: int) -> Rows:
    """Pairs of which the audience sees both records, from behind `after`, which is (doubt, a, b) by number: with their
    record ids and the numbers of their businesses."""
    first, second = member.alias("first"), member.alias("second")
    one, other = mention.alias("one"), mention.alias("other")
    statement = (
        select(
            pair.c.doubt,
            pair.c.a,
            pair.c.b,
            one.c.record_id.label("record_a"),
            other.c.record_id.label("record_b"),
            first.c.business.label("business_a"),
            second.c.business.label("business_b"),
        )
        .join(first, and_(first.c.record == pair.c.a, first.c.audience == audience))
        .join(second, and_(second.c.record == pair.c.b, second.c.audience == audience))
        .join(one, one.c.no == pair.c.a)
        .join(other, other.c.no == pair.c.b)
        .where(pair.c.model == model_number(model_version), pair.c.doubt.is_not(None))
        .where(tuple_(pair.c.doubt, pair.c.a, pair.c.b) > after)
        .order_by(pair.c.doubt, pair.c.a, pair.c.b)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def businesses(connection: AsyncConnection, audience: int, numbers: Collection[int]) -> Rows:
    """What matters of these businesses, by number, to whether two are worth looking at."""
    columns = (
        business.c.no,
        business.c.name,
        business.c.agencies,
        business.c.band,
        business.c.concerns,
        business.c.size,
    )
    statement = select(*columns).where(business.c.audience == audience, among(business.c.no))
    return (await connection.execute(statement, {"ids": many(numbers)})).all()
