"""Businesses as the caller's audience sees them: list, and one with its records."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.api import answers
from services.linker.api.cursors import Cursor, next_page, position
from services.linker.api.filters import Wanted
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.store import reading
from shared.contracts.api.linker.businesses import Business, BusinessPage
from shared.runtime import clock
from shared.runtime.auth import Dashboard
from shared.runtime.errors import Gone, NotFound
from shared.runtime.web import problems

router = APIRouter(tags=["businesses"])

_MOVED: dict[int | str, dict[str, Any]] = {308: {"description": "Its records are part of the business at Location"}}
ONE: dict[int | str, dict[str, Any]] = NOT_MODIFIED | _MOVED | problems(404, 410)

BusinessId = Annotated[str, Path(pattern=r"^biz_[a-z2-7]{20}$")]


@router.get("/v1/businesses", summary="The most worrying first", response_model=BusinessPage, responses=NOT_MODIFIED)
async def businesses(
    principal: Dashboard,
    desk: AtDesk,
    wanted: Wanted,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    if_none_match: IfNoneMatch = None,
) -> Response:
    after = position(cursor) if cursor else None
    async with desk.reading_as(principal) as (connection, audience):
        rows = await reading.search(connection, audience, wanted, after, limit + 1)
        shown = await answers.summaries(connection, audience, rows[:limit])
    page = BusinessPage(businesses=shown, next=next_page(rows, limit))
    return tagged(page, if_none_match, answers.owners(shown))


@router.get("/v1/businesses/{business_id}", summary="One, with its records", response_model=Business, responses=ONE)
async def business(
    business_id: BusinessId, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        row = await reading.one(connection, audience, business_id)
        if row is None:
            return await elsewhere(connection, audience, business_id, "")
        members = await reading.members(connection, audience, business_id)
    found = answers.business(row, members, answers.Terms(principal.agency, clock.today(), desk.partnership))
    return tagged(found, if_none_match, answers.owners([found]))


async def elsewhere(connection: AsyncConnection, audience: int, business_id: str, rest: str) -> Response:
    """Where the records of a business went that is no more, as far as the audience sees them today."""
    holders = await reading.went_to(connection, audience, business_id)
    if not holders:
        raise NotFound
    if len(holders) > 1:
        raise Gone(f"It was split. Its records are now part of {', '.join(holders)}.")
    return Response(status_code=308, headers={"Location": f"/v1/businesses/{holders[0]}{rest}"})
