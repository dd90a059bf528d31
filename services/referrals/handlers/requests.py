"""Asking another agency for one thing, under one power; authorising that; answering it. Each step is taken once: of two
who take steps at once, one does, and the other is told what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.request_kinds import faults, in_force, shipped
from services.referrals.domain.requests import MOVES, Asked, Side, chases, due_at, open_fields
from services.referrals.handlers.contacts import is_named_for
from services.referrals.handlers.sight import purpose_of
from services.referrals.store import requests as store
from shared.contracts.api.referrals.requests import About, Kind, NewAnswer, NewHit, NewRequest, Reason, Status, Step
from shared.contracts.events.referrals import RequestMade, RequestMoved
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import LONDON, new_id, today, utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.sharing import Grant, Partnership

AUTHORISING = "authorising-officer"
"""The topic under which an agency names those of its people who may approve requests."""
_NOT_YOURS = (
    "An authorising officer approves it: one of your agency's contacts for the topic authorising-officer who is there "
    "today and did not make the request."
)


async def ask(tx: Tx, principal: Principal, partnership: Partnership, given: NewRequest) -> str:
    """The new request's id. It is sent at once unless somebody has to authorise it. Raises Forbidden, naming what is
    missing, where no power would let it be asked or answered."""
    kind = _kind(given, principal.agency, partnership)
    asked = Asked(principal.agency, given.to, purpose_of(principal, partnership), kind)
    if refusal := asked.refusal(today(), partnership):
        raise Forbidden(refusal)
    waits = asked.needs_authority(today(), partnership)
    id_, now = new_id("rfi"), utc_now()
    fields = given.model_dump(mode="json", include={"business_id", "premises", "person", "question"})
    await store.add(
        tx.connection,
        id=id_,
        kind=kind.id,
        asker=principal.agency,
        answerer=given.to,
        purpose=asked.purpose,
        held_by=principal.subject,
        made_at=now,
        **fields,
        **(_entering(Status.awaiting_authority if waits else Status.sent, kind)),
    )
    await _note(tx, principal, id_, Step.ask, given.necessity)
    await _say(tx, id_)
    return id_


def _kind(given: NewRequest, asker: str, partnership: Partnership) -> Kind:
    kind = in_force(shipped(), today()).get(given.kind)
    if kind is None:
        raise Invalid(errors=[_fault("kind", "unknown", "Name a kind of GET /v1/requests/kinds.")])
    if given.to == asker or partnership.agency(given.to) is None:
        raise Invalid(errors=[_fault("to", "unknown", "Name another agency of this partnership.")])
    if (given.premises is not None) != (kind.about is About.premises):
        raise Invalid(errors=[_fault(kind.about, "missing", f"A request of this kind names one {kind.about}.")])
    if wrong := faults(kind.question, given.question, "body.question"):
        raise Invalid(errors=wrong)
    return kind


async def authorise(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: Reason) -> None:
    row = await _to_move(tx, principal, partnership, id_, Side.asker)
    own = {row.held_by, *(one.subject for one in await store.steps(tx.connection, id_))}
    if principal.subject in own or not await is_named_for(tx.connection, principal, AUTHORISING):
        raise Forbidden(_NOT_YOURS)
    await _move(tx, principal, row, Step.authorise, given.says, authorised=True)


async def withdraw(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: Reason) -> None:
    row = await _to_move(tx, principal, partnership, id_, Side.asker)
    await _move(tx, principal, row, Step.withdraw, given.says)


async def say_hit(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: NewHit) -> None:
    row = await _to_move(tx, principal, partnership, id_, Side.answerer)
    asked = asked_of(row, consented=given.originator_consent)
    _check_power(asked, partnership)
    await _move(tx, principal, row, Step.hit if given.hit else Step.no_hit, consented=asked.consented)


async def give_answer(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: NewAnswer) -> None:
    row = await _to_move(tx, principal, partnership, id_, Side.answerer)
    asked = asked_of(row, consented=given.originator_consent)
    grant = _check_power(asked, partnership)
    fields = open_fields(asked.kind, grant)
    if not fields:
        raise Forbidden("The power opens hit or no hit only: " + (grant.contact or "speak to each other."))
    if wrong := faults(fields, given.values, "body.values"):
        raise Invalid(errors=wrong)
    await _move(tx, principal, row, Step.answer, consented=asked.consented)
    await store.put_answer(tx.connection, id_, given.model_dump(mode="json")["values"])


async def refuse(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: Reason) -> None:
    row = await _to_move(tx, principal, partnership, id_, Side.answerer)
    await _move(tx, principal, row, Step.refuse, given.says)


def _check_power(asked: Asked, partnership: Partnership) -> Grant:
    """What may be told today. Raises Forbidden, naming the power or the condition that is missing."""
    grant = asked.may_answer(today(), partnership)
    if grant is None:
        raise Forbidden(asked.not_answerable(today(), partnership))
    return grant


async def visible(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> Row[Any]:
    """One that the caller's agency made, or was sent and may be told of today. Raises NotFound for any other."""
    row = await store.find(connection, id_)
    if row is None or not (row.asker == principal.agency or _is_told(principal, partnership, row)):
        raise NotFound
    return row


def _is_told(principal: Principal, partnership: Partnership, row: Row[Any]) -> bool:
    sent = row.answerer == principal.agency and row.sent_at is not None
    return sent and asked_of(row).may_ask(today(), partnership) is not None


async def _to_move(tx: Tx, principal: Principal, partnership: Partnership, id_: str, side: Side) -> Row[Any]:
    """Raises NotFound, or Forbidden for the other side's step."""
    row = await visible(tx.connection, principal, partnership, id_)
    if getattr(row, side) != principal.agency:
        raise Forbidden("That step is the other agency's to take.")
    return row


def asked_of(row: Row[Any], *, consented: bool = False) -> Asked:
    return Asked(row.asker, row.answerer, row.purpose, kind_of(row), row.authorised, consented or row.consented)


def kind_of(row: Row[Any]) -> Kind:
    """As it was on the day on which the request was made."""
    return in_force(shipped(), row.made_at.astimezone(LONDON).date())[row.kind]


async def _move(
    tx: Tx, principal: Principal, row: Row[Any], step: Step, says: str | None = None, **values: Any
) -> None:
    """Raises Conflict where the request is not, or no longer, in a state from which the step leads on."""
    move = MOVES[step]
    values |= _entering(move.to, kind_of(row), row.sent_at)
    if not await store.move(tx.connection, row.id, move.from_, **values):
        raise Conflict(
            f"This step cannot be taken: the request is {row.status.replace('_', ' ')}, or was moved just now."
        )
    await _note(tx, principal, row.id, step, says)
    await _say(tx, row.id)


def _entering(status: Status, kind: Kind, sent_at: datetime | None = None) -> dict[str, Any]:
    """What a request is from now on that comes into this state."""
    now = utc_now()
    due = due_at(status, now, kind.clock)
    open_ = due is not None or status is Status.awaiting_authority
    return {
        "status": status,
        "since": now,
        "sent_at": now if status is Status.sent else sent_at,
        "chase_at": chases(due, kind.clock)[0][1] if due else None,
        "escalated": False,
        "ended_at": None if open_ else now,
    }


async def _note(tx: Tx, principal: Principal, id_: str, step: Step, says: str | None) -> None:
    who = {"agency": principal.agency, "subject": principal.subject}
    await store.note(tx.connection, request=id_, step=step, at=utc_now(), says=says, **who)


async def _say(tx: Tx, id_: str) -> None:
    """What became of it, to both; nothing of one that was never sent."""
    row = await store.find(tx.connection, id_)
    if row is None or row.sent_at is None:
        return
    due = due_at(Status(row.status), row.since, kind_of(row).clock)
    if row.status == Status.sent:
        tx.publish(RequestMade(**told(row), due_at=due), subject=id_)
    else:
        tx.publish(RequestMoved(**told(row), due_at=due), subject=id_)


def told(row: Row[Any]) -> dict[str, Any]:
    """What every event of a request says of it."""
    parties = {"from_agency": row.asker, "to_agency": row.answerer, "purpose": row.purpose}
    met = tuple(sorted(asked_of(row).met))
    return parties | {"request_id": row.id, "kind": row.kind, "met": met, "status": Status(row.status)}


def _fault(field: str, code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=f"body.{field}", code=code, remedy=remedy)
