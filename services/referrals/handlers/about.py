"""The cards of a business: those that were picked as it, and those put in words before anybody knew it.

What the business has in common with others the linker says at each look, of the reader's own view; what a card has, its
own words said when it was filed. So a card in words is found again once the graph knows the business, whoever filed it,
and nothing that one agency sees is kept for another (docs/adr/0023).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.referrals.clients.linker import Linker
from services.referrals.handlers.reading import MOST_RELATED, Reader, whole_sources
from services.referrals.store import cards
from shared.contracts.api.referrals.referrals import Beside
from shared.runtime.errors import NotFound
from shared.runtime.peer import Caller

_OURS = "Your agency's card is of this business."


@dataclass(frozen=True, slots=True)
class Known:
    """A business as one caller sees it: its id, its records, and the keys of what it could share."""

    business_id: str
    records: tuple[str, ...]
    keys: tuple[str, ...]


async def known(linker: Linker, caller: Caller, business_id: str) -> Known:
    """Raises NotFound where the caller sees none."""
    business = await linker.business(caller, business_id)
    if business is None:
        raise NotFound
    traits = await linker.traits_of(caller, business.business_id)
    records = tuple(one.record_id for one in business.members)
    return Known(business.business_id, records, tuple(one.key for one in traits))


async def cards_about(reader: Reader, business: Known) -> list[Beside]:
    """Newest first."""
    sources = await whole_sources(reader)
    rows = await cards.with_traits(reader.connection, business.keys, reader.agency, sources, MOST_RELATED)
    by_card: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_card.setdefault(row.id, []).append(row)
        if row.agency != reader.agency:
            reader.given(row.id, row.agency, row.met)
    found = [_beside(of_it) for of_it in by_card.values()]
    found += [_own(row) for row in await _followed(reader, business) if row.id not in by_card]
    return sorted(found, key=lambda one: (one.filed_at, one.card_id), reverse=True)


async def _followed(reader: Reader, business: Known) -> Sequence[Row[Any]]:
    """The agency's own cards that went with this business, wherever that went."""
    connection, own = reader.connection, {reader.agency}
    ids: Collection[str] = {
        *await cards.of_business(connection, business.business_id, own),
        *await cards.naming(connection, business.records, own),
    }
    return await cards.of_agency(connection, reader.agency, ids)


def _beside(rows: Sequence[Row[Any]]) -> Beside:
    first, sentences = rows[0], dict.fromkeys(row.sentence for row in rows)
    return Beside(
        card_id=first.id,
        referral_id=first.referral,
        agency=first.agency,
        filed_at=first.filed_at,
        sentence=" ".join(sentences),
    )


def _own(row: Row[Any]) -> Beside:
    return Beside(card_id=row.id, referral_id=None, agency=row.agency, filed_at=row.filed_at, sentence=_OURS)
