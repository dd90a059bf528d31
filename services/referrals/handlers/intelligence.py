"""Intelligence of the caller's own agency: taken in, graded, its source kept apart, and sanitised for others."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.intelligence import NAMES_SOURCE, leads_to_source
from services.referrals.handlers.contacts import is_named_for
from services.referrals.handlers.reading import Reader
from services.referrals.store import cards, referrals
from services.referrals.store import intelligence as store
from shared.contracts.api.referrals.intelligence import (
    Grading,
    GradingSaid,
    Handling,
    Identity,
    IntelligenceSaid,
    NewIntelligence,
    NewSanitised,
    Reading,
)
from shared.contracts.api.referrals.requests import Reason
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.sharing import Level, Partnership

SOURCE_HANDLING = "source-handling"
"""The topic under which an agency names those of its people who may read who a source is."""
_NOT_A_HANDLER = (
    "Who the source is, only who noted it and your agency's contact for the topic source-handling may read."
)


async def take(tx: Tx, principal: Principal, partnership: Partnership, given: NewIntelligence) -> str:
    """The id of what was taken in."""
    _check_agencies(partnership, "origin", (given.origin,) if given.origin else ())
    text, origin = await _came(tx.connection, principal, partnership, given)
    values = given.model_dump(mode="json") | {"received_on": given.received_on, "text": text}
    made = {"agency": principal.agency, "made_at": utc_now(), "made_by": principal.subject}
    id_ = new_id("int")
    origin = None if origin == principal.agency else origin
    await store.add(tx.connection, **values | made | {"id": id_, "origin": origin})
    return id_


async def _came(
    connection: AsyncConnection, principal: Principal, partnership: Partnership, given: NewIntelligence
) -> tuple[str, str | None]:
    """The original, and the agency that it came from. Of a referral only as much as its receiver may have today."""
    if given.referral is None:
        return given.text or "", given.origin
    row = await referrals.find(connection, given.referral)
    reader = Reader(connection, principal, partnership)
    grant = reader.grant(row) if row is not None and row.to_agency == principal.agency else None
    if row is None or grant is None:
        raise Invalid(errors=[_fault("referral", "unknown", "Name a referral that your agency received.")])
    card = await cards.find(connection, row.card) if grant.level is Level.full else None
    return given.text or (card.text if card else None) or "", row.from_agency


async def grade(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: Grading) -> None:
    """As it is graded from now on. What was sanitised before keeps the grade that it left with."""
    await own(tx.connection, principal, id_)
    _check_agencies(partnership, "agencies", given.agencies)
    values = {"id": new_id("gra"), "intelligence": id_, "at": utc_now(), "by": principal.subject}
    await store.add_grading(tx.connection, says=given.model_dump(mode="json"), **values)


async def keep_source(tx: Tx, principal: Principal, id_: str, given: Identity) -> None:
    await own(tx.connection, principal, id_)
    if await store.source(tx.connection, id_) is not None:
        raise Conflict("The source is noted already.")
    await store.keep_source(tx.connection, intelligence=id_, kept_by=principal.subject, **given.model_dump())


async def read_source(tx: Tx, principal: Principal, id_: str, given: Reason) -> Identity:
    """Who the source is. That it was read, by whom and why, is noted in the same transaction."""
    await own(tx.connection, principal, id_)
    row = await store.source(tx.connection, id_)
    if row is None:
        raise NotFound
    if row.kept_by != principal.subject and not await is_named_for(tx.connection, principal, SOURCE_HANDLING):
        raise Forbidden(_NOT_A_HANDLER)
    await _note_reading(tx, principal, id_, given.says)
    return Identity(name=row.name, reached=row.reached)


async def _note_reading(tx: Tx, principal: Principal, id_: str, reason: str) -> None:
    read = {"id": new_id("rdg"), "intelligence": id_, "at": utc_now(), "by": principal.subject}
    await store.note_reading(tx.connection, reason=reason, **read)


async def readings(connection: AsyncConnection, principal: Principal, id_: str) -> list[Reading]:
    await own(connection, principal, id_)
    return [Reading(by=row.by, at=row.at, reason=row.reason) for row in await store.readings(connection, id_)]


async def faults_of(tx: Tx, principal: Principal, id_: str, given: NewSanitised) -> tuple[FieldProblem, ...]:
    """Of a text that is the original or names the source. Who is told that it names the source has learnt something of
    it, so that is noted as a reading."""
    row, source = await own(tx.connection, principal, id_), await store.source(tx.connection, id_)
    found = tuple(leads_to_source(given.text, row.text, source and source.name))
    if any(one.code == NAMES_SOURCE for one in found):
        await _note_reading(tx, principal, id_, "A text was refused because it named the source.")
    return found


async def sanitise(tx: Tx, principal: Principal, id_: str, given: NewSanitised) -> str:
    """The id of a version that may leave, with the grade of today. Raises Conflict before there is one."""
    row = await own(tx.connection, principal, id_)
    graded = await store.gradings(tx.connection, id_)
    if not graded:
        raise Conflict("Grade it first.")
    return await _sanitised(tx, principal, row, Grading.model_validate(graded[0].says), given.text)


async def _sanitised(tx: Tx, principal: Principal, row: Row[Any], grading: Grading, text: str) -> str:
    copied = {name: row._mapping[name] for name in ("agency", "origin", "received_on", "premises", "business_id")}
    id_ = new_id("san")
    await store.add_sanitised(
        tx.connection,
        grading.agencies,
        id=id_,
        intelligence=row.id,
        text=text,
        grading=grading.model_dump(mode="json"),
        is_open=grading.handling is Handling.permitted,
        made_at=utc_now(),
        made_by=principal.subject,
        **copied,
    )
    return id_


async def own(connection: AsyncConnection, principal: Principal, id_: str) -> Row[Any]:
    row = await store.own(connection, principal.agency, id_)
    if row is None:
        raise NotFound
    return row


async def one(connection: AsyncConnection, principal: Principal, id_: str) -> IntelligenceSaid:
    row = await own(connection, principal, id_)
    gradings = await store.gradings(connection, id_)
    return IntelligenceSaid(
        **{name: row._mapping[name] for name in IntelligenceSaid.model_fields if name in row._mapping},
        gradings=tuple(_grading(one) for one in gradings),
        has_source=await store.source(connection, id_) is not None,
        sanitised=tuple(await store.sanitised_of(connection, id_)),
    )


def _grading(row: Row[Any]) -> GradingSaid:
    given = Grading.model_validate(row.says)
    return GradingSaid(**given.model_dump(), grade=given.code, by=row.by, at=row.at)


def _check_agencies(partnership: Partnership, field: str, named: tuple[str, ...]) -> None:
    if any(partnership.agency(one) is None for one in named):
        raise Invalid(errors=[_fault(field, "unknown", "Name agencies of this partnership.")])


def _fault(field: str, code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=f"body.{field}", code=code, remedy=remedy)
