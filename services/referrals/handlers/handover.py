"""Somebody leaves: what is open with them, and what becomes of it. Source: seed ¶75; inventory 98."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.contacts import Contact, Officer, deputy_of, without
from services.referrals.domain.requests import due_at
from services.referrals.handlers.contacts import officer_said, officer_with_absences, own_officer, said, succeed
from services.referrals.handlers.requests import kind_of
from services.referrals.store import agendas, contacts, handover, requests
from shared.contracts.api.referrals.contacts import (
    ContactSaid,
    Handover,
    Leaving,
    OpenKind,
    OpenThing,
    PassedOn,
    Succession,
)
from shared.contracts.api.referrals.requests import Status
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import LONDON, today
from shared.runtime.db import Tx
from shared.runtime.errors import Invalid


async def pack(connection: AsyncConnection, principal: Principal, officer_id: str) -> Handover:
    """For whoever takes over."""
    leaver = await own_officer(connection, principal, officer_id)
    roles = await _roles(connection, leaver)
    return Handover(
        officer=await officer_with_absences(connection, principal, officer_id),
        roles=tuple(said(one, today()) for one in roles),
        open=await _open(connection, leaver),
    )


async def leave(tx: Tx, principal: Principal, officer_id: str, given: Leaving) -> PassedOn:
    """From the day after the last the roles are others', and what is open is the successor's at once. Without one the
    roles have it still: nothing hangs on a person alone."""
    leaver = await own_officer(tx.connection, principal, officer_id)
    roles = await _roles(tx.connection, leaver)
    successor = await _successor(tx, principal, given) or deputy_of(roles, leaver, today())
    open_ = await _open(tx.connection, leaver)
    await contacts.change_officer(tx.connection, leaver.id, left_on=given.last_day)
    if successor:
        await _pass_on(tx.connection, leaver, successor)
    return PassedOn(
        successor=successor and officer_said(successor),
        roles=tuple([await _refill(tx, principal, one, leaver, successor, given.last_day) for one in roles]),
        open=open_,
    )


async def _successor(tx: Tx, principal: Principal, given: Leaving) -> Officer | None:
    if given.successor is None:
        return None
    named = (await contacts.officers(tx.connection, {principal.agency})).get(given.successor)
    if named is None or named.has_left(given.last_day):
        remedy = "Name an officer of your agency who is in its service."
        raise Invalid(errors=[FieldProblem(field="body.successor", code="unknown", remedy=remedy)])
    return named


async def _refill(
    tx: Tx, principal: Principal, role: Contact, leaver: Officer, successor: Officer | None, last_day: date
) -> ContactSaid:
    people = tuple(one.id for one in without(role.people, leaver, successor))
    since = max(last_day, role.since) + timedelta(days=1)
    return await succeed(tx, principal, role.id, Succession(people=people, since=since))


async def _roles(connection: AsyncConnection, officer: Officer) -> Sequence[Contact]:
    """Those that the officer fills or stands in for, and that nobody has ended."""
    every = await contacts.contacts(connection, {officer.agency})
    return [one for one in every if one.until is None and officer in one.people]


async def _open(connection: AsyncConnection, officer: Officer) -> tuple[OpenThing, ...]:
    actions = [_thing(OpenKind.action, one.id, f"/v1/agendas/{one.agenda}", one.due)
               for one in await agendas.actions_of(connection, officer.id)]  # fmt: skip
    return (*await _signed_in_as(connection, officer), *actions)


async def _signed_in_as(connection: AsyncConnection, officer: Officer) -> list[OpenThing]:
    """What is with the officer by the `sub` of their token."""
    if officer.subject is None:
        return []
    taken = await handover.taken_by(connection, officer.agency, officer.subject)
    asked = await requests.held_by(connection, officer.agency, officer.subject)
    referrals = [_thing(OpenKind.referral, one.id, f"/v1/referrals/{one.id}", one.due_at) for one in taken]
    return referrals + [
        _thing(
            OpenKind.request,
            one.id,
            f"/v1/requests/{one.id}",
            due_at(Status(one.status), one.since, kind_of(one).clock),
        )
        for one in asked
    ]


async def _pass_on(connection: AsyncConnection, leaver: Officer, successor: Officer) -> None:
    await agendas.pass_on(connection, leaver.id, successor.id)
    if leaver.subject and successor.subject:
        await handover.pass_on(connection, leaver.agency, leaver.subject, successor.subject)
        await requests.pass_on(connection, leaver.agency, leaver.subject, successor.subject)


def _thing(kind: OpenKind, id_: str, address: str, due: date | None) -> OpenThing:
    day = due.astimezone(LONDON).date() if isinstance(due, datetime) else due
    return OpenThing(kind=kind, id=id_, address=address, due=day)
