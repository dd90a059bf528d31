"""What is new since the last call: on businesses of high risk in the chair's own view, on cards that the chair's agency
filed or was sent, and of intelligence that it may have. Nothing is looked at with more than the chair's own token."""

from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.clients.linker import Linker
from services.referrals.handlers import sanitised
from services.referrals.store import intelligence, noted
from shared.contracts.api.linker.businesses import Business
from shared.contracts.api.referrals.agendas import ItemKind
from shared.runtime.clock import LONDON, new_id, utc_now
from shared.runtime.peer import Caller
from shared.sharing import CARDS, Partnership

_MOST = 200
Rows = list[dict[str, Any]]


async def risks(linker: Linker, caller: Caller, since: date) -> list[Business]:
    """The businesses of high risk of which something was seen since that day, the most worrying first."""
    new = [one for one in await linker.most_worrying(caller) if one.last_on >= since]
    found = [await linker.business(caller, one.business_id) for one in new]
    return [one for one in found if one]


def risk_rows(agenda: str, businesses: list[Business]) -> Rows:
    return [
        _row(agenda, ItemKind.risk, one.business_id)
        | {
            "says": {"title": one.name, "area": one.area, "says": [each.reason for each in one.risk.regimes]},
            "sources": sorted({(each.agency, each.category) for each in one.members}),
        }
        for one in businesses
    ]


async def card_rows(connection: AsyncConnection, agenda: Row[Any]) -> Rows:
    """What was seen, in the words of the indicators: an officer's own words stay on the card."""
    cards = await noted.cards_since(connection, agenda.chair, agenda.since, _MOST)
    seen = await noted.seen_by(connection, agenda.chair, cards)
    return [
        _row(agenda.id, ItemKind.card, one.id)
        | {
            "says": {"title": one.place.get("name") or "A card", "area": one.area, "says": seen[one.id]},
            "sources": [(one.agency, CARDS)],
        }
        for one in cards
        if seen[one.id]
    ]


async def intelligence_rows(connection: AsyncConnection, agenda: Row[Any], partnership: Partnership) -> Rows:
    which = await sanitised.visible(connection, agenda.chair, partnership.stream_purpose, partnership)
    new = await intelligence.made_since(connection, which, agenda.since, _MOST)
    return [intelligence_row(agenda.id, one.id) for one in new]


def intelligence_row(agenda: str, sanitised_id: str) -> dict[str, Any]:
    """Of the version itself, which says what it says and who may have it whenever the agenda is read."""
    return _row(agenda, ItemKind.intelligence, sanitised_id) | {"says": None, "sources": []}


def _row(agenda: str, kind: ItemKind, ref: str) -> dict[str, Any]:
    return {"id": new_id("itm"), "agenda": agenda, "kind": kind, "ref": ref, "added_at": utc_now()}


def day_of(agenda: Row[Any]) -> date:
    since: date = agenda.since.astimezone(LONDON).date()
    return since
