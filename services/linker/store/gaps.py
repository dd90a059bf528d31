"""Businesses known to one agency and not to another, as far as one audience sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.reading import Filters, in_view
from services.linker.store.tables import audience, business, member, mention
from shared.sharing import DECISIONS


@dataclass(frozen=True, slots=True)
class Gap:
    """Agencies by id. `regime` and `not_regime` narrow which records count; `seen_since` leaves out who may be gone;
    `area` and `sector` are as for the list of businesses."""

    known_to: str
    not_to: str
    regime: str | None = None
    not_regime: str | None = None
    seen_since: date | None = None
    area: str | None = None
    sector: str | None = None


async def sees_records_of(connection: AsyncConnection, audience_: int, agency: str) -> bool:
    """Whether any category of the agency's records is shared with the audience."""
    visible = await connection.execute(select(audience.c.visible).where(audience.c.no == audience_))
    return any(owner == agency and category != DECISIONS for owner, category in visible.scalar_one())


async def page(
    connection: AsyncConnection, audience_: int, gap: Gap, after: tuple[int, str] | None, limit: int
) -> Sequence[Row[Any]]:
    """The most worrying first, from behind `after`, a (priority, business id)."""
    wanted = [
        *in_view(audience_, Filters(agency=gap.known_to, area=gap.area, sector=gap.sector)),
        _has_record(gap.known_to, gap.regime),
        ~_has_record(gap.not_to, gap.not_regime),
    ]
    if gap.seen_since:
        wanted.append(business.c.last_on >= gap.seen_since)
    if after:
        priority, id_ = after
        behind = and_(business.c.priority == priority, business.c.business_id > id_)
        wanted.append(or_(business.c.priority < priority, behind))
    statement = select(business).where(*wanted)
    ordered = statement.order_by(business.c.priority.desc(), business.c.business_id).limit(limit)
    return (await connection.execute(ordered)).all()


def _has_record(agency: str, regime: str | None) -> ColumnElement[bool]:
    here = select(mention.c.no).join(member, member.c.record == mention.c.no)
    mine = and_(member.c.business == business.c.no, member.c.audience == business.c.audience)
    wanted = here.where(mine, mention.c.agency == agency)
    return exists(wanted.where(mention.c.regime == regime) if regime else wanted)
