"""Who has a card: its referrals, with the role that has each today; and who cannot have it, and why."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.life import OPEN
from services.referrals.handlers.desks import Desks, desks
from services.referrals.handlers.placing import Placed
from services.referrals.handlers.sight import as_met, grant, missing, title_of
from services.referrals.handlers.writing import Filing, Written
from services.referrals.store import cards, referrals, withheld
from services.referrals.store.withheld import Disclosure, disclosure_of
from shared.contracts.api.referrals.cards import CardReceipt, Holder, NotSent
from shared.contracts.api.referrals.life import Feedback, State
from shared.sharing import Partnership


class Held(NamedTuple):
    """Who has a card and who cannot have it."""

    has_it: tuple[Holder, ...]
    not_sent: tuple[NotSent, ...]


def new_receipt(filing: Filing, placed: Placed, written: Written, partnership: Partnership) -> CardReceipt:
    """As `receipt` would find it, without looking."""
    has_it = tuple(
        _holder(row, placed.area, [one.text for one in route.indicators], filing.desks, partnership)
        for row, route in zip(written.referrals, filing.routes, strict=True)
    )
    met = as_met(filing.card.met)
    refused = {Disclosure(one.agency, filing.purpose, filing.agency, met) for one in filing.withheld}
    held = Held(has_it, _refusals(refused, partnership))
    return _receipt(filing.card_id, written.at, filing.agency, held)


async def receipt(connection: AsyncConnection, card: Row[Any], partnership: Partnership) -> CardReceipt:
    held = (await holders(connection, [card], partnership))[card.id]
    return _receipt(card.id, card.filed_at, card.agency, held)


def _receipt(card_id: str, filed_at: Any, agency: str, held: Held) -> CardReceipt:
    return CardReceipt(card_id=card_id, filed_at=filed_at, **held._asdict(), says=_says(agency, held.has_it))


async def holders(connection: AsyncConnection, found: Sequence[Row[Any]], partnership: Partnership) -> dict[str, Held]:
    """By card, the agencies that have it, and those that would if a power let it go or still did."""
    by_id = {card.id: card for card in found}
    rows = await referrals.of_cards(connection, list(by_id))
    known = await desks(connection, {row.to_agency for row in rows})
    under = await referrals.indicators(connection, [row.id for row in rows])
    texts = {(row.card, row.indicator_id): row.spec["text"] for row in await cards.seen(connection, list(by_id))}
    held: dict[str, list[Holder]] = {id_: [] for id_ in by_id}
    refused: dict[str, set[Disclosure]] = {id_: set() for id_ in by_id}
    for row in rows:
        if State(row.state) in OPEN and not grant(*disclosure_of(row), partnership):
            refused[row.card].add(disclosure_of(row))
            continue
        said = [texts[row.card, id_] for id_ in under[row.id]]
        held[row.card].append(_holder(row._asdict(), by_id[row.card].area, said, known, partnership))
    for row in await withheld.of_cards(connection, list(by_id)):
        refused[row.card].add(disclosure_of(row))
    return {id_: Held(tuple(held[id_]), _refusals(refused[id_], partnership)) for id_ in by_id}


def _refusals(refused: Collection[Disclosure], partnership: Partnership) -> tuple[NotSent, ...]:
    """Those that no power lets go today; what one does is on its way."""
    return tuple(
        NotSent(agency=one.to_agency, title=title_of(one.to_agency, partnership), says=missing(*one, partnership))
        for one in sorted(refused)
        if not grant(*one, partnership)
    )


def _holder(
    row: Mapping[str, Any], area: str | None, indicators: Sequence[str], known: Desks, partnership: Partnership
) -> Holder:
    return Holder(
        referral_id=row["id"],
        agency=row["to_agency"],
        title=title_of(row["to_agency"], partnership),
        desk=known.desk(row["to_agency"], row["regime"], area),
        indicators=tuple(indicators),
        state=State(row["state"]),
        due_at=row["due_at"],
        feedback=Feedback(row["feedback"]) if row["feedback"] else None,
    )


def _says(agency: str, has_it: Sequence[Holder]) -> str:
    if all(one.agency == agency for one in has_it):
        return "No other agency has it: your own agency keeps it and can pass it on."
    titles = list(dict.fromkeys(one.title for one in has_it))
    *first, last = titles
    return f"{', '.join(first)} and {last} have it." if first else f"{last} has it."
