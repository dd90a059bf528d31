"""Pairs whose evidence lies between the bounds of the model, nearest to even odds first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Text, and_, cast, not_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.graph import model_number
from services.linker.store.tables import business, member, mention, pair

Rows = Sequence[Row[*tuple[Any, ...]]]
Place = tuple[int, int, int]
_SIDE = ("no", "agencies", "band", "regime_count", "size")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which pairs to read: from behind `after`, which is (doubt, a, b) by number, to the doubt `until`; those of two
    businesses that both have live concerns, or all others."""

    concerned: bool
    after: Place = (-1, 0, 0)
    until: int | None = None


async def doubtful(
    connection: AsyncConnection, audience: int, model_version: str, stretch: Stretch, limit: int
) -> Rows:
    """Pairs of which the audience sees both records, with their record ids, and of both businesses, as `left_…` and
    `right_…`, what tells whether they are worth looking at; concerns as JSON."""
    first, second = member.alias("first"), member.alias("second")
    one, other = mention.alias("one"), mention.alias("other")
    left, right = business.alias("left"), business.alias("right")
    concerned = and_(left.c.no != right.c.no, left.c.regime_count > 0, right.c.regime_count > 0)
    statement = (
        select(
            pair.c.doubt,
            pair.c.a,
            pair.c.b,
            one.c.record_id.label("record_a"),
            other.c.record_id.label("record_b"),
            *(side.c[name].label(f"{side.name}_{name}") for side in (left, right) for name in _SIDE),
            *(cast(side.c.concerns, Text).label(f"{side.name}_concerns") for side in (left, right)),
        )
        .join(first, and_(first.c.record == pair.c.a, first.c.audience == audience))
        .join(second, and_(second.c.record == pair.c.b, second.c.audience == audience))
        .join(left, and_(left.c.audience == audience, left.c.no == first.c.business))
        .join(right, and_(right.c.audience == audience, right.c.no == second.c.business))
        .join(one, one.c.no == pair.c.a)
        .join(other, other.c.no == pair.c.b)
        .where(pair.c.model == model_number(model_version), pair.c.doubt.is_not(None))
        .where(tuple_(pair.c.doubt, pair.c.a, pair.c.b) > stretch.after)
        .where(concerned if stretch.concerned else not_(concerned))
        .order_by(pair.c.doubt, pair.c.a, pair.c.b)
        .limit(limit)
    )
    if stretch.until is not None:
        statement = statement.where(pair.c.doubt <= stretch.until)
    return (await connection.execute(statement)).all()
