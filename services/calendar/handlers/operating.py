"""Operations: planned by one agency, told to the others in single disclosures, approved once all of them consent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.operations import Standing, is_agreed, loads, missing, warnings
from services.calendar.domain.sight import Sight
from services.calendar.handlers.attending import check_may_be_told
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.seeing import seen
from services.calendar.store import operations, visits
from shared.contracts.api.calendar.operations import (
    Approval,
    AttachedVisits,
    Consent,
    Need,
    NewConsent,
    NewNeed,
    NewOffer,
    NewOperation,
    Offer,
    Operation,
    OperationChange,
    OperationPlan,
    OperationStatus,
    PartnerConsent,
)
from shared.contracts.api.calendar.policies import PolicyKind
from shared.contracts.api.sharing import Level
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.sharing import ConditionKind


@dataclass(frozen=True, slots=True)
class Found:
    """An operation that the caller may see all of."""

    row: Row[Any]
    partners: Sequence[Row[Any]]
    own: bool


async def propose(tx: Tx, caller: Caller, new: NewOperation) -> str:
    """Its id. Raises Invalid, and Forbidden where no power lets a partner be told, with what is missing."""
    partners = _partners(new, caller)
    id_ = clock.new_id("ope")
    common = {"id": id_, "agency": caller.agency, "version": 1, "status": OperationStatus.proposed}
    made = {"made_by": caller.subject, "made_at": clock.utc_now()}
    await operations.add(tx.connection, common | made | _planned(new))
    await operations.put_partners(tx.connection, id_, partners)
    return id_


def _planned(plan: OperationPlan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "starts": plan.starts,
        "ends": plan.ends,
        "follow_up_until": plan.follow_up_until,
        "programme": [planned.model_dump(mode="json") for planned in plan.programme],
    }


def _partners(new: NewOperation, caller: Caller) -> list[dict[str, Any]]:
    """Everybody in the programme is asked, and so is the agency that plans: its officers have a day's work too."""
    invited = {one.agency: one for one in new.invite}
    if not new.agencies <= {*invited, caller.agency}:
        remedy = "Invite each other agency of the programme."
        raise Invalid(errors=[FieldProblem(field="body.invite", code="missing", remedy=remedy)])
    for one in new.invite:
        check_may_be_told(one, caller)
    met = {agency: sorted(one.met) for agency, one in invited.items()} | {caller.agency: []}
    asked = {"consent": Consent.asked, "officer_days": None, "said": None, "answered_by": None, "answered_at": None}
    return [{"agency": agency, "met": conditions, **asked} for agency, conditions in sorted(met.items())]


async def change(tx: Tx, caller: Caller, operation_id: str, new: OperationChange) -> None:
    """Everybody consents again. Raises Conflict, Forbidden, Invalid and NotFound."""
    await _own_proposed(tx, caller, operation_id)
    await _step(tx, operation_id, new.version, _planned(new))
    await operations.put_partners(tx.connection, operation_id, _partners(new, caller))


async def answer(tx: Tx, caller: Caller, operation_id: str, said: NewConsent) -> None:
    """Of the caller's own agency, to the version that it saw. Raises Conflict and NotFound."""
    _ahead(await visible(tx.connection, caller, operation_id))
    await _hold(tx, operation_id, said.version)
    values = {
        "consent": said.consent,
        "officer_days": said.officer_days,
        "said": said.said,
        "answered_by": caller.subject,
        "answered_at": clock.utc_now(),
    }
    await operations.consent(tx.connection, operation_id, caller.agency, values)


async def approve(tx: Tx, caller: Caller, operation_id: str, given: Approval) -> None:
    """Raises Conflict while a partner has not consented, or where follow-up is too much and nobody says why it is taken
    on all the same."""
    await _own_proposed(tx, caller, operation_id)
    await _hold(tx, operation_id, given.version)
    standing = await _standing(tx.connection, caller, await visible(tx.connection, caller, operation_id))
    told = warnings(standing, caller.policies.staffing)
    if not is_agreed(told):
        raise Conflict("Every partner has to consent first.")
    blocking = [warning.sentence for warning in told if warning.blocks]
    if blocking and given.in_spite_of is None:
        remedy = "Plan less, find others, or say in spite of what it goes ahead."
        problem = FieldProblem(field="body.in_spite_of", code="over_capacity", remedy=remedy)
        raise Conflict(" ".join(blocking), errors=[problem])
    values = {"status": OperationStatus.approved, "approved_at": clock.utc_now(), "in_spite_of": given.in_spite_of}
    await _step(tx, operation_id, given.version, values)


async def call_off(tx: Tx, caller: Caller, operation_id: str, version: int) -> None:
    found = await _own(tx, caller, operation_id)
    _ahead(found)
    await _step(tx, operation_id, version, {"status": OperationStatus.called_off})


async def ask_for(tx: Tx, caller: Caller, operation_id: str, need: NewNeed) -> None:
    _ahead(await visible(tx.connection, caller, operation_id))
    common = {"id": clock.new_id("ned"), "operation": operation_id, "agency": caller.agency}
    await operations.add_need(tx.connection, common | need.model_dump() | {"asked_at": clock.utc_now()})


async def offer(tx: Tx, caller: Caller, operation_id: str, need_id: str, given: NewOffer) -> None:
    _ahead(await visible(tx.connection, caller, operation_id))
    asked = {need.id: need for need in await operations.needs(tx.connection, operation_id)}
    if need_id not in asked:
        raise NotFound
    if asked[need_id].agency == caller.agency:
        raise Conflict("Your own agency asks for this.")
    values = {"amount": given.amount, "offered_at": clock.utc_now()} if given.amount else None
    await operations.offer(tx.connection, need_id, caller.agency, values)


async def attach(tx: Tx, caller: Caller, operation_id: str, given: AttachedVisits) -> None:
    """Raises Invalid unless all of them are the caller's own."""
    _ahead(await visible(tx.connection, caller, operation_id))
    if not await operations.attach(tx.connection, operation_id, caller.agency, given.visits):
        remedy = "Name visits that your own agency made."
        raise Invalid(errors=[FieldProblem(field="body.visits", code="unknown", remedy=remedy)])


async def visible(connection: AsyncConnection, caller: Caller, operation_id: str) -> Found:
    """Raises NotFound for what the caller was not told of, as for what there is not."""
    row = await operations.one(connection, operation_id)
    found = await _found(connection, caller, row) if row else None
    if found is None:
        raise NotFound
    return found


async def page(
    connection: AsyncConnection, caller: Caller, after: str | None, limit: int
) -> tuple[list[Operation], str | None]:
    """With the place to go on from: always one that the caller sees, so that it tells of no other."""
    found: list[Found] = []
    while len(found) <= limit and (rows := await operations.some(connection, caller.agency, after, limit + 1)):
        found += [one for row in rows if (one := await _found(connection, caller, row))]
        after = rows[-1].id
    shown = [await said(connection, caller, one) for one in found[:limit]]
    return shown, found[limit - 1].row.id if len(found) > limit else None


async def _found(connection: AsyncConnection, caller: Caller, row: Row[Any]) -> Found | None:
    """A partner was told in a single disclosure, which lasts as long as the sharing rules do."""
    partners = await operations.partners(connection, row.id)
    if row.agency == caller.agency:
        return Found(row, partners, own=True)
    mine = next((one for one in partners if one.agency == caller.agency), None)
    return Found(row, partners, own=False) if mine and may_see(caller, row.agency, mine.met) else None


def may_see(caller: Caller, owner: str, met: Iterable[str]) -> bool:
    """Whether the caller may be told of an operation of this owner, with these conditions met for this disclosure."""
    grant = caller.eyes.grant(owner, met=frozenset(map(ConditionKind, met)))
    return grant is not None and grant.level is Level.full


async def _own(tx: Tx, caller: Caller, operation_id: str) -> Found:
    found = await visible(tx.connection, caller, operation_id)
    if not found.own:
        raise Forbidden("Only the agency that planned the operation may do this.")
    return found


async def _own_proposed(tx: Tx, caller: Caller, operation_id: str) -> Found:
    found = await _own(tx, caller, operation_id)
    if found.row.status != OperationStatus.proposed:
        raise Conflict("The operation is approved or called off.")
    return found


def _ahead(found: Found) -> None:
    if found.row.status == OperationStatus.called_off:
        raise Conflict("The operation is called off.")


async def _step(tx: Tx, operation_id: str, version: int, values: dict[str, Any]) -> None:
    if not await operations.change(tx.connection, operation_id, version, values):
        raise _changed()


async def _hold(tx: Tx, operation_id: str, version: int) -> None:
    """What is read from now on stays so until the transaction ends. Raises Conflict."""
    if not await operations.hold(tx.connection, operation_id, version):
        raise _changed()


def _changed() -> Conflict:
    return Conflict("The operation was changed since you saw it; read it again.")


async def said(connection: AsyncConnection, caller: Caller, found: Found) -> Operation:
    """As the caller may see it."""
    row = found.row
    standing = await _standing(connection, caller, found)
    return Operation(
        **standing.plan.model_dump(),
        operation_id=row.id,
        agency=row.agency,
        version=row.version,
        status=row.status,
        partners=tuple(standing.partners),
        loads=tuple(standing.loads),
        needs=tuple(standing.needs),
        warnings=warnings(standing, caller.policies.staffing),
        visits=await _attached(connection, caller, row.id),
        in_spite_of=row.in_spite_of if found.own else None,
        policy=caller.policies.names[PolicyKind.follow_up],
        made_at=row.made_at,
        approved_at=row.approved_at,
    )


async def _attached(connection: AsyncConnection, caller: Caller, operation_id: str) -> tuple[str, ...]:
    """Whoever may see the operation may not see each visit that is part of it."""
    rows = await visits.some(connection, await operations.attached(connection, operation_id))
    found = await seen(connection, rows, caller.eyes)
    return tuple(sorted(one.row.id for one in found if one.sight >= Sight.agency))


async def _standing(connection: AsyncConnection, caller: Caller, found: Found) -> Standing:
    plan = _plan_of(found.row)
    told = frozenset(row.agency for row in found.partners if found.own or row.agency == caller.agency)
    partners = [_consent(row, told=row.agency in told) for row in found.partners]
    spare = {one.agency: one.officer_days for one in partners if one.officer_days is not None}
    asked = loads(plan, spare, caller.policies.follow_up)
    return Standing(plan, partners, asked, await _needs(connection, found.row.id), told)


def _plan_of(row: Row[Any]) -> OperationPlan:
    return OperationPlan.model_validate({name: getattr(row, name) for name in OperationPlan.model_fields})


def _consent(row: Row[Any], *, told: bool) -> PartnerConsent:
    return PartnerConsent(
        agency=row.agency,
        consent=row.consent,
        said=row.said if told else None,
        officer_days=row.officer_days if told else None,
        answered_at=row.answered_at,
    )


async def _needs(connection: AsyncConnection, operation_id: str) -> list[Need]:
    rows = await operations.needs(connection, operation_id)
    offered = await operations.offers(connection, [row.id for row in rows])
    return [_need(row, [one for one in offered if one.need == row.id]) for row in rows]


def _need(row: Row[Any], offered: Sequence[Row[Any]]) -> Need:
    return Need(
        need_id=row.id,
        agency=row.agency,
        kind=row.kind,
        amount=row.amount,
        words=row.words,
        offers=tuple(Offer(agency=one.agency, amount=one.amount) for one in offered),
        missing=missing(row.amount, [one.amount for one in offered]),
    )
