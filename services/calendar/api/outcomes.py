"""What came of visits, and who comes where they agreed to come."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.calendar.api.cursors import Cursor, cursor_after, place_of
from services.calendar.api.dependencies import Asking, AtDesk, Read, VisitId
from services.calendar.api.visits import CHANGED, ONE
from services.calendar.handlers import outcomes
from services.calendar.handlers.counting import reliability_of
from services.calendar.store.outcomes import Wanted
from shared.contracts.api.calendar.outcomes import NewOutcome, Outcome, OutcomePage, Reliabilities
from shared.contracts.api.calendar.words import OutcomeKind

router = APIRouter(prefix="/v1", tags=["outcomes"])

_OutcomeId = Annotated[str, Path(pattern=r"^out_[0-9a-f]{32}$")]
_Slug = Annotated[str | None, Query(max_length=63)]
_YEAR = timedelta(days=365)


@router.post(
    "/visits/{visit_id}/outcomes",
    status_code=201,
    summary="Record what came of a visit for your agency, however late",
    responses=CHANGED,
)
async def record(visit_id: VisitId, given: NewOutcome, caller: Asking, desk: AtDesk) -> Outcome:
    async with desk.writing() as tx:
        return await outcomes.record(tx, caller, visit_id, given)


@router.delete("/outcomes/{outcome_id}", status_code=204, summary="Take back an outcome of your own", responses=ONE)
async def take_back(outcome_id: _OutcomeId, caller: Asking, desk: AtDesk) -> None:
    async with desk.writing() as tx:
        await outcomes.take_back(tx, caller, outcome_id)


@router.get("/outcomes", summary="Those that you may see, in order of the day on which they became known")
async def list_outcomes(
    caller: Asking,
    connection: Read,
    visit: Annotated[str | None, Query(max_length=40)] = None,
    agency: _Slug = None,
    kind: OutcomeKind | None = None,
    regime: _Slug = None,
    since: date | None = None,
    until: date | None = None,
    late: bool | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OutcomePage:
    wanted = Wanted(visit, agency, kind, regime, since, until, late)
    found = await outcomes.page(connection, caller.eyes, wanted, place_of(cursor), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    after = cursor_after((last.found_on, last.outcome_id)) if last else None
    return OutcomePage(outcomes=tuple(found[:limit]), next=after)


@router.get("/calendar/reliability", summary="Whether agencies come where they agreed to come")
async def reliability(
    caller: Asking,
    desk: AtDesk,
    connection: Read,
    since: Annotated[date | None, Query(description="A year ago unless you say otherwise")] = None,
    until: Annotated[date | None, Query(description="Today unless you say otherwise")] = None,
) -> Reliabilities:
    last = until or caller.eyes.day
    first = since or last - _YEAR
    found = await reliability_of(connection, caller.eyes, caller.policies, first, last)
    return Reliabilities(agencies=found, since=first, until=last)
