"""What the sharing rules let an agency have no more, or not yet: referrals withheld at filing, and those withdrawn."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.tables import card, referral, withheld


class Disclosure(NamedTuple):
    """What the rules are asked. `met` are conditions, as a referral has them."""

    to_agency: str
    purpose: str
    from_agency: str
    met: str


def disclosure_of(row: Row[Any]) -> Disclosure:
    """Of a referral, or of one that is withheld."""
    return Disclosure(row.to_agency, row.purpose, row.from_agency, row.met)


_WITHHELD, _REFERRED = ([getattr(table.c, name) for name in Disclosure._fields] for table in (withheld, referral))


async def of_cards(connection: AsyncConnection, cards: Collection[str]) -> Sequence[Row[Any]]:
    return (await connection.execute(select(withheld).where(withheld.c.card.in_(cards)))).all()


async def disclosures(connection: AsyncConnection) -> list[Disclosure]:
    """Of all that is withheld."""
    return [Disclosure(*row) for row in (await connection.execute(select(*_WITHHELD).distinct())).all()]


async def to_release(
    connection: AsyncConnection, allowed: Collection[Disclosure], since: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Of cards filed since then, with the area of each; oldest first."""
    found = select(withheld, card.c.area).join(card, card.c.id == withheld.c.card)
    found = found.where(tuple_(*_WITHHELD).in_(allowed), card.c.filed_at >= since)
    return (await connection.execute(found.order_by(card.c.filed_at, withheld.c.id).limit(limit))).all()


async def take(connection: AsyncConnection, id_: str) -> bool:
    """Whether it was withheld until now: of two who release it, one does."""
    gone = delete(withheld).where(withheld.c.id == id_).returning(withheld.c.id)
    return (await connection.execute(gone)).first() is not None


async def open_disclosures(connection: AsyncConnection, *, withdrawn: bool) -> list[Disclosure]:
    """Of referrals that have a clock, or had one when they were withdrawn."""
    return [Disclosure(*row) for row in (await connection.execute(select(*_REFERRED).where(_is(withdrawn)).distinct()))]


async def referrals(
    connection: AsyncConnection, of: Collection[Disclosure], limit: int, *, withdrawn: bool
) -> Sequence[Row[Any]]:
    """Those of these disclosures that have a clock, or had one when they were withdrawn."""
    found = select(referral).where(_is(withdrawn), tuple_(*_REFERRED).in_(of)).order_by(referral.c.id).limit(limit)
    return (await connection.execute(found)).all()


async def swap(connection: AsyncConnection, row: Row[Any], **values: Any) -> bool:
    """Whether nobody took a step or swapped it since it was read."""
    same = (referral.c.id == row.id, referral.c.version == row.version, _is(row.withdrawn_at is not None))
    changed = update(referral).where(*same).values(**values).returning(referral.c.id)
    return (await connection.execute(changed)).first() is not None


def _is(withdrawn: bool) -> Any:
    return referral.c.withdrawn_at.is_not(None) if withdrawn else referral.c.due_at.is_not(None)
