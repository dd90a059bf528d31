"""Policies: read as of any day, proposed by an officer of one agency, agreed to or refused by one of another.

A policy binds all partners, so no agency sets it alone. It counts from tomorrow at the earliest: what counted on a day
stays so, and what was answered then can be worked out again.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.policy import in_force, shipped
from services.calendar.handlers.caller import Caller
from services.calendar.store import policies
from shared.contracts.api.calendar.policies import (
    NewPolicy,
    Policy,
    PolicyKind,
    PolicyReview,
    PolicyStatus,
    WorkingTime,
)
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound

_DAY = timedelta(days=1)


async def on(connection: AsyncConnection, day: date) -> tuple[Policy, ...]:
    """One of each kind."""
    found = in_force(map(said, await policies.in_force(connection, day)))
    return tuple(found[kind] for kind in PolicyKind)


async def versions(connection: AsyncConnection, kind: PolicyKind) -> tuple[Policy, ...]:
    """The latest first; the last one is the shipped one."""
    return (*map(said, await policies.versions(connection, kind)), shipped()[kind])


async def propose(tx: Tx, caller: Caller, new: NewPolicy) -> Policy:
    """Raises Invalid for one that would count today or earlier, or that names an agency that is no partner."""
    _check(new, caller)
    values = {
        **new.model_dump(mode="json", include={"content"}),
        "id": clock.new_id("pol"),
        "kind": new.content.kind,
        "status": PolicyStatus.proposed,
        "starts": new.starts,
        "source": new.source,
        "reason": new.reason,
        "agency": caller.agency,
        "made_by": caller.subject,
        "made_at": clock.utc_now(),
    }
    await policies.add(tx.connection, values)
    return await _one(tx, values["id"])


def _check(new: NewPolicy, caller: Caller) -> None:
    if new.starts <= caller.eyes.day:
        raise _faulty("starts", "past", "Let it begin tomorrow or later: what counted before stays as it was.")
    named = new.content.agencies if isinstance(new.content, WorkingTime) else frozenset[str]()
    if not named <= {agency.id for agency in caller.eyes.partnership.agencies}:
        raise _faulty("content", "unknown_agency", "Name agencies of the partnership.")


def _faulty(field: str, code: str, remedy: str) -> Invalid:
    return Invalid(errors=[FieldProblem(field=f"body.{field}", code=code, remedy=remedy)])


async def review(tx: Tx, caller: Caller, policy_id: str, given: PolicyReview) -> Policy:
    """Raises NotFound, Forbidden for the agency that proposed it, and Conflict where it was reviewed before."""
    found = await _one(tx, policy_id)
    if found.agency == caller.agency:
        raise Forbidden("It binds all partners: another agency has to agree.")
    status = PolicyStatus.agreed if given.agreed else PolicyStatus.refused
    values = {
        "status": status,
        "counts_from": max(found.starts, caller.eyes.day + _DAY) if given.agreed else None,
        "reviewing_agency": caller.agency,
        "reviewed_by": caller.subject,
        "reviewed_at": clock.utc_now(),
        "review": given.reason,
    }
    if not await policies.review(tx.connection, policy_id, values):
        raise Conflict("It was agreed or refused already.")
    return await _one(tx, policy_id)


async def _one(tx: Tx, policy_id: str) -> Policy:
    row = await policies.one(tx.connection, policy_id)
    if row is None:
        raise NotFound
    return said(row)


def said(row: Row[Any]) -> Policy:
    """Persons are named to nobody: a policy is between agencies."""
    return Policy(
        policy_id=row.id,
        status=row.status,
        starts=row.starts,
        counts_from=row.counts_from,
        source=row.source,
        reason=row.reason,
        content=row.content,
        agency=row.agency,
        made_at=row.made_at,
        reviewed_by=row.reviewing_agency,
        reviewed_at=row.reviewed_at,
        review=row.review,
    )
