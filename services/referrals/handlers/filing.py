"""Filing a card: once, however often it is sent; then a referral for each agency that is to get it and may."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.clients.linker import Linker
from services.referrals.domain.policy import clock_starts, due, policy_on
from services.referrals.domain.routing import Route, routes
from services.referrals.handlers import indicators
from services.referrals.handlers.desks import Desks, desks
from services.referrals.handlers.placing import Placed, place
from services.referrals.handlers.receipts import receipt
from services.referrals.handlers.saying import say_received
from services.referrals.handlers.sight import as_met, grant, missing, purpose_of, title_of
from services.referrals.store import cards, referrals
from services.referrals.store import indicators as indicator_store
from shared.contracts.api.referrals.cards import CardReceipt, NewCard, NotSent, without_id
from shared.contracts.api.referrals.indicators import Indicator
from shared.contracts.api.referrals.life import State
from shared.contracts.events.referrals import CardFiled
from shared.contracts.identifiers import derived_id
from shared.contracts.problem import FieldProblem
from shared.contracts.roles import Role
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid
from shared.runtime.peer import Caller
from shared.sharing import Partnership


@dataclass(frozen=True, slots=True)
class Filing:
    """A card on its way in. `briefed` are the (indicator, version) pairs that the officer was briefed on."""

    card_id: str
    principal: Principal
    officer: str
    purpose: str
    card: NewCard
    seen: tuple[Indicator, ...]
    briefed: frozenset[tuple[str, int]]
    routes: tuple[Route, ...]
    not_sent: tuple[NotSent, ...]
    desks: Desks
    placed: Placed

    @property
    def digest(self) -> str:
        return digest_of(self.card, self.officer)

    def is_trained(self, route: Route) -> bool:
        return any((one.indicator_id, one.version) in self.briefed for one in route.indicators)


class FiledBefore(Exception):
    """A concurrent request filed it first; whatever this transaction did is to be undone."""


def card_id_of(agency: str, card: NewCard) -> str:
    """Of the agency's own making, so that nobody learns from an id whether another agency has used it."""
    return derived_id("crd", agency, str(card.id))


def digest_of(card: NewCard, officer: str) -> str:
    said = orjson.dumps([officer, without_id(card)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).hexdigest()


async def file(
    database: Database, linker: Linker, principal: Principal, caller: Caller, card: NewCard, partnership: Partnership
) -> tuple[CardReceipt, bool]:
    """The receipt, and whether the card is new. Raises Conflict where its id was used for another one."""
    officer = _officer(principal, card)
    card_id = card_id_of(principal.agency, card)
    async with database.read() as connection:
        if found := await _filed(connection, card_id, card, officer, partnership):
            return found, False
    placed = await place(linker, caller, principal.agency, card)
    async with database.read() as connection:
        filing = await _prepared(connection, card_id, principal, officer, card, placed, partnership)
    try:
        async with database.transaction() as tx:
            await _store(database, tx, filing)
    except FiledBefore:
        async with database.read() as connection:
            found = await _filed(connection, card_id, card, officer, partnership)
            assert found is not None
            return found, False
    async with database.read() as connection:
        row = await cards.find(connection, card_id)
        return await receipt(connection, row, partnership), True


async def _filed(
    connection: AsyncConnection, card_id: str, card: NewCard, officer: str, partnership: Partnership
) -> CardReceipt | None:
    row = await cards.find(connection, card_id)
    if row is None:
        return None
    if row.digest != digest_of(card, officer):
        raise Conflict("A card with other words has this id. Give each card an id of its own.")
    return await receipt(connection, row, partnership)


def _officer(principal: Principal, card: NewCard) -> str:
    """Who filed it: the caller, or the officer that the agency's own system names."""
    if card.officer is None:
        return principal.subject
    if Role.agency_system not in principal.roles:
        raise Forbidden("Only your agency's own system files a card for an officer.")
    return card.officer


async def _prepared(
    connection: AsyncConnection,
    card_id: str,
    principal: Principal,
    officer: str,
    card: NewCard,
    placed: Placed,
    partnership: Partnership,
) -> Filing:
    """All that is known before anything is written: where it goes, where it cannot go and why."""
    purpose, agency, met = purpose_of(principal, partnership), principal.agency, as_met(card.met)
    seen = indicators.known(await indicators.begun(connection), card.indicators)
    interested = await indicator_store.interested(connection, card.indicators)
    wanted = routes(seen, _partners(card, partnership), interested, agency)
    sent = [one for one in wanted if grant(one.agency, purpose, agency, met, partnership)]
    refused = {one.agency for one in wanted} - {one.agency for one in sent}
    return Filing(
        card_id=card_id,
        principal=principal,
        officer=officer,
        purpose=purpose,
        card=card,
        seen=tuple(seen),
        briefed=frozenset(await indicator_store.briefed(connection, agency, officer)),
        routes=tuple(sent) or (Route(agency, None, tuple(seen)),),
        not_sent=tuple(
            NotSent(
                agency=one,
                title=title_of(one, partnership),
                says=missing(one, purpose, agency, met, partnership),
            )
            for one in sorted(refused)
        ),
        desks=await desks(connection, {one.agency for one in sent}),
        placed=placed,
    )


def _partners(card: NewCard, partnership: Partnership) -> tuple[str, ...]:
    if any(partnership.agency(one) is None for one in card.to):
        remedy = "Name agencies of this partnership."
        raise Invalid(errors=[FieldProblem(field="to", code="not_a_partner", remedy=remedy)])
    return card.to


async def _store(database: Database, tx: Tx, filing: Filing) -> None:
    now = utc_now()
    if not await cards.claim(database, tx.connection, _card_row(filing, now)):
        raise FiledBefore
    await cards.add_parts(tx.connection, *_parts(filing))
    rows = [_referral_row(filing, route, now) for route in filing.routes]
    await add_referrals(tx, rows, [[one.indicator_id for one in route.indicators] for route in filing.routes])
    filed = CardFiled(
        card_id=filing.card_id, agency=filing.principal.agency, referrals=tuple(row["id"] for row in rows)
    )
    tx.publish(filed, subject=filing.card_id)


async def add_referrals(tx: Tx, rows: list[dict[str, Any]], under: list[list[str]]) -> None:
    """Referrals with the ids of their indicators, the first line of their history, and the word to whom it concerns."""
    await referrals.add(
        tx.connection,
        rows,
        [{"referral": row["id"], "indicator_id": id_} for row, found in zip(rows, under, strict=True) for id_ in found],
    )
    await referrals.note_first(tx.connection, [_first_line(row) for row in rows])
    for row in rows:
        say_received(tx, row)


def _card_row(filing: Filing, now: datetime) -> dict[str, Any]:
    card, placed = filing.card, filing.placed
    return {
        "id": filing.card_id,
        "agency": filing.principal.agency,
        "officer": filing.officer,
        "digest": filing.digest,
        "filed_at": now,
        "purpose": filing.purpose,
        "business_id": placed.business_id,
        "followed_at": None,
        "picked": placed.picked,
        "place": placed.place.model_dump(mode="json", exclude_none=True),
        "area": placed.area,
        "seen_at": card.seen_at,
        "text": card.text,
        "reach_me": card.reach_me,
        "not_sent": [one.model_dump(mode="json") for one in filing.not_sent],
    }


def _parts(filing: Filing) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of its indicators, of the records of its business, and of its traits."""
    seen = [
        {
            "card": filing.card_id,
            "indicator_id": one.indicator_id,
            "version": one.version,
            "briefed": (one.indicator_id, one.version) in filing.briefed,
        }
        for one in filing.seen
    ]
    agency = filing.principal.agency
    records = [{"record_id": one, "card": filing.card_id, "agency": agency} for one in filing.placed.records]
    traits = [
        {"key": one.key, "card": filing.card_id, "kind": one.kind, "sentence": one.sentence}
        for one in filing.placed.traits
    ]
    return seen, records, traits


def _referral_row(filing: Filing, route: Route, now: datetime) -> dict[str, Any]:
    return opened(clock_starts(now, filing.desks.role(route.agency, route.regime, filing.placed.area))) | {
        "card": filing.card_id,
        "from_agency": filing.principal.agency,
        "to_agency": route.agency,
        "regime": route.regime,
        "purpose": filing.purpose,
        "met": as_met(filing.card.met),
        "trained": filing.is_trained(route),
        "follows": None,
    }


def opened(starts: datetime) -> dict[str, Any]:
    """What every new referral begins with, its clock from `starts` on."""
    clock = due(State.received, starts, policy_on(today()))
    return {
        "id": new_id("ref"),
        "state": State.received,
        "version": 1,
        "received_at": starts,
        "due_at": clock.due_at,
        "look_at": clock.look_at,
        "escalations": 0,
        "taken_by": None,
        "feedback": None,
        "closed_at": None,
    }


def _first_line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "referral": row["id"],
        "at": row["received_at"],
        "agency": row["to_agency"],
        "person": None,
        "step": "receive",
        "state": row["state"],
        "words": None,
        "feedback": None,
    }
