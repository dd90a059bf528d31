"""An agency's people and the roles they fill: its own to write, every partner's to read."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.contacts import Contact, Officer, who_has
from services.referrals.store import contacts as store
from shared.contracts.api.referrals.contacts import (
    Absence,
    ContactSaid,
    Dates,
    Filled,
    NewContact,
    NewOfficer,
    OfficerSaid,
    OwnOfficer,
    Role,
    Succession,
)
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, today
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Invalid, NotFound
from shared.sharing import Partnership

_MEANWHILE = "It was ended or filled anew meanwhile."


async def add_officer(tx: Tx, principal: Principal, given: NewOfficer) -> OwnOfficer:
    id_ = new_id("ofc")
    await store.add_officer(tx.connection, id=id_, agency=principal.agency, **given.model_dump())
    return OwnOfficer(id=id_, left_on=None, absences=(), **given.model_dump())


async def change_officer(tx: Tx, principal: Principal, id_: str, given: NewOfficer) -> OwnOfficer:
    await own_officer(tx.connection, principal, id_)
    await store.change_officer(tx.connection, id_, **given.model_dump())
    return await officer_with_absences(tx.connection, principal, id_)


async def own_officers(connection: AsyncConnection, principal: Principal) -> tuple[OwnOfficer, ...]:
    rows = await store.officer_rows(connection, principal.agency)
    away = await store.absence_rows(connection, [row.id for row in rows])
    return tuple(
        OwnOfficer(
            **{name: value for name, value in row._asdict().items() if name != "agency"},
            absences=tuple(
                Absence(id=one.id, since=one.since, until=one.until) for one in away if one.officer == row.id
            ),
        )
        for row in rows
    )


async def officer_with_absences(connection: AsyncConnection, principal: Principal, id_: str) -> OwnOfficer:
    found = next((one for one in await own_officers(connection, principal) if one.id == id_), None)
    if found is None:
        raise NotFound
    return found


async def own_officer(connection: AsyncConnection, principal: Principal, id_: str) -> Officer:
    found = (await store.officers(connection, {principal.agency})).get(id_)
    if found is None:
        raise NotFound
    return found


async def add_absence(tx: Tx, principal: Principal, officer: str, dates: Dates) -> Absence:
    await own_officer(tx.connection, principal, officer)
    given = {"id": new_id("abs"), "since": dates.since, "until": dates.until}
    await store.add_absence(tx.connection, officer=officer, **given)
    return Absence(**given)


async def remove_absence(tx: Tx, principal: Principal, officer: str, id_: str) -> None:
    await own_officer(tx.connection, principal, officer)
    if not await store.remove_absence(tx.connection, officer, id_):
        raise NotFound


async def add_contact(tx: Tx, principal: Principal, given: NewContact) -> ContactSaid:
    """A role, filled from today on."""
    return await _begin(tx, principal, {"since": today()} | given.model_dump())


async def change_contact(tx: Tx, principal: Principal, id_: str, given: NewContact) -> ContactSaid:
    """The role as it is from now on. Raises Conflict if it was ended or filled anew meanwhile."""
    await _own_contact(tx.connection, principal, id_)
    await _check_people(tx, principal, given, today())
    if not await store.change_contact(tx.connection, id_, **given.model_dump()):
        raise Conflict(_MEANWHILE)
    return said(await _own_contact(tx.connection, principal, id_), today())


async def succeed(tx: Tx, principal: Principal, id_: str, given: Succession) -> ContactSaid:
    """Others fill the role from a day on. Raises Conflict if it was ended or filled anew meanwhile."""
    role = await _own_contact(tx.connection, principal, id_)
    if given.since <= role.since:
        raise Invalid(errors=[_field("since", "too_early", "Give a day after the one from which it is filled so.")])
    await end(tx, principal, id_, given.since - timedelta(days=1))
    return await _begin(tx, principal, _described(role) | given.model_dump())


async def end(tx: Tx, principal: Principal, id_: str, last_day: date) -> None:
    """The role has nothing from the day after; who has a wider one has it then."""
    await _own_contact(tx.connection, principal, id_)
    if not await store.end_contact(tx.connection, id_, last_day):
        raise Conflict(_MEANWHILE)


async def _begin(tx: Tx, principal: Principal, values: dict[str, Any]) -> ContactSaid:
    await _check_people(tx, principal, Filled(people=values["people"]), values["since"])
    id_ = new_id("con")
    await store.add_contact(tx.connection, id=id_, agency=principal.agency, **values)
    return said(await _own_contact(tx.connection, principal, id_), today())


async def _check_people(tx: Tx, principal: Principal, filled: Filled, day: date) -> None:
    people = await store.officers(tx.connection, {principal.agency})
    if any(id_ not in people or people[id_].has_left(day) for id_ in filled.people):
        raise Invalid(errors=[_field("people", "unknown", "Name officers of your agency who are in its service.")])


def _described(role: Contact) -> dict[str, Any]:
    return {name: getattr(role, name) for name in Role.model_fields}


async def _own_contact(connection: AsyncConnection, principal: Principal, id_: str) -> Contact:
    found = await store.contact_of(connection, principal.agency, id_)
    if found is None:
        raise NotFound
    return found


async def directory(
    connection: AsyncConnection, partnership: Partnership, agency: str | None, day: date
) -> tuple[ContactSaid, ...]:
    """Every role that counts on the day, of one agency or of all, by agency and role."""
    agencies = {one.id for one in partnership.agencies if agency in (None, one.id)}
    found = [one for one in await store.contacts(connection, agencies) if one.counts_on(day)]
    return tuple(said(one, day) for one in sorted(found, key=lambda one: (one.agency, one.role, one.id)))


async def who(connection: AsyncConnection, agency: str, topic: str | None, area: str | None, day: date) -> ContactSaid:
    """Raises NotFound if the agency has no role that covers it."""
    found = who_has(await store.contacts(connection, {agency}), agency, topic, area, day)
    if found is None:
        raise NotFound("That agency has named no contact for it.")
    return said(found, day)


async def is_named_for(connection: AsyncConnection, principal: Principal, topic: str) -> bool:
    """Whether the caller is on duty today in a role that their agency names for this very topic."""
    day = today()
    named = [one for one in await store.contacts(connection, {principal.agency}) if topic in one.topics]
    on_duty = [one.on_duty(day) for one in named if one.counts_on(day)]
    return any(officer is not None and officer.subject == principal.subject for officer in on_duty)


def said(contact: Contact, day: date) -> ContactSaid:
    on_duty = contact.on_duty(day)
    return ContactSaid(
        **_described(contact),
        id=contact.id,
        agency=contact.agency,
        since=contact.since,
        until=contact.until,
        people=tuple(officer_said(one) for one in contact.people if not one.has_left(day)),
        on_duty=on_duty and officer_said(on_duty),
    )


def officer_said(officer: Officer) -> OfficerSaid:
    return OfficerSaid(id=officer.id, name=officer.name, phone=officer.phone, email=officer.email)


def _field(field: str, code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=f"body.{field}", code=code, remedy=remedy)
