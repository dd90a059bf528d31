"""Making, changing and cancelling a visit, and saying that it took place."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from services.calendar.handlers.caller import Caller
from services.calendar.handlers.placing import Placed, Timed
from services.calendar.handlers.seeing import Seen, changed_meanwhile, own_ahead, visible
from services.calendar.store import attending, visits
from shared.contracts.api.calendar.visits import Contribution, Terms, VisitChange
from shared.contracts.api.calendar.words import CancelReason, VisitStatus
from shared.contracts.events.calendar import VisitCancelled, VisitChanged, VisitDone, VisitPlanned
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Invalid


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit that is not made yet. `programme` is the routine round that it is part of, `overridden` what the chair
    decided otherwise than was proposed; `imported`: it comes from its agency's own calendar."""

    terms: Terms
    where: Placed
    when: Timed
    contribution: Contribution = field(default_factory=Contribution)
    programme: str | None = None
    overridden: dict[str, Any] | None = None
    imported: bool = False


async def make(tx: Tx, caller: Caller, plan: Plan) -> str:
    """The id of a planned visit, of which nobody else is told yet. Raises Invalid."""
    _check(plan.terms, caller)
    id_, now = clock.new_id("vis"), clock.utc_now()
    values = {
        "id": id_,
        "agency": caller.agency,
        "status": VisitStatus.planned,
        "version": 1,
        "programme": plan.programme,
        "overridden": plan.overridden,
        "imported": plan.imported,
        "made_by": caller.subject,
        "made_at": now,
        "changed_at": now,
        **columns(plan.terms, caller.agency),
        **plan.where.columns,
        **plan.when.columns,
    }
    await visits.add(tx.connection, values)
    await visits.put_keys(tx.connection, id_, plan.where.exposed, plan.where.reached)
    await attending.add(tx.connection, id_, caller.agency, {"answer": None, "met": [], **brought(plan.contribution)})
    said = VisitPlanned(
        visit_id=id_,
        version=1,
        agency=caller.agency,
        agencies=(caller.agency,),
        starts_at=plan.when.starts,
        ends_at=plan.when.ends,
    )
    tx.publish(said, subject=id_)
    return id_


def brought(contribution: Contribution) -> dict[str, Any]:
    """The columns of an attendance."""
    return {
        "officers": contribution.officers,
        "alone": contribution.alone,
        "uniformed": contribution.uniformed,
        "people": sorted(set(contribution.people)),
        "referrals": sorted(set(contribution.referrals)),
    }


async def change(
    tx: Tx, caller: Caller, visit_id: str, asked: VisitChange, where: Placed | None, when: Timed | None
) -> None:
    """What moves is to be confirmed again. Raises Conflict for another version, Invalid, NotFound and Forbidden."""
    found = await own_ahead(tx.connection, visit_id, caller.eyes, asked.version)
    values: dict[str, Any] = {}
    if asked.terms:
        _check(asked.terms, caller)
        values |= columns(asked.terms, caller.agency)
    if where:
        values |= where.columns
        await visits.put_keys(tx.connection, visit_id, where.exposed, where.reached)
    if when:
        values |= when.columns
    if where or when:
        values |= {"status": VisitStatus.planned, "confirmed_at": None, "knowing": None}
    await put(tx, found, values)
    await say_changed(tx, caller, visit_id)


async def put(tx: Tx, found: Seen, values: dict[str, Any]) -> None:
    """Raises Conflict if somebody changed the visit meanwhile."""
    now = {"changed_at": clock.utc_now()}
    if not await visits.change(tx.connection, found.row.id, found.row.version, now | values):
        raise changed_meanwhile()


async def say_changed(tx: Tx, caller: Caller, visit_id: str, also: Iterable[Row[Any]] = ()) -> None:
    """What the visit is now, to those who were told of it, and to those who were until now (`also`, attendances)."""
    found = await visible(tx.connection, visit_id, caller.eyes)
    said = VisitChanged(
        **about(found, also),
        status=found.row.status,
        starts_at=found.row.starts_at,
        ends_at=found.row.ends_at,
    )
    tx.publish(said, subject=visit_id)


def about(found: Seen, also: Iterable[Row[Any]] = ()) -> dict[str, Any]:
    """What every event on a visit says: whose it is, who is told, and which conditions were met for telling each."""
    met = {one.agency: one.met for one in (*also, *found.told)}
    return {
        "visit_id": found.row.id,
        "version": found.row.version,
        "agency": found.row.agency,
        "agencies": tuple(sorted(met)),
        "met": {agency: conditions for agency, conditions in sorted(met.items()) if conditions},
    }


async def cancel(tx: Tx, caller: Caller, visit_id: str, version: int, reason: CancelReason) -> None:
    """Everybody who was told of it is told. Raises Conflict, NotFound and Forbidden."""
    found = await own_ahead(tx.connection, visit_id, caller.eyes, version)
    now = clock.utc_now()
    why = {"cancelled": reason, "cancelled_by": caller.agency, "cancelled_at": now}
    await put(tx, found, {"status": VisitStatus.cancelled, **why})
    said = VisitCancelled(**about(found) | {"version": version + 1}, reason=reason, by=caller.agency)
    tx.publish(said, subject=visit_id)


async def done(tx: Tx, caller: Caller, visit_id: str, version: int) -> None:
    """Raises Conflict, NotFound and Forbidden."""
    await held(tx, await own_ahead(tx.connection, visit_id, caller.eyes, version))


async def held(tx: Tx, found: Seen) -> None:
    """It took place. Raises Conflict if somebody changed it meanwhile."""
    await put(tx, found, {"status": VisitStatus.done})
    tx.publish(VisitDone(**about(found) | {"version": found.row.version + 1}), subject=found.row.id)


def _check(terms: Terms, caller: Caller) -> None:
    named = {"lead": [terms.lead or caller.agency], "powers": [one for power in terms.powers for one in power.agencies]}
    for name, agencies in named.items():
        if any(caller.eyes.partnership.agency(one) is None for one in agencies):
            problem = FieldProblem(
                field=f"body.terms.{name}", code="agency", remedy="Name agencies of this partnership."
            )
            raise Invalid(errors=[problem])


def columns(terms: Terms, agency: str) -> dict[str, Any]:
    return {
        "tier": terms.tier,
        "lead": terms.lead or agency,
        "purpose": terms.purpose,
        "regimes": list(dict.fromkeys(terms.regimes)),
        "letter_on": terms.letter_on,
        "powers": [power.model_dump(mode="json") for power in terms.powers],
        "contact": terms.contact,
        "referrals": list(dict.fromkeys(terms.referrals)),
        "note": terms.note,
    }
