"""Tasking: the week's list, what was decided, and the Primary Authority entries that route a visit."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.calendar.api.dependencies import Analysing, AtDesk, Chairing, Desk, Read
from services.calendar.handlers import authorities
from services.calendar.handlers import tasking as handling
from services.calendar.handlers.caller import Caller
from services.calendar.store import tasking
from services.calendar.store.tasking import Wanted
from shared.contracts.api.calendar.composer import BusinessId
from shared.contracts.api.calendar.tasking import (
    Decision,
    ListId,
    NewPrimaryAuthority,
    NewTaskingDecision,
    NewTaskingList,
    PrimaryAuthorities,
    PrimaryAuthority,
    TaskingDecision,
    TaskingDecisionPage,
    TaskingList,
    TaskingListPage,
)
from shared.runtime.errors import NotFound
from shared.runtime.web import OWNERS_HEADER, problems

router = APIRouter(tags=["tasking"])

PageSize = Annotated[int, Query(ge=1, le=200)]
_ListCursor = Annotated[ListId | None, Query(description="`next` of the page before")]
_DecisionCursor = Annotated[str | None, Query(pattern=r"^tde_[0-9a-f]{32}$", description="`next` of the page before")]


@router.post("/v1/tasking/lists", status_code=201, summary="Make this week's list", responses=problems(502))
async def make(asked: NewTaskingList, caller: Analysing, desk: AtDesk, response: Response) -> TaskingList:
    """From your agency's view of the graph, the most worrying first. It is your agency's own."""
    list_id = await handling.make_list(desk.database, desk.linker, caller, asked)
    response.headers["Location"] = f"/v1/tasking/lists/{list_id}"
    return await _read(desk, caller, list_id, response)


@router.get("/v1/tasking/lists", summary="Your agency's lists, the latest first")
async def listed(
    caller: Analysing, connection: Read, cursor: _ListCursor = None, limit: PageSize = 50
) -> TaskingListPage:
    rows = await tasking.lists(connection, caller.agency, cursor, limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return TaskingListPage(lists=tuple(map(handling.summary, rows[:limit])), next=more)


@router.get("/v1/tasking/lists/{list_id}", summary="One list with its agenda", responses=problems(404, 502))
async def one(list_id: Annotated[ListId, Path()], caller: Analysing, desk: AtDesk, response: Response) -> TaskingList:
    """What is said of its businesses is what you may see of them today."""
    return await _read(desk, caller, list_id, response)


async def _read(desk: Desk, caller: Caller, list_id: str, response: Response) -> TaskingList:
    found = await handling.read_list(desk.database, desk.linker, caller, list_id)
    owners = {agency for entry in found.agenda if entry.business for agency in entry.business.agencies}
    response.headers[OWNERS_HEADER] = " ".join(sorted(owners))
    return found


@router.post(
    "/v1/tasking/lists/{list_id}/entries/{business_id}/decisions",
    status_code=201,
    summary="Decide what is done about a business, and why",
    responses=problems(404),
)
async def decide(
    list_id: Annotated[ListId, Path()],
    business_id: Annotated[BusinessId, Path()],
    new: NewTaskingDecision,
    caller: Chairing,
    desk: AtDesk,
) -> TaskingDecision:
    """No visit is an outcome as well: say because of what, and how many visits it saves."""
    async with desk.writing() as tx:
        return await handling.decide(tx, caller, list_id, business_id, new)


@router.get("/v1/tasking/decisions", summary="What your agency decided, the latest first")
async def decisions(
    caller: Analysing,
    connection: Read,
    decision: Decision | None = None,
    since: Annotated[date | None, Query(description="Decided on that day or later")] = None,
    until: Annotated[date | None, Query(description="Decided on that day or earlier")] = None,
    review_by: Annotated[date | None, Query(description="To be looked at again by then")] = None,
    business_id: BusinessId | None = None,
    standing: Annotated[bool, Query(description="Without those that a later decision took the place of")] = True,
    cursor: _DecisionCursor = None,
    limit: PageSize = 50,
) -> TaskingDecisionPage:
    wanted = Wanted(decision, since, until, review_by, business_id, standing)
    rows = await tasking.decisions(connection, caller.agency, wanted, cursor, limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return TaskingDecisionPage(decisions=tuple(map(handling.decision, rows[:limit])), next=more)


@router.post(
    "/v1/powers/primary-authorities",
    status_code=201,
    summary="Note an entry of the Primary Authority register",
    responses=problems(502),
)
async def note(said: NewPrimaryAuthority, caller: Analysing, desk: AtDesk) -> PrimaryAuthority:
    """Businesses of the organisation are marked from then on, in your agency's lists and proposals."""
    return await authorities.note(desk.database, desk.linker, caller, said)


@router.get("/v1/powers/primary-authorities", summary="The entries that your agency noted")
async def noted(caller: Analysing, connection: Read) -> PrimaryAuthorities:
    rows = await tasking.authorities(connection, caller.agency)
    return PrimaryAuthorities(entries=tuple(map(authorities.said, rows)))


@router.post(
    "/v1/powers/primary-authorities/{primary_authority_id}/end",
    status_code=204,
    summary="It no longer counts from tomorrow",
    responses=problems(404),
)
async def end(
    primary_authority_id: Annotated[str, Path(pattern=r"^pau_[0-9a-f]{32}$")],
    caller: Analysing,
    desk: AtDesk,
) -> None:
    async with desk.writing() as tx:
        if not await tasking.end_authority(tx.connection, caller.agency, primary_authority_id, caller.eyes.day):
            raise NotFound
