"""Who has a card: its referrals, with the role that has each today."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.handlers.desks import desks
from services.referrals.handlers.sight import title_of
from services.referrals.store import cards, referrals
from shared.contracts.api.referrals.cards import CardReceipt, Holder, NotSent
from shared.contracts.api.referrals.life import Feedback, State
from shared.sharing import Partnership


async def receipt(connection: AsyncConnection, card: Row[Any] | None, partnership: Partnership) -> CardReceipt:
    assert card is not None
    has_it = (await holders(connection, [card], partnership))[card.id]
    return CardReceipt(
        card_id=card.id, filed_at=card.filed_at, has_it=has_it, not_sent=not_sent(card), says=_says(card, has_it)
    )


def not_sent(card: Row[Any]) -> tuple[NotSent, ...]:
    return tuple(NotSent.model_validate(one) for one in card.not_sent)


async def holders(
    connection: AsyncConnection, found: Sequence[Row[Any]], partnership: Partnership
) -> dict[str, tuple[Holder, ...]]:
    """By card, the agencies that have it."""
    by_id = {card.id: card for card in found}
    rows = await referrals.of_cards(connection, list(by_id))
    known = await desks(connection, {row.to_agency for row in rows})
    under = await referrals.indicators(connection, [row.id for row in rows])
    texts = {(row.card, row.indicator_id): row.spec["text"] for row in await cards.seen(connection, list(by_id))}
    held: dict[str, list[Holder]] = {id_: [] for id_ in by_id}
    for row in rows:
        held[row.card].append(
            Holder(
                referral_id=row.id,
                agency=row.to_agency,
                title=title_of(row.to_agency, partnership),
                desk=known.desk(row.to_agency, row.regime, by_id[row.card].area),
                indicators=tuple(texts[row.card, id_] for id_ in under[row.id]),
                state=State(row.state),
                due_at=row.due_at,
                feedback=Feedback(row.feedback) if row.feedback else None,
            )
        )
    return {id_: tuple(found) for id_, found in held.items()}


def _says(card: Row[Any], has_it: Sequence[Holder]) -> str:
    if all(one.agency == card.agency for one in has_it):
        return "No other agency has it: your own agency keeps it and can pass it on."
    titles = list(dict.fromkeys(one.title for one in has_it))
    *first, last = titles
    return f"{', '.join(first)} and {last} have it." if first else f"{last} has it."
