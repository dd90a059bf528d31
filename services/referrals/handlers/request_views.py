"""A request as one of its two agencies sees it; the answer as the few see it who may; how long answers take."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.contacts import Contact, Officer, who_has
from services.referrals.domain.request_kinds import by_id
from services.referrals.domain.requests import ENDED, Asked, due_at, median_hours, open_fields
from services.referrals.handlers.contacts import officer_said, said
from services.referrals.handlers.requests import asked_of, kind_of, visible
from services.referrals.handlers.sight import purpose_of
from services.referrals.store import contacts
from services.referrals.store import requests as store
from shared.contracts.api.referrals.requests import (
    Chase,
    RequestPage,
    RequestSaid,
    RequestSummary,
    Status,
    Step,
    StepTaken,
    Turnaround,
)
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.sharing import Grant, Partnership

_DEFINITION = (
    "The middle of the times from the sending of a request to its end (no hit, answered or refused), in hours, of "
    "requests that your agency made or was asked."
)


async def one(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> RequestSaid:
    row = await visible(connection, principal, partnership, id_)
    roles = await contacts.contacts(connection, {row.answerer})
    steps = await _steps(connection, row)
    asked, is_asker = asked_of(row), row.asker == principal.agency
    grant = asked.may_answer(today(), partnership)
    given = grant if is_asker else asked.may_ask(today(), partnership)
    contact = who_has(roles, row.answerer, kind_of(row).topic, None, today())
    values, withheld = await _answer(connection, principal, partnership, row)
    return RequestSaid(
        **summary(row).model_dump(),
        purpose=row.purpose,
        premises=row.premises,
        person=row.person,
        question=row.question,
        business_id=row.business_id if is_asker else None,
        contact=contact and said(contact, today()),
        power=_power(grant),
        no_onward_sharing=given is not None and given.no_onward_sharing,
        speak_to=grant.contact if grant and row.status in (Status.hit, Status.answered) else None,
        steps=steps,
        chased=await _chased(connection, row, roles),
        answer=values,
        withheld=withheld,
    )


def summary(row: Row[Any]) -> RequestSummary:
    took = (row.ended_at - row.sent_at) / timedelta(hours=1) if row.ended_at and row.sent_at else None
    return RequestSummary(
        id=row.id,
        kind=row.kind,
        asker=row.asker,
        answerer=row.answerer,
        status=row.status,
        sent_at=row.sent_at,
        due_at=due_at(Status(row.status), row.since, kind_of(row).clock),
        escalated=row.escalated,
        turnaround_hours=None if took is None else round(took, 1),
    )


def _power(grant: Grant | None) -> str | None:
    return "; ".join(f"{one.statute}, {one.section}" for one in grant.under) if grant else None


async def _steps(connection: AsyncConnection, row: Row[Any]) -> tuple[StepTaken, ...]:
    people = await contacts.officers(connection, {row.asker, row.answerer})
    by_subject = {(one.agency, one.subject): one for one in people.values()}
    return tuple(_step(taken, by_subject) for taken in await store.steps(connection, row.id))


def _step(taken: Row[Any], people: Mapping[tuple[str, str | None], Officer]) -> StepTaken:
    by = people.get((taken.agency, taken.subject))
    return StepTaken(step=taken.step, at=taken.at, agency=taken.agency, by=by and officer_said(by), says=taken.says)


async def _chased(connection: AsyncConnection, row: Row[Any], roles: Collection[Contact]) -> tuple[Chase, ...]:
    named = {one.id: one.role for one in roles}
    found = await store.chased(connection, row.id)
    return tuple(Chase(kind=one.kind, at=one.at, role=named.get(one.contact)) for one in found)


async def _answer(
    connection: AsyncConnection, principal: Principal, partnership: Partnership, row: Row[Any]
) -> tuple[dict[str, Any] | None, str | None]:
    """The answer, or why one that was given is not shown."""
    if row.status != Status.answered:
        return None, None
    if principal.subject not in await _readers(connection, principal, row):
        return None, "The answer is for who asked, who authorised it and who answered."
    values = await store.answer(connection, row.id)
    if values is None:
        return None, f"It was destroyed: answers of this kind are kept for {kind_of(row).keep_days} days."
    if row.answerer == principal.agency:
        return values, None
    return _opened(values, principal, partnership, row)


async def _readers(connection: AsyncConnection, principal: Principal, row: Row[Any]) -> set[str]:
    """Who of the caller's agency may read the answer, by the `sub` of their tokens."""
    taken = {one.step: one.subject for one in await store.steps(connection, row.id)}
    mine = [row.held_by, taken.get(Step.authorise)] if row.asker == principal.agency else [taken[Step.answer]]
    return {one for one in mine if one}


def _opened(
    values: dict[str, Any], principal: Principal, partnership: Partnership, row: Row[Any]
) -> tuple[dict[str, Any] | None, str | None]:
    """What the power opens today for the purpose for which it is read: a revocation withdraws what was answered."""
    if purpose_of(principal, partnership) != row.purpose:
        return None, "The answer was given for another purpose than the one for which you act."
    grant = asked_of(row).may_answer(today(), partnership)
    if grant is None:
        return None, asked_of(row).not_answerable(today(), partnership)
    opened = {field.id for field in open_fields(kind_of(row), grant)}
    return {id_: value for id_, value in values.items() if id_ in opened}, None


async def page(
    connection: AsyncConnection,
    principal: Principal,
    partnership: Partnership,
    asker: str | None,
    answerer: str | None,
    kind: str | None,
    status: Collection[Status],
    after: str | None,
    limit: int,
) -> RequestPage:
    which = [await _visible(connection, principal, partnership), *store.wanted(asker, answerer, kind, status)]
    rows = await store.page(connection, which, after, limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return RequestPage(items=tuple(summary(row) for row in rows[:limit]), next=more)


async def _visible(connection: AsyncConnection, principal: Principal, partnership: Partnership) -> ColumnElement[bool]:
    told = [one for one in await store.asked(connection, principal.agency) if _may_be_told(one, partnership)]
    return store.visible(principal.agency, told)


def _may_be_told(one: Row[Any], partnership: Partnership) -> bool:
    asked = Asked(one.asker, one.answerer, one.purpose, by_id(one.kind), one.authorised)
    return asked.may_ask(today(), partnership) is not None


async def turnaround(
    connection: AsyncConnection, principal: Principal, partnership: Partnership
) -> tuple[Turnaround, ...]:
    times: dict[tuple[str, str, str], list[timedelta]] = defaultdict(list)
    for row in await store.ended(connection, await _visible(connection, principal, partnership)):
        times[row.kind, row.asker, row.answerer].append(row.ended_at - row.sent_at)
    return tuple(_turnaround(*key, times[key]) for key in sorted(times))


def _turnaround(kind: str, asker: str, answerer: str, times: list[timedelta]) -> Turnaround:
    which = [("kind", kind), ("asker", asker), ("answerer", answerer), *(("status", one) for one in sorted(ENDED))]
    return Turnaround(
        kind=kind,
        asker=asker,
        answerer=answerer,
        median_hours=median_hours(times),
        ended=len(times),
        definition=_DEFINITION,
        list=f"/v1/requests?{urlencode(which)}",
    )
