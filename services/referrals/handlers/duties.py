"""What else goes when what people wrote is put right or destroyed: clocks, copies, the record that came of a card.

Others are told, so that they do the same with theirs (UK GDPR article 19).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Row

from services.referrals.domain.life import OPEN
from services.referrals.handlers.recording import regime_of
from services.referrals.handlers.saying import say_amended
from services.referrals.store import duties as store
from services.referrals.store.request_tables import sanitised
from services.referrals.store.tables import duties
from shared.contracts.api.duties import ItemKind
from shared.contracts.api.referrals.life import State
from shared.contracts.events.referrals import CardRecorded, NotesDisposed
from shared.duties import items
from shared.duties.kinds import Change, Keeper
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict


async def _card(tx: Tx, ids: Sequence[str], change: Change) -> None:
    sent = await store.referrals_of(tx.connection, ids)
    if change is Change.erased:
        await _empty_copies(tx, ids)
        await store.end(tx.connection, ids, OPEN, utc_now())
        _take_back(tx, sent)
    for row in sent:
        say_amended(tx, row, _after(row, change), erased=change is Change.erased)


def _after(row: Row[Any], change: Change) -> State:
    return State.closed if change is Change.erased and row.state in OPEN else State(row.state)


def _take_back(tx: Tx, sent: Sequence[Row[Any]]) -> None:
    """The records that came of them, once for each regime. Ingest knows which of them there are."""
    for card, agency, regime in sorted({(row.card, row.from_agency, regime_of(row)) for row in sent}):
        gone = CardRecorded(agency=agency, regime=regime, source_ref=card, record=None, erased=True)
        tx.shred(CardRecorded, key=card)
        tx.publish(gone, subject=card)


async def _empty_copies(tx: Tx, cards: Sequence[str]) -> None:
    """What a receiver took over word for word; what it wrote anew is its own."""
    for row in await store.copies(tx.connection, cards):
        await items.empty(tx.connection, store.INTELLIGENCE, row.agency, [row.item])


async def _feedback(tx: Tx, ids: Sequence[str], change: Change) -> None:
    for row in await store.some_referrals(tx.connection, ids):
        say_amended(tx, row, State(row.state), erased=change is Change.erased)


async def _intelligence(tx: Tx, ids: Sequence[str], change: Change) -> None:
    if change is Change.erased:
        await _empty_conditions(tx, sanitised.c.intelligence, ids)


async def _sanitised(tx: Tx, ids: Sequence[str], change: Change) -> None:
    if change is Change.erased:
        await _empty_conditions(tx, sanitised.c.id, ids)


async def _empty_conditions(tx: Tx, which: Column[str], ids: Sequence[str]) -> None:
    """Of versions, the one part of a grade that is words."""
    for row in await store.versions(tx.connection, which, ids):
        if row.grading.get("conditions"):
            await store.put_grading(tx.connection, row.id, row.grading | {"conditions": store.ERASED})


async def _request(tx: Tx, ids: Sequence[str], change: Change) -> None:
    if change is Change.erased and await store.open_requests(tx.connection, ids):
        raise Conflict("A request is not over: withdraw it, or refuse it, first.")


KEEPER = Keeper(
    duties,
    store.KINDS,
    {
        ItemKind.card: _card,
        ItemKind.feedback: _feedback,
        ItemKind.intelligence: _intelligence,
        ItemKind.sanitised: _sanitised,
        ItemKind.request: _request,
        ItemKind.answer: _request,
    },
    NotesDisposed,
)
