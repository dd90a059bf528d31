"""Contacts: who answers for what at which agency. Each agency keeps its own; every partner reads all."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.referrals.api.dependencies import MEMBERS, Read, Shared, Write
from services.referrals.handlers import contacts, handover
from shared.contracts.api.referrals.contacts import (
    AREA,
    CONTACT,
    OFFICER,
    Absence,
    ContactSaid,
    Dates,
    Handover,
    Leaving,
    NewContact,
    NewOfficer,
    OwnOfficer,
    PassedOn,
    Succession,
)
from shared.contracts.api.sharing import SLUG
from shared.runtime.auth import AgencyAdmin, AnyPartner
from shared.runtime.clock import today
from shared.runtime.web import problems

router = APIRouter(prefix="/v1", tags=["contacts"], dependencies=MEMBERS)

OfficerId = Annotated[str, Path(pattern=OFFICER)]
ContactId = Annotated[str, Path(pattern=CONTACT)]
AbsenceId = Annotated[str, Path(pattern=r"^abs_[0-9a-f]{32}$")]
AgencyFilter = Annotated[str | None, Query(pattern=SLUG, description="Of this agency only")]
Topic = Annotated[str | None, Query(pattern=SLUG, description="A regime, or the topic that a kind of request names")]
Place = Annotated[str | None, Query(pattern=AREA, description="Outward postcode, e.g. TR1")]
Day = Annotated[date | None, Query(description="Today unless given")]


@router.get("/contacts", summary="Every role that counts on a day, with who fills it and who stands in")
async def directory(
    _principal: AnyPartner, shared: Shared, connection: Read, agency: AgencyFilter = None, day: Day = None
) -> list[ContactSaid]:
    return list(await contacts.directory(connection, shared.partnership, agency, day or today()))


@router.get("/contacts/who", responses=problems(404), summary="Who has a topic at an agency: one role, on a day")
async def who(
    _principal: AnyPartner,
    connection: Read,
    agency: Annotated[str, Query(pattern=SLUG)],
    topic: Topic = None,
    area: Place = None,
    day: Day = None,
) -> ContactSaid:
    return await contacts.who(connection, agency, topic, area, day or today())


@router.post("/contacts", status_code=201, summary="Add a role of your agency, filled from today on")
async def add_contact(principal: AgencyAdmin, given: NewContact, tx: Write) -> ContactSaid:
    return await contacts.add_contact(tx, principal, given)


@router.put("/contacts/{contact_id}", responses=problems(404, 409), summary="Change one of your roles from now on")
async def change_contact(contact_id: ContactId, principal: AgencyAdmin, given: NewContact, tx: Write) -> ContactSaid:
    return await contacts.change_contact(tx, principal, contact_id, given)


@router.post(
    "/contacts/{contact_id}/succession",
    status_code=201,
    responses=problems(404, 409),
    summary="Let others fill one of your roles from a day on",
)
async def succeed(contact_id: ContactId, principal: AgencyAdmin, given: Succession, tx: Write) -> ContactSaid:
    return await contacts.succeed(tx, principal, contact_id, given)


@router.delete(
    "/contacts/{contact_id}",
    status_code=204,
    responses=problems(404, 409),
    summary="End one of your roles now; what was sent to it is with the next wider one",
)
async def end(contact_id: ContactId, principal: AgencyAdmin, tx: Write) -> None:
    await contacts.end(tx, principal, contact_id, today() - timedelta(days=1))


@router.get("/contacts/officers", summary="Your agency's people, with their absences")
async def own_officers(principal: AgencyAdmin, connection: Read) -> list[OwnOfficer]:
    return list(await contacts.own_officers(connection, principal))


@router.post("/contacts/officers", status_code=201, summary="Add one of your agency's people")
async def add_officer(principal: AgencyAdmin, given: NewOfficer, tx: Write) -> OwnOfficer:
    return await contacts.add_officer(tx, principal, given)


@router.put(
    "/contacts/officers/{officer_id}", responses=problems(404), summary="Change how one of your people is reached"
)
async def change_officer(officer_id: OfficerId, principal: AgencyAdmin, given: NewOfficer, tx: Write) -> OwnOfficer:
    return await contacts.change_officer(tx, principal, officer_id, given)


@router.get(
    "/contacts/officers/{officer_id}/handover",
    responses=problems(404),
    summary="What is open with one of your people, and the roles they fill",
)
async def pack(officer_id: OfficerId, principal: AgencyAdmin, connection: Read) -> Handover:
    return await handover.pack(connection, principal, officer_id)


@router.post(
    "/contacts/officers/{officer_id}/leaving",
    responses=problems(404, 409),
    summary="Somebody leaves: their roles and what is open with them pass on",
)
async def leave(officer_id: OfficerId, principal: AgencyAdmin, given: Leaving, tx: Write) -> PassedOn:
    return await handover.leave(tx, principal, officer_id, given)


@router.post(
    "/contacts/officers/{officer_id}/absences",
    status_code=201,
    responses=problems(404),
    summary="Say when one of your people is away: the deputy of each of their roles stands in",
)
async def add_absence(officer_id: OfficerId, principal: AgencyAdmin, given: Dates, tx: Write) -> Absence:
    return await contacts.add_absence(tx, principal, officer_id, given)


@router.delete(
    "/contacts/officers/{officer_id}/absences/{absence_id}",
    status_code=204,
    responses=problems(404),
    summary="Take an absence back",
)
async def remove_absence(officer_id: OfficerId, absence_id: AbsenceId, principal: AgencyAdmin, tx: Write) -> None:
    await contacts.remove_absence(tx, principal, officer_id, absence_id)
