"""Cards that an agency filed or was sent, and what was seen: for agendas."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store import cards
from services.referrals.store.tables import card, referral, referral_indicator


async def cards_since(connection: AsyncConnection, agency: str, since: datetime, limit: int) -> Sequence[Row[Any]]:
    """The newest, newest first."""
    sent = exists().where(referral.c.card == card.c.id, referral.c.to_agency == agency)
    found = select(card).where(or_(card.c.agency == agency, sent), card.c.filed_at > since)
    return (await connection.execute(found.order_by(card.c.filed_at.desc(), card.c.id.desc()).limit(limit))).all()


async def seen_by(connection: AsyncConnection, agency: str, rows: Sequence[Row[Any]]) -> dict[str, list[str]]:
    """The texts of the indicators on each card: all of the agency's own, of others' those for which it was sent."""
    own = {row.id for row in rows if row.agency == agency}
    sent = await _sent(connection, agency, {row.id for row in rows} - own)
    found: dict[str, list[str]] = defaultdict(list)
    for one in await cards.seen(connection, [row.id for row in rows]):
        if one.card in own or (one.card, one.indicator_id) in sent:
            found[one.card].append(one.spec["text"])
    return found


async def held(connection: AsyncConnection, agency: str, ids: Collection[str]) -> set[str]:
    """Those of these cards that the agency filed or was sent."""
    sent = exists().where(referral.c.card == card.c.id, referral.c.to_agency == agency)
    found = select(card.c.id).where(card.c.id.in_(sorted(ids)), or_(card.c.agency == agency, sent))
    return set((await connection.execute(found)).scalars())


async def _sent(connection: AsyncConnection, agency: str, ids: Collection[str]) -> set[tuple[str, str]]:
    statement = (
        select(referral.c.card, referral_indicator.c.indicator_id)
        .join(referral_indicator, referral_indicator.c.referral == referral.c.id)
        .where(referral.c.to_agency == agency, referral.c.card.in_(sorted(ids)))
    )
    return {(row.card, row.indicator_id) for row in (await connection.execute(statement)).all()}
