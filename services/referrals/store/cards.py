"""Cards, what they name, and their photographs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.tables import (
    card,
    card_indicator,
    card_photo,
    card_record,
    card_trait,
    card_untraced,
    indicator_version,
    referral,
)
from shared.runtime.db import Database

_PHOTO = [column for column in card_photo.c if column is not card_photo.c.content]
Place = tuple[datetime, str]
"""(filed at, card), by which cards are in order."""
Source = tuple[str, str]
"""(from agency, conditions met): the pairs whose referrals may be seen whole."""


async def find(connection: AsyncConnection, card_id: str) -> Row[Any] | None:
    return (await connection.execute(select(card).where(card.c.id == card_id))).one_or_none()


async def of_officer(
    connection: AsyncConnection, agency: str, officer: str, before: Place | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first."""
    statement = select(card).where(card.c.agency == agency, card.c.officer == officer)
    if before is not None:
        statement = statement.where(tuple_(card.c.filed_at, card.c.id) < before)
    statement = statement.order_by(card.c.filed_at.desc(), card.c.id.desc()).limit(limit)
    return (await connection.execute(statement)).all()


async def seen(connection: AsyncConnection, cards: Collection[str]) -> Sequence[Row[Any]]:
    """Their indicators: card, indicator, version, whether the officer was briefed, and the version's spec."""
    version = (
        indicator_version.c.indicator_id == card_indicator.c.indicator_id,
        indicator_version.c.version == card_indicator.c.version,
    )
    statement = select(card_indicator, indicator_version.c.spec).join(indicator_version, (version[0]) & (version[1]))
    here = card_indicator.c.card.in_(cards)
    return (await connection.execute(statement.where(here).order_by(card_indicator.c.indicator_id))).all()


async def add_photo(database: Database, connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Whether it is new."""
    statement = database.insert_ignore(card_photo).values(values).returning(card_photo.c.id)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


async def photos(connection: AsyncConnection, card_id: str) -> Sequence[Row[Any]]:
    """Without what they show, oldest first."""
    from_card = card_photo.c.card == card_id
    size = await connection.execute(select(*_PHOTO).where(from_card).order_by(card_photo.c.added_at, card_photo.c.id))
    return size.all()


async def photo(connection: AsyncConnection, card_id: str, photo_id: str) -> Row[Any] | None:
    here = (card_photo.c.card == card_id, card_photo.c.id == photo_id)
    return (await connection.execute(select(card_photo).where(*here))).one_or_none()


async def keys_of(connection: AsyncConnection, card_id: str) -> list[str]:
    """Its traits."""
    return list((await connection.execute(select(card_trait.c.key).where(card_trait.c.card == card_id))).scalars())


async def untraced(connection: AsyncConnection, agency: str, limit: int) -> Sequence[Row[Any]]:
    """Cards of the agency whose traits are still to be asked for."""
    waiting = select(card).join(card_untraced, card_untraced.c.card == card.c.id)
    return (await connection.execute(waiting.where(card_untraced.c.agency == agency).limit(limit))).all()


async def trace(connection: AsyncConnection, card_id: str, traits: Sequence[Mapping[str, str]]) -> None:
    """Its traits, unless it was traced or erased meanwhile."""
    taken = await connection.execute(delete(card_untraced).where(card_untraced.c.card == card_id))
    if taken.rowcount and traits:
        await connection.execute(insert(card_trait), traits)


async def with_traits(
    connection: AsyncConnection, keys: Collection[str], viewer: str, sources: Collection[Source], limit: int
) -> Sequence[Row[Any]]:
    """Cards that name a place with one of these traits: those of the viewer's agency, and those that these sources
    referred to it, once for each referral and trait; newest first."""
    source = tuple_(referral.c.from_agency, referral.c.met)
    to_viewer = (referral.c.card == card.c.id) & (referral.c.to_agency == viewer) & source.in_(sources)
    traced = card_trait.join(card, card.c.id == card_trait.c.card).outerjoin(referral, to_viewer)
    statement = (
        select(card, card_trait.c.kind, card_trait.c.sentence, referral.c.id.label("referral"), referral.c.met)
        .select_from(traced)
        .where(card_trait.c.key.in_(keys))
        .where(or_(card.c.agency == viewer, referral.c.id.is_not(None)))
        .order_by(card.c.filed_at.desc(), card.c.id, card_trait.c.key)
        .limit(limit)
    )
    return (await connection.execute(statement)).all()


async def of_agency(connection: AsyncConnection, agency: str, ids: Collection[str]) -> Sequence[Row[Any]]:
    """Those of these cards that are the agency's."""
    return (await connection.execute(select(card).where(card.c.agency == agency, card.c.id.in_(ids)))).all()


_FOLLOW = (
    update(card)
    .where(card.c.id == bindparam("of_card"))
    .where(or_(card.c.followed_at.is_(None), card.c.followed_at < bindparam("at")))
    .values(business_id=bindparam("into"), followed_at=bindparam("at"))
)


async def naming(connection: AsyncConnection, records: Collection[str], agencies: Collection[str]) -> list[str]:
    """The cards of these agencies that were of a business with one of these records."""
    here = (card_record.c.record_id.in_(records), card_record.c.agency.in_(agencies))
    return list((await connection.execute(select(card_record.c.card).where(*here).distinct())).scalars())


async def follow(connection: AsyncConnection, cards: Sequence[str], into: str | None, at: datetime) -> None:
    """They are of another business now, unless something newer said otherwise."""
    if cards:
        await connection.execute(_FOLLOW, [{"of_card": id_, "into": into, "at": at} for id_ in cards])


async def of_business(connection: AsyncConnection, business_id: str, agencies: Collection[str]) -> list[str]:
    here = (card.c.business_id == business_id, card.c.agency.in_(agencies))
    return list((await connection.execute(select(card.c.id).where(*here))).scalars())


async def add_record(database: Database, connection: AsyncConnection, values: dict[str, Any]) -> None:
    await connection.execute(database.insert_ignore(card_record).values(values))
