"""What businesses share, as one audience sees it. Every function takes the audience, and none reads past it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.relation_tables import trait
from services.linker.store.tables import business, member, mention
from services.linker.store.writing import put, take
from shared.runtime.among import among, many
from shared.runtime.session import Session

_IS_MEMBER = and_(member.c.business == business.c.no, member.c.audience == business.c.audience)
_AUDIENCE: BindParameter[int] = bindparam("audience")


def put_traits(session: Session, postings: Sequence[tuple[int, int]]) -> None:
    """`postings` are (key, record number)."""
    put(session, trait, postings)


def take_traits(session: Session, postings: Sequence[tuple[int, int]]) -> None:
    take(session, trait, postings)


_GIVEN = (
    select(trait.c.key, business.c.business_id, business.c.no)
    .join(member, and_(member.c.record == trait.c.record, member.c.audience == _AUDIENCE))
    .join(business, _IS_MEMBER)
    .where(among(trait.c.key))
    .distinct()
    .cte("given")
)
_RANKED = select(
    _GIVEN,
    func.row_number().over(partition_by=_GIVEN.c.key, order_by=_GIVEN.c.business_id).label("place"),
    func.count().over(partition_by=_GIVEN.c.key).label("total"),
).cte("ranked")
_HOLDERS = select(_RANKED.c.key, _RANKED.c.no, _RANKED.c.business_id, _RANKED.c.total).where(
    _RANKED.c.place <= bindparam("most")
)


async def holders(
    connection: AsyncConnection, audience: int, keys: Collection[int], most: int
) -> Sequence[Row[int, int, str, int]]:
    """(key, business number, business id, how many businesses in all) of at most `most` businesses a key, the first in
    order of their ids."""
    if not keys:
        return []
    asked = {"ids": many(keys), "audience": audience, "most": most}
    return (await connection.execute(_HOLDERS, asked)).all()


_SAID: tuple[ColumnElement[Any], ...] = (
    business.c.no.label("business"),
    business.c.business_id,
    business.c.name,
    business.c.area,
    business.c.band,
    business.c.concerns,
    mention.c.no,
    mention.c.record_id,
    mention.c.agency,
    mention.c.regime,
    mention.c.received_on,
    mention.c.kind,
    mention.c.severity,
    mention.c.native_rating,
    mention.c.observed_on,
    mention.c.closed_on,
    mention.c.features,
    mention.c.details,
)
_PROFILES = (
    select(*_SAID)
    .join(member, _IS_MEMBER)
    .join(mention, mention.c.no == member.c.record)
    .where(business.c.audience == _AUDIENCE, among(business.c.no))
)


async def profiles(connection: AsyncConnection, audience: int, businesses: Collection[int]) -> Sequence[Row[Any]]:
    """Every record of these businesses, by number, with what is known of its business."""
    if not businesses:
        return []
    return (await connection.execute(_PROFILES, {"ids": many(businesses), "audience": audience})).all()


_NUMBER = select(business.c.no).where(business.c.audience == _AUDIENCE, business.c.business_id == bindparam("id"))


async def number_of(connection: AsyncConnection, audience: int, business_id: str) -> int | None:
    """The number of a business that the audience is shown."""
    asked = {"audience": audience, "id": business_id}
    return (await connection.execute(_NUMBER, asked)).scalar_one_or_none()


_HELD = select(member.c.business).where(member.c.audience == _AUDIENCE, among(member.c.record)).distinct()


async def holding(connection: AsyncConnection, audience: int, records: Collection[int]) -> list[int]:
    """The numbers of the businesses that hold any of these records."""
    return list((await connection.execute(_HELD, {"ids": many(records), "audience": audience})).scalars())
