"""Who else comes: invitations and their answers, joining another's visit, and what became of it."""

from typing import Any

from sqlalchemy import Row

from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers import planning
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.seeing import Seen, ahead, own, visible
from services.calendar.store import attending, visits
from shared.contracts.api.calendar.visits import Attended, Invitation, Joining, Reply
from shared.contracts.api.calendar.words import Answer, CancelReason
from shared.contracts.api.sharing import Level, SharingQuestion
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.sharing import VISITS, Partnership, answer, catalogue

_NOBODY: dict[str, Any] = {"officers": 0, "alone": 0, "uniformed": False, "people": [], "referrals": []}


async def invite(tx: Tx, caller: Caller, visit_id: str, invitations: tuple[Invitation, ...]) -> None:
    """Each is a single disclosure of the whole visit. One that asked to join is accepted by it.

    Raises Forbidden where no power lets an agency be told, with what is missing; Invalid, Conflict and NotFound.
    """
    found = ahead(await own(tx.connection, visit_id, caller.eyes))
    for one in invitations:
        check_may_be_told(one, caller)
        await _put_invitation(tx, found, one)
    await _tell(tx, caller, visit_id)


def check_may_be_told(one: Invitation, caller: Caller) -> None:
    partnership = caller.eyes.partnership
    if partnership.agency(one.agency) is None or one.agency == caller.agency:
        problem = FieldProblem(field="body.invite", code="agency", remedy="Name other agencies of this partnership.")
        raise Invalid(errors=[problem])
    theirs = Eyes(one.agency, caller.eyes.purpose, caller.eyes.day, partnership)
    grant = theirs.grant(caller.agency, met=frozenset(one.met))
    if grant is None or grant.level is not Level.full:
        raise Forbidden(_missing(one, caller, partnership))


def _missing(one: Invitation, caller: Caller, partnership: Partnership) -> str:
    asked = SharingQuestion(
        owner=caller.agency, viewer=one.agency, category=VISITS, purpose=caller.eyes.purpose, met=one.met
    )
    return " ".join(answer(asked, caller.eyes.day, partnership, catalogue()).says)


async def _put_invitation(tx: Tx, found: Seen, one: Invitation) -> None:
    had, met = found.of(one.agency), sorted(one.met)
    if had is None:
        values = {"answer": Answer.invited, "met": met, **_NOBODY}
        await attending.add(tx.connection, found.row.id, one.agency, values)
    else:
        now = {Answer.asking: Answer.accepted, Answer.declined: Answer.invited}.get(had.answer, had.answer)
        await attending.change(tx.connection, found.row.id, one.agency, {"answer": now, "met": met})


async def withdraw(tx: Tx, caller: Caller, visit_id: str, agency: str) -> None:
    """An invitation, or a wish to join, whose agency was never told the times. Raises Conflict, NotFound, Forbidden."""
    found = ahead(await own(tx.connection, visit_id, caller.eyes))
    theirs = found.of(agency)
    if agency == caller.agency or theirs is None:
        raise NotFound
    await attending.remove(tx.connection, visit_id, agency)
    await _tell(tx, caller, visit_id, *([theirs] if theirs in found.told else []))


async def reply(tx: Tx, caller: Caller, visit_id: str, given: Reply) -> None:
    """To an invitation to the caller's own agency. Raises Conflict, and NotFound where there is none."""
    found = ahead(await visible(tx.connection, visit_id, caller.eyes))
    mine = found.of(caller.agency)
    if mine is None or mine.answer in (None, Answer.asking):
        raise NotFound("Your agency is not invited to this visit.")
    withdrew = mine.answer == Answer.accepted and given.answer is Answer.declined
    values = {"answer": given.answer, "withdrew_at": clock.utc_now() if withdrew else None}
    await attending.change(tx.connection, visit_id, caller.agency, values | planning.brought(given.contribution))
    await _tell(tx, caller, visit_id)


async def join(tx: Tx, caller: Caller, visit_id: str, given: Joining) -> None:
    """Come to another's visit instead of making one's own. Who sees all of it comes; who does not asks its owner.

    Raises Conflict, NotFound, and Forbidden for one's own.
    """
    found = ahead(await visible(tx.connection, visit_id, caller.eyes))
    if found.sight is Sight.own:
        raise Conflict("This is your own agency's visit.")
    now = Answer.accepted if found.sight is Sight.full else Answer.asking
    values = {"answer": now, **planning.brought(given.contribution)}
    if (mine := found.of(caller.agency)) is None:
        await attending.add(tx.connection, visit_id, caller.agency, {"met": [], **values})
    else:
        await attending.change(tx.connection, visit_id, caller.agency, values | {"met": mine.met})
    if given.instead_of:
        other = await own(tx.connection, given.instead_of, caller.eyes)
        await planning.cancel(tx, caller, other.row.id, other.row.version, CancelReason.joined_another)
    await _tell(tx, caller, visit_id)


async def attended(tx: Tx, caller: Caller, visit_id: str, said: Attended) -> None:
    """Of the caller's own agency. Raises Conflict before the visit began, NotFound where it had not agreed to come."""
    found = await visible(tx.connection, visit_id, caller.eyes, Sight.full)
    if caller.agency not in {one.agency for one in found.coming}:
        raise NotFound("Your agency had not agreed to come to this visit.")
    if clock.utc_now() < found.row.starts_at:
        raise Conflict("The visit has not begun.")
    values = {"attended": said.attended, "officers_sent": said.officers_sent}
    await attending.change(tx.connection, visit_id, caller.agency, values)
    await _tell(tx, caller, visit_id)


async def _tell(tx: Tx, caller: Caller, visit_id: str, *also: Row[Any]) -> None:
    await visits.touch(tx.connection, visit_id, clock.utc_now())
    await planning.say_changed(tx, caller, visit_id, also)
