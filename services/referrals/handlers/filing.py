"""Filing a card: once, however often it is sent; then a referral for each agency that is to get it and may."""

import hashlib
from functools import partial

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.clients.linker import Linker
from services.referrals.domain.routing import Route, routes
from services.referrals.handlers import indicators
from services.referrals.handlers.desks import desks
from services.referrals.handlers.placing import place
from services.referrals.handlers.receipts import new_receipt, receipt
from services.referrals.handlers.sight import as_met, grant, purpose_of
from services.referrals.handlers.tracing import trace_waiting
from services.referrals.handlers.writing import Filing, write
from services.referrals.store import cards
from services.referrals.store import indicators as indicator_store
from shared.contracts.api.referrals.cards import CardReceipt, NewCard, without_id
from shared.contracts.identifiers import derived_id
from shared.contracts.problem import FieldProblem
from shared.contracts.roles import Role
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.runtime.errors import Conflict, Forbidden, Invalid
from shared.runtime.peer import Caller
from shared.sharing import Partnership


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
        filing = await _prepared(connection, card_id, principal, officer, card, partnership)
    placed = await place(linker, caller, principal.agency, card)
    if placed.traits is not None:
        await trace_waiting(database, linker, caller, principal.agency)
    if written := await database.run(partial(write, filing=filing, placed=placed)):
        return new_receipt(filing, placed, written, partnership), True
    async with database.read() as connection:
        found = await _filed(connection, card_id, card, officer, partnership)
    assert found is not None, "somebody else filed it first"
    return found, False


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
    partnership: Partnership,
) -> Filing:
    """All that is known before anything is written: where it goes, and where it cannot go."""
    purpose, agency = purpose_of(principal, partnership), principal.agency
    chosen = await indicator_store.chosen(connection, card.indicators, today(), agency, officer)
    seen = indicators.known((indicators.indicator_of(one.version) for one in chosen.values()), card.indicators)
    interested = {id_: one.wanted_by for id_, one in chosen.items()}
    wanted = routes(seen, _partners(card, partnership), interested, agency)
    may = {one.agency for one in wanted if grant(one.agency, purpose, agency, as_met(card.met), partnership)}
    sent = tuple(one for one in wanted if one.agency in may) or (Route(agency, None, tuple(seen)),)
    return Filing(
        card_id=card_id,
        agency=agency,
        officer=officer,
        digest=digest_of(card, officer),
        purpose=purpose,
        card=card,
        seen=tuple(seen),
        briefed=frozenset(id_ for id_, one in chosen.items() if one.briefed),
        routes=sent,
        withheld=tuple(one for one in wanted if one.agency not in may),
        desks=await desks(connection, {one.agency for one in sent}),
    )


def _partners(card: NewCard, partnership: Partnership) -> tuple[str, ...]:
    if any(partnership.agency(one) is None for one in card.to):
        remedy = "Name agencies of this partnership."
        raise Invalid(errors=[FieldProblem(field="to", code="not_a_partner", remedy=remedy)])
    return card.to
