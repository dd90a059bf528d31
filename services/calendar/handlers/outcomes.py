"""What came of a visit: recorded by each agency for itself, told to the graph and to those who had referred it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.outcomes import is_late, observation
from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.seeing import Seen, seen, visible
from services.calendar.store import outcomes, visits
from services.calendar.store.outcomes import Place, Wanted
from shared.contracts.api.calendar.outcomes import NewOutcome, Outcome
from shared.contracts.api.calendar.policies import Outcomes
from shared.contracts.api.calendar.words import VisitStatus
from shared.contracts.events.calendar import OutcomeRecorded, VisitOutcome
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Address, Name, Record
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Invalid, NotFound


async def record(tx: Tx, caller: Caller, visit_id: str, given: NewOutcome) -> Outcome:
    """Of the caller's own agency, which came or was to come. Raises Conflict, Invalid and NotFound."""
    found = await visible(tx.connection, visit_id, caller.eyes, Sight.full)
    if caller.agency not in {one.agency for one in found.coming}:
        raise NotFound("Your agency had not agreed to come to this visit.")
    _check(found, given, caller.policies.outcomes)
    values = {
        "id": clock.new_id("out"),
        "visit": visit_id,
        "agency": caller.agency,
        "late": is_late(given.found_on, found.row.last_on, caller.policies.outcomes),
        "recorded_by": caller.subject,
        "recorded_at": clock.utc_now(),
        **given.model_dump(),
    }
    await outcomes.add(tx.connection, values)
    _tell(tx, caller, found, values, given)
    return Outcome(
        outcome_id=values["id"], visit_id=visit_id, **{name: values[name] for name in _TOLD}, note=given.note
    )


_TOLD = ("agency", "kind", "regime", "found_on", "late", "recorded_at", "value_pence", "number")


def _check(found: Seen, given: NewOutcome, policy: Outcomes) -> None:
    if found.row.status == VisitStatus.cancelled or clock.utc_now() < found.row.starts_at:
        raise Conflict("The visit has not taken place.")
    if given.value_pence is not None and given.kind not in policy.valued:
        remedy = f"Give a value for {', '.join(sorted(policy.valued))} only."
        raise Invalid(errors=[FieldProblem(field="body.value_pence", code="no_value", remedy=remedy)])


def _tell(tx: Tx, caller: Caller, found: Seen, values: dict[str, Any], given: NewOutcome) -> None:
    record = _record(caller, found, given)
    noted = OutcomeRecorded(agency=caller.agency, regime=given.regime, source_ref=values["id"], record=record)
    tx.publish(noted, subject=values["id"])
    _feed_back(tx, found, values)


def _feed_back(tx: Tx, found: Seen, outcome: Mapping[str, Any], *, taken_back: bool = False) -> None:
    """To those who referred it to one of the agencies that came."""
    told = {name: outcome[name] for name in ("agency", "kind", "regime", "found_on", "late")}
    for one in found.coming:
        named = found.row.referrals if one.agency == found.row.agency else ()
        if answered := tuple(dict.fromkeys((*named, *one.referrals))):
            said = VisitOutcome(
                visit_id=found.row.id,
                outcome_id=outcome["id"],
                visit_agency=one.agency,
                referrals=answered,
                taken_back=taken_back,
                **told,
            )
            tx.publish(said, subject=found.row.id)


def _record(caller: Caller, found: Seen, given: NewOutcome) -> Record:
    own = caller.eyes.partnership.agency(caller.agency)
    name, address = found.row.place["name"], found.row.place["address"]
    return Record(
        names=(Name(value=name),) if name else (),
        address=Address.model_validate(address) if address else None,
        observation=observation(given, own.classes if own else (), caller.policies.outcomes),
    )


async def take_back(tx: Tx, caller: Caller, outcome_id: str) -> None:
    """The caller's own agency's, from the graph too; who was told of it is told that. Raises NotFound."""
    row = await outcomes.one(tx.connection, outcome_id, caller.agency)
    if row is None:
        raise NotFound
    await outcomes.remove(tx.connection, outcome_id)
    (found,) = await seen(tx.connection, await visits.some(tx.connection, [row.visit]), caller.eyes)
    _feed_back(tx, found, row._asdict(), taken_back=True)
    gone = OutcomeRecorded(agency=caller.agency, regime=row.regime, source_ref=outcome_id, record=None)
    tx.publish(gone, subject=outcome_id)


async def page(
    connection: AsyncConnection, eyes: Eyes, wanted: Wanted, after: Place | None, limit: int
) -> list[Outcome]:
    """At most `limit` of those that `eyes` may see: their agency lets them, and they see that there was the visit."""
    agencies = [one.id for one in eyes.partnership.agencies if eyes.sees_outcomes(one.id)]
    found: list[Outcome] = []
    while True:
        rows = await outcomes.page(connection, agencies, wanted, after, limit)
        known = await _known_visits(connection, {row.visit for row in rows}, eyes)
        found += [_shown(row, eyes) for row in rows if row.visit in known]
        if len(found) >= limit or len(rows) < limit:
            return found[:limit]
        after = rows[-1].found_on, rows[-1].id


async def _known_visits(connection: AsyncConnection, ids: set[str], eyes: Eyes) -> set[str]:
    rows = await visits.some(connection, ids)
    return {one.row.id for one in await seen(connection, rows, eyes) if one.sight >= Sight.agency}


def _shown(row: Row[Any], eyes: Eyes) -> Outcome:
    told = {name: getattr(row, name) for name in _TOLD}
    return Outcome(outcome_id=row.id, visit_id=row.visit, **told, note=row.note if row.agency == eyes.agency else None)
