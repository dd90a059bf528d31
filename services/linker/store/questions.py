"""Pairs whose evidence lies between the bounds of the model, nearest to where they would link first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, Text, and_, bindparam, cast, not_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.graph import model_number
from services.linker.store.tables import business, member, pair, record

Rows = Sequence[Row[*tuple[Any, ...]]]
Place = tuple[int, int, int]
_SIDE = ("no", "agencies", "band", "regime_count", "size")


_ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which pairs to read: from behind `after`, which is (doubt, a, b) by number, to the doubt `until`; those of two
    businesses that both have live concerns, or all others."""

    concerned: bool
    after: Place = (-1, 0, 0)
    until: int = _ALL


def _doubtful(*, of_concerned: bool) -> Select[*tuple[Any, ...]]:
    audience: ColumnElement[int] = bindparam("audience", type_=business.c.audience.type)
    first, second = member.alias("first"), member.alias("second")
    left, right = business.alias("left"), business.alias("right")
    concerned = and_(left.c.no != right.c.no, left.c.regime_count > 0, right.c.regime_count > 0)
    place = (pair.c.doubt, pair.c.a, pair.c.b)
    behind = tuple_(*(bindparam(column.name, type_=column.type) for column in place))
    return (
        select(
            *place,
            _record_id(pair.c.a).label("record_a"),
            _record_id(pair.c.b).label("record_b"),
            *(side.c[name].label(f"{side.name}_{name}") for side in (left, right) for name in _SIDE),
            *(cast(side.c.concerns, Text).label(f"{side.name}_concerns") for side in (left, right)),
        )
        .join(first, and_(first.c.record == pair.c.a, first.c.audience == audience))
        .join(second, and_(second.c.record == pair.c.b, second.c.audience == audience))
        .join(left, and_(left.c.audience == audience, left.c.no == first.c.business))
        .join(right, and_(right.c.audience == audience, right.c.no == second.c.business))
        .where(pair.c.model == bindparam("model", type_=Integer), pair.c.doubt.is_not(None))
        .where(tuple_(*place) > behind, pair.c.doubt <= bindparam("until", type_=Integer))
        .where(concerned if of_concerned else not_(concerned))
        .order_by(*place)
        .limit(bindparam("limit", type_=Integer))
    )


def _record_id(number: ColumnElement[int]) -> ColumnElement[str]:
    """Looked up for the pairs that are wanted; joined, it would be for those that are passed over too."""
    return select(record.c.record_id).where(record.c.no == number).scalar_subquery()


_DOUBTFUL = {of_concerned: _doubtful(of_concerned=of_concerned) for of_concerned in (True, False)}


async def doubtful(
    connection: AsyncConnection, audience: int, model_version: str, stretch: Stretch, limit: int
) -> Rows:
    """Pairs of which the audience sees both records, with their record ids, and of both businesses, as `left_…` and
    `right_…`, what tells whether they are worth looking at; concerns as JSON."""
    doubt, a, b = stretch.after
    asked = {"audience": audience, "model": model_number(model_version), "limit": limit, "until": stretch.until}
    asked |= {"doubt": doubt, "a": a, "b": b}
    return (await connection.execute(_DOUBTFUL[stretch.concerned], asked)).all()
