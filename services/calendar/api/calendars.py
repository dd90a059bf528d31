"""Calendars: feeds that any calendar reads, one visit as a file, free and busy times, and agencies' own calendars."""

from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from services.calendar.api.dependencies import NOT_MODIFIED, Asking, AtDesk, IfNoneMatch, Read, VisitId, tagged
from services.calendar.api.visits import ONE
from services.calendar.domain.ics_in import BadCalendar, read
from services.calendar.domain.ics_in import Read as ReadCalendar
from services.calendar.domain.ics_out import calendar
from services.calendar.handlers import feeds, importing
from services.calendar.handlers.seeing import visible
from shared.contracts.api.calendar.feeds import (
    CalendarFeeds,
    FreeBusy,
    Imported,
    ImportedCalendars,
    MadeCalendarFeed,
    NewCalendarFeed,
)
from shared.contracts.api.calendar.visits import Slug, Terms
from shared.contracts.api.calendar.words import Purpose, Tier
from shared.contracts.problem import FieldProblem
from shared.runtime.apart import TookTooMuch, apart
from shared.runtime.auth import AgencyAdmin
from shared.runtime.errors import Invalid, TooLarge
from shared.runtime.web import READER_HEADER, problems

router = APIRouter(tags=["calendars"])

_ICS = "text/calendar"
_MOST_BYTES = 2 << 20
_DAYS = 120
_SECONDS = 10
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "RFC 5545", "content": {_ICS: {"schema": {"type": "string"}}}},
    **NOT_MODIFIED,
    **problems(404),
}
_Name = Annotated[Slug, Path(max_length=63, description="Your own word for the calendar, such as food-team")]
_TAKES: dict[str, Any] = {"requestBody": {"required": True, "content": {_ICS: {"schema": {"type": "string"}}}}}


@router.post("/v1/calendar/feeds", status_code=201, summary="An address that your calendar can read, told this once")
async def make(asked: NewCalendarFeed, caller: Asking, desk: AtDesk) -> MadeCalendarFeed:
    async with desk.writing() as tx:
        return await feeds.make(tx, caller, asked.scope)


@router.get("/v1/calendar/feeds", summary="Your own feeds")
async def mine(caller: Asking, connection: Read) -> CalendarFeeds:
    return CalendarFeeds(feeds=await feeds.mine(connection, caller))


@router.delete("/v1/calendar/feeds/{feed_id}", status_code=204, summary="Revoke a feed of yours", responses=ONE)
async def revoke(feed_id: Annotated[str, Path(pattern=r"^cal_[0-9a-f]{32}$")], caller: Asking, desk: AtDesk) -> None:
    async with desk.writing() as tx:
        await feeds.revoke(tx, caller, feed_id)


@router.delete(
    "/v1/calendar/feeds", status_code=204, summary="End every feed of somebody of your agency, or of a system of it"
)
async def revoke_all(
    admin: AgencyAdmin, desk: AtDesk, subject: Annotated[str, Query(max_length=320, description="As in their tokens")]
) -> None:
    """The same answer whether or not they had any."""
    async with desk.writing() as tx:
        await feeds.revoke_all(tx, admin.agency, subject)


@router.get(
    "/v1/calendar/ics/{token}.ics", summary="A feed, by its secret address", response_class=Response, responses=_FILE
)
async def feed(
    token: Annotated[str, Path(max_length=100)], desk: AtDesk, connection: Read, if_none_match: IfNoneMatch = None
) -> Response:
    found = await feeds.holder(connection, token)
    text, owners = await feeds.read(connection, found, desk.rules.current())
    if feeds.is_first_today(found):
        async with desk.writing() as tx:
            await feeds.note_use(tx, found)
    answer = tagged(text, _ICS, if_none_match, owners)
    answer.headers[READER_HEADER] = f"{found.agency} {quote(found.subject)}"
    return answer


@router.get(
    "/v1/visits/{visit_id}/ics", summary="One visit as a calendar file", response_class=Response, responses=_FILE
)
async def one(visit_id: VisitId, caller: Asking, connection: Read, if_none_match: IfNoneMatch = None) -> Response:
    found = await visible(connection, visit_id, caller.eyes)
    text = calendar(feeds.entries([found], caller.eyes), "Visit")
    answer = tagged(text, _ICS, if_none_match, [found.row.agency])
    answer.headers["Content-Disposition"] = f'attachment; filename="{visit_id}.ics"'
    return answer


@router.get("/v1/calendar/free-busy", summary="When an agency is busy, of what you may see")
async def free_busy(
    caller: Asking,
    connection: Read,
    agency: Annotated[str, Query(max_length=63)],
    since: date,
    until: date,
) -> FreeBusy:
    if not timedelta() <= until - since <= timedelta(days=_DAYS):
        remedy = f"Ask for 1 to {_DAYS} days."
        raise Invalid(errors=[FieldProblem(field="query.until", code="days", remedy=remedy)])
    return await feeds.free_busy(connection, caller.eyes, agency, since, until)


@router.put(
    "/v1/calendar/imports/{name}",
    summary="Take in one of your agency's own calendars: its times and places, nothing of what they are about",
    openapi_extra=_TAKES,
    responses=problems(413),
)
async def take_in(
    name: _Name,
    request: Request,
    caller: Asking,
    desk: AtDesk,
    regime: Annotated[Slug, Query(description="In which these visits are made")],
    tier: Annotated[Tier, Query(description="How much partners may see")] = Tier.ring,
    contact: Annotated[str | None, Query(max_length=200, description="Whom a partner rings")] = None,
) -> Imported:
    """Takes the place of what you sent under this name before, and of no other calendar of yours."""
    found = await _understood(await _body(request), caller.eyes.day)
    terms = Terms(purpose=Purpose.mixed, regimes=(regime,), tier=tier, contact=contact)
    async with desk.database.read() as connection:
        had = await importing.taken_in(connection, caller, name)
    fresh = await importing.arrived(desk.linker, caller, found, had)
    async with desk.writing() as tx:
        return await importing.take_in(tx, caller, name, found, fresh, terms)


@router.get("/v1/calendar/imports", summary="Your agency's own calendars that were taken in")
async def imports(caller: Asking, connection: Read) -> ImportedCalendars:
    return ImportedCalendars(calendars=await importing.calendars(connection, caller))


@router.delete(
    "/v1/calendar/imports/{name}",
    status_code=204,
    summary="Withdraw one of them: its visits to come are cancelled",
    responses=ONE,
)
async def withdraw(name: _Name, caller: Asking, desk: AtDesk) -> None:
    async with desk.writing() as tx:
        await importing.withdraw(tx, caller, name)


async def _understood(text: bytes, day: date) -> ReadCalendar:
    """Raises Invalid."""
    try:
        return await apart(read, text, day, day + timedelta(days=_DAYS), seconds=_SECONDS)
    except TookTooMuch as error:
        remedy = "Send a calendar with fewer entries that come again: this one takes too long to read."
        raise Invalid(errors=[FieldProblem(field="body", code="too_much", remedy=remedy)]) from error
    except BadCalendar as error:
        raise Invalid(errors=[FieldProblem(field="body", code="calendar", remedy=error.remedy)]) from error


async def _body(request: Request) -> bytes:
    """Raises TooLarge as soon as it is."""
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > _MOST_BYTES:
            raise TooLarge(f"A calendar of at most {_MOST_BYTES >> 20} MiB is taken in.")
    return bytes(pieces)
