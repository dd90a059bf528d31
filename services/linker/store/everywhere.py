"""Where in a view of which nothing is known yet a finding can be: what several of its businesses share, and the
businesses that may show one by themselves. These are few, so nobody need look around every record."""

from collections.abc import Sequence

import orjson
from sqlalchemy import bindparam, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.relation_tables import trait
from services.linker.store.tables import business, member, mention
from shared.contracts.record import TradingStatus

_PAGE = 5000

_SEEN = member.c.audience == bindparam("audience")
_HOLDERS = func.count(distinct(member.c.business))
_SHARED = (
    select(trait.c.key)
    .join(member, (member.c.record == trait.c.record) & _SEEN)
    .group_by(trait.c.key)
    .having(_HOLDERS.between(2, bindparam("most")))
    .order_by(trait.c.key)
)


async def shared(connection: AsyncConnection, audience: int, most: int) -> Sequence[int]:
    """The keys of traits that two to `most` businesses give."""
    return (await connection.execute(_SHARED, {"audience": audience, "most": most})).scalars().all()


_REGIMES = (
    select(business.c.no)
    .where(business.c.audience == bindparam("audience"), business.c.regime_count >= bindparam("least"))
    .order_by(business.c.no)
)


async def of_regimes(connection: AsyncConnection, audience: int, least: int) -> Sequence[int]:
    """The businesses with live concerns in so many regimes, by number."""
    return (await connection.execute(_REGIMES, {"audience": audience, "least": least})).scalars().all()


_DETAILS = (
    select(mention.c.no, mention.c.details, member.c.business)
    .join(member, (member.c.record == mention.c.no) & _SEEN)
    .where(mention.c.no > bindparam("after"))
    .order_by(mention.c.no)
    .limit(_PAGE)
)
_CLOSED = TradingStatus.closed.value.encode()


async def with_closed_record(connection: AsyncConnection, audience: int) -> set[int]:
    """The businesses of which a record says that they closed, by number."""
    found: set[int] = set()
    after = 0
    while rows := (await connection.execute(_DETAILS, {"audience": audience, "after": after})).all():
        found.update(row.business for row in rows if _CLOSED in row.details and _is_closed(row.details))
        after = rows[-1].no
    return found


def _is_closed(details: bytes) -> bool:
    return bool(orjson.loads(details)["status"] == TradingStatus.closed)
