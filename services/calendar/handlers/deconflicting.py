"""Deconfliction: a visit is confirmed only if nothing that its agency may know of stands in its way, or the agency says
that it knows. One after the other for any two visits that concern each other."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.clash import Other, Plan, judged
from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.planning import put, say_changed
from services.calendar.handlers.seeing import Seen, own_ahead, seen
from services.calendar.store import clashing, visits
from shared.contracts.api.calendar.clashes import Clashes
from shared.contracts.api.calendar.policies import Deconfliction
from shared.contracts.api.calendar.visits import Confirmation
from shared.contracts.api.calendar.words import How, VisitStatus
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict

_NEAREST = tuple(How)


async def confirm(
    tx: Tx, caller: Caller, visit_id: str, asked: Confirmation, reached: dict[str, How], policy: Deconfliction
) -> Clashes | None:
    """None if it is confirmed now; else what stands in its way. Raises Conflict, NotFound and Forbidden.

    `reached` is what concerns the business today, by what the caller sees of it.
    """
    found = await own_ahead(tx.connection, visit_id, caller.eyes, asked.version)
    if found.row.status == VisitStatus.confirmed:
        raise Conflict("The visit is confirmed already.")
    await visits.add_reach(tx.connection, visit_id, reached)
    await clashing.alone_at(tx.connection, visit_id)
    clashes = await clashes_of(tx.connection, found, caller.eyes, policy)
    if not clashes.clear and asked.knowing != clashes.seen:
        return clashes
    why = None if clashes.clear else asked.reason
    confirmed = {"status": VisitStatus.confirmed, "confirmed_at": clock.utc_now(), "knowing": why}
    await put(tx, found, confirmed)
    await say_changed(tx, caller, visit_id)
    return None


async def clashes_of(connection: AsyncConnection, found: Seen, eyes: Eyes, policy: Deconfliction) -> Clashes:
    """Of a visit of the agency whose `eyes` these are: a function of what they may see, and of nothing else."""
    far = timedelta(days=policy.furthest)
    meets = await clashing.near(connection, found.row.id, found.row.first_on - far, found.row.last_on + far)
    hows = {row.id: min(ways, key=_NEAREST.index) for row, ways in meets}
    met = await seen(connection, [row for row, _ in meets], eyes)
    others = [_other(one, hows[one.row.id], eyes, policy) for one in met if one.sight]
    return judged(_plan(found), others, policy)


def _plan(found: Seen) -> Plan:
    row = found.row
    officers = sum(one.officers for one in found.coming)
    return Plan(row.agency, row.first_on, row.last_on, tuple(row.regimes), officers)


def _other(one: Seen, how: How, eyes: Eyes, policy: Deconfliction) -> Other:
    row, owner = one.row, eyes.partnership.agency(one.row.agency)
    days = row.first_on, row.last_on
    first, last = policy.stretch(*days) if one.sight is Sight.ring else days
    return Other(
        visit_id=row.id,
        agency=row.agency,
        title=owner.title if owner else row.agency,
        status=VisitStatus(row.status),
        how=how,
        first=first,
        last=last,
        sight=one.sight,
        contact=_contact(one, eyes) or policy.desk,
        attends=any(each.agency == eyes.agency for each in one.coming),
        officers=sum(each.officers for each in one.coming) if one.sight >= Sight.full else 0,
    )


def _contact(one: Seen, eyes: Eyes) -> str | None:
    """The visit's own, else the one that the sharing rule names for a hit."""
    grant = eyes.grant(one.row.agency)
    return one.row.contact or (grant.contact if grant else None)
