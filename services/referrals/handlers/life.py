"""Steps in the life of a referral. Each is a compare-and-swap: of two at once, one wins and the other is told."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Row

from services.referrals.domain.life import after, next_steps
from services.referrals.domain.policy import clock_starts, due, policy_on
from services.referrals.handlers.desks import desks
from services.referrals.handlers.recording import record_acceptance, record_feedback
from services.referrals.handlers.saying import say_closed, say_taken
from services.referrals.handlers.sight import as_met, grant, missing, purpose_of
from services.referrals.handlers.writing import add_referrals, opened
from services.referrals.store import referrals
from shared.contracts.api.referrals.life import State, Step, TakeStep
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.sharing import Partnership

_DONE = {
    State.acknowledged: "acknowledged",
    State.accepted: "accepted",
    State.declined: "declined",
    State.passed_on: "passed on",
    State.actioned: "marked as acted on",
    State.closed: "closed",
}


@dataclass(frozen=True, slots=True)
class Taking:
    """A step that may be taken, from the state in which the referral was found."""

    row: Row[Any]
    state: State
    taken: TakeStep
    principal: Principal
    at: datetime


async def take_step(
    database: Database, tx: Tx, principal: Principal, id_: str, version: int, taken: TakeStep, partnership: Partnership
) -> None:
    """Raises NotFound, Forbidden, or Conflict where somebody else was first or the step cannot be taken now."""
    row = await _own(tx, principal, id_, partnership)
    if row.version != version:
        raise _taken(row)
    state = after(State(row.state), taken.step)
    if state is None:
        possible = ", ".join(step.replace("_", " ") for step in next_steps(State(row.state)))
        raise Conflict(f"That cannot be done now. What can: {possible or 'nothing, its life has ended'}.")
    taking = Taking(row, state, taken, principal, utc_now())
    if not await referrals.change(tx.connection, id_, version, **_values(taking)):
        raise _taken(await _own(tx, principal, id_, partnership))
    await _note(tx, taking)
    await _effect(database, tx, taking, partnership)


async def _own(tx: Tx, principal: Principal, id_: str, partnership: Partnership) -> Row[Any]:
    """A referral that the caller's agency was sent and may see."""
    row = await referrals.find(tx.connection, id_)
    if row is None:
        raise NotFound
    if row.to_agency == principal.agency:
        purpose = purpose_of(principal, partnership)
        if grant(principal.agency, purpose, row.from_agency, row.met, partnership):
            return row
    elif row.from_agency == principal.agency:
        raise Forbidden("Only the agency that has the referral takes its steps.")
    raise NotFound


def _taken(row: Row[Any]) -> Conflict:
    """Both are of one agency, so the one may be told who the other is."""
    done = _DONE.get(State(row.state))
    if done and row.taken_by:
        return Conflict(f"It was {done} meanwhile by {row.taken_by} of your agency. Read it again.")
    return Conflict("It has changed meanwhile. Read it again.")


def _values(taking: Taking) -> dict[str, Any]:
    clock = due(taking.state, taking.at, policy_on(today()))
    values: dict[str, Any] = {
        "state": taking.state,
        "taken_by": taking.principal.subject,
        "due_at": clock.due_at,
        "look_at": clock.look_at,
        "escalations": 0,
        "withdrawn_at": None,
    }
    if taking.state is State.closed:
        values |= {"feedback": taking.taken.feedback, "closed_at": taking.at}
    return values


async def _note(tx: Tx, taking: Taking) -> None:
    await referrals.note(
        tx.connection,
        taking.row.id,
        at=taking.at,
        agency=taking.principal.agency,
        person=taking.principal.subject,
        step=taking.taken.step,
        state=taking.state,
        words=taking.taken.words,
        feedback=taking.taken.feedback,
    )


async def _effect(database: Database, tx: Tx, taking: Taking, partnership: Partnership) -> None:
    """What follows from the step, in the same transaction."""
    row, feedback = taking.row, taking.taken.feedback
    match taking.taken.step:
        case Step.accept:
            await record_acceptance(database, tx, row)
        case Step.pass_on:
            await _pass_on(tx, taking, partnership)
        case Step.close if feedback is not None:
            record_feedback(tx, row, feedback)
            say_closed(tx, row, feedback)
            return
    say_taken(tx, row, taking.state, due(taking.state, taking.at, policy_on(today())).due_at)


async def _pass_on(tx: Tx, taking: Taking, partnership: Partnership) -> None:
    """A new referral of the same card, under the powers of the agency whose card it is."""
    row, to, met = taking.row, taking.taken.to, as_met(taking.taken.met)
    if to is None or partnership.agency(to) is None or to in (row.from_agency, row.to_agency):
        remedy = "Name another agency of this partnership."
        raise Invalid(errors=[FieldProblem(field="to", code="not_a_partner", remedy=remedy)])
    given = grant(row.to_agency, row.purpose, row.from_agency, row.met, partnership)
    if given and given.no_onward_sharing:
        raise Forbidden("You have it on the condition that you do not pass it on: ask the agency whose card it is.")
    if grant(to, row.purpose, row.from_agency, met, partnership) is None:
        raise Forbidden(" ".join(missing(to, row.purpose, row.from_agency, met, partnership)))
    under = await referrals.indicators(tx.connection, [row.id])
    new = await _next(tx, taking, to, met)
    await tx.run(partial(add_referrals, rows=[new], under=[under[row.id]]))


async def _next(tx: Tx, taking: Taking, to: str, met: str) -> dict[str, Any]:
    row = taking.row
    known = await desks(tx.connection, [to])
    starts = clock_starts(taking.at, known.role(to, row.regime, row.area))
    kept = ("card", "from_agency", "regime", "purpose", "trained")
    return (
        opened(starts)
        | {name: getattr(row, name) for name in kept}
        | {"id": new_id("ref"), "to_agency": to, "met": met, "follows": row.id}
    )
