"""Visits: made, read, listed, changed, cancelled, done."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.calendar.api.cursors import Cursor, cursor_after, place_of
from services.calendar.api.dependencies import NOT_MODIFIED, Asking, AtDesk, Desk, IfNoneMatch, Read, VisitId, as_json
from services.calendar.handlers import attending, listing, planning, programmes
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.composing import overruling
from services.calendar.handlers.placing import placed, timed
from services.calendar.handlers.planning import Plan
from services.calendar.handlers.seeing import Seen, own, visible
from services.calendar.handlers.showing import shown
from services.calendar.store.listing import Wanted
from shared.contracts.api.calendar.visits import (
    Cancellation,
    Done,
    NewProgramme,
    NewVisit,
    Programme,
    Visit,
    VisitChange,
    VisitPage,
)
from shared.contracts.api.calendar.words import VisitStatus
from shared.runtime.db import Tx
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/visits", tags=["visits"])

ONE: dict[int | str, dict[str, Any]] = {**problems(404)}
CHANGED: dict[int | str, dict[str, Any]] = {**problems(404, 409)}
_LONGEST_KM = 100.0
_POINT = r"^-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?$"


async def as_shown(tx: Tx, caller: Caller, desk: Desk, visit_id: str) -> Visit:
    """What the visit is now, to whoever just changed it."""
    return shown(await visible(tx.connection, visit_id, caller.eyes), caller.eyes, caller.policies)


@router.post("", status_code=201, summary="Plan a visit; confirm it once it is known what clashes")
async def plan(new: NewVisit, caller: Asking, desk: AtDesk, response: Response) -> Visit:
    when, where = timed(new.when), await placed(desk.linker, caller, new.place)
    async with desk.writing() as tx:
        overridden = await overruling(tx, caller, new.override_id, where.spot.business_id)
        planned = Plan(new.terms, where, when, new.contribution, overridden=overridden)
        visit_id = await planning.make(tx, caller, planned)
        if new.invite:
            await attending.invite(tx, caller, visit_id, new.invite)
        made = await as_shown(tx, caller, desk, visit_id)
    response.headers["Location"] = f"/v1/visits/{visit_id}"
    return made


@router.post("/programmes", status_code=201, summary="Plan a routine round: a visit that comes again")
async def plan_programme(asked: NewProgramme, caller: Asking, desk: AtDesk) -> Programme:
    whens = await programmes.times(asked, caller.policies.working_days)
    where = await placed(desk.linker, caller, asked.visit.place)
    async with desk.writing() as tx:
        programme, ids = await programmes.make(tx, caller, asked.visit, where, whens)
        made = tuple([await as_shown(tx, caller, desk, id_) for id_ in ids])
    return Programme(programme=programme, visits=made)


@router.get(
    "", summary="Those that you may see, in order of their first day", response_model=VisitPage, responses=NOT_MODIFIED
)
async def visits(
    caller: Asking,
    desk: AtDesk,
    connection: Read,
    since: Annotated[date | None, Query(description="Those that end on this day or later")] = None,
    until: Annotated[date | None, Query(description="Those that begin on this day or earlier")] = None,
    area: Annotated[str | None, Query(max_length=10, description="Outward postcode, e.g. UB1")] = None,
    agency: Annotated[str | None, Query(max_length=63, description="Which made them")] = None,
    attending: Annotated[str | None, Query(max_length=63, description="Which made them or had agreed to come")] = None,
    business_id: Annotated[str | None, Query(max_length=40, description="Of your own agency's visits")] = None,
    status: VisitStatus | None = None,
    ended: Annotated[bool | None, Query(description="Whether they are over or cancelled")] = None,
    untold: Annotated[bool, Query(description="Over, and nobody said so within the days that are agreed")] = False,
    programme: Annotated[str | None, Query(max_length=40)] = None,
    near: Annotated[str | None, Query(pattern=_POINT, description="Degrees north and east, e.g. 51.51,-0.37")] = None,
    km: Annotated[float, Query(gt=0, le=_LONGEST_KM)] = 2.0,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    untold_before = caller.policies.untold_before(caller.eyes.day) if untold else None
    wanted = Wanted(since, until, area, agency, attending, business_id, status, ended, programme, untold_before)
    chosen: listing.Chosen = listing.any_of_them
    if near:
        north, east = near.split(",")
        wanted, chosen = listing.within((float(north), float(east)), km, wanted)
    found = await listing.page(connection, caller.eyes, wanted, place_of(cursor), limit + 1, chosen)
    return as_json(page_of(found, limit, caller, desk), if_none_match, [one.row.agency for one in found[:limit]])


def page_of(found: list[Seen], limit: int, caller: Caller, desk: Desk) -> VisitPage:
    last = found[limit - 1].row if len(found) > limit else None
    shown_now = tuple(shown(one, caller.eyes, caller.policies) for one in found[:limit])
    return VisitPage(visits=shown_now, next=cursor_after((last.first_on, last.id)) if last else None)


@router.get("/{visit_id}", summary="One", response_model=Visit, responses={**NOT_MODIFIED, **ONE})
async def visit(
    visit_id: VisitId, caller: Asking, desk: AtDesk, connection: Read, if_none_match: IfNoneMatch = None
) -> Response:
    found = await visible(connection, visit_id, caller.eyes)
    return as_json(shown(found, caller.eyes, caller.policies), if_none_match, [found.row.agency])


@router.get("/{visit_id}/near", summary="Others near your visit, in the same days", responses=ONE)
async def near_visit(
    visit_id: VisitId,
    caller: Asking,
    desk: AtDesk,
    connection: Read,
    km: Annotated[float, Query(gt=0, le=_LONGEST_KM)] = 2.0,
    days: Annotated[int, Query(ge=0, le=60, description="Either side of it")] = 14,
) -> VisitPage:
    found = await own(connection, visit_id, caller.eyes)
    wanted, chosen = listing.near_to(found, km, days)
    return page_of(await listing.page(connection, caller.eyes, wanted, None, 200, chosen), 200, caller, desk)


@router.patch("/{visit_id}", summary="Change your visit", responses=CHANGED)
async def change(visit_id: VisitId, asked: VisitChange, caller: Asking, desk: AtDesk) -> Visit:
    when = timed(asked.when) if asked.when else None
    where = await placed(desk.linker, caller, asked.place) if asked.place else None
    async with desk.writing() as tx:
        await planning.change(tx, caller, visit_id, asked, where, when)
        return await as_shown(tx, caller, desk, visit_id)


@router.post("/{visit_id}/cancel", summary="Cancel your visit; whoever was told of it is told", responses=CHANGED)
async def cancel(visit_id: VisitId, asked: Cancellation, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await planning.cancel(tx, caller, visit_id, asked.version, asked.reason)
        return await as_shown(tx, caller, desk, visit_id)


@router.post("/{visit_id}/done", summary="Say that your visit took place", responses=CHANGED)
async def done(visit_id: VisitId, asked: Done, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await planning.done(tx, caller, visit_id, asked.version)
        return await as_shown(tx, caller, desk, visit_id)
