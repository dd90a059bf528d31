"""How a business came to be."""

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.api import reasons
from services.linker.api.businesses import ONE, BusinessId, elsewhere
from services.linker.api.scenes import beside, decisions_about, scene
from services.linker.api.viewing import AtDesk, Desk, IfNoneMatch, tagged
from services.linker.domain.reasons import history as told
from services.linker.store import scenes
from services.linker.store.scenes import Rows
from shared.contracts.api.linker.reasons import History
from shared.runtime.auth import Dashboard
from shared.sharing import View

router = APIRouter(tags=["businesses"])

_MOST_MEMBERS, _MOST_NEIGHBOURS = 60, 20


@router.get("/v1/businesses/{business_id}/history", summary="How it came to be", response_model=History, responses=ONE)
async def history(
    business_id: BusinessId, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        members = await scenes.members(connection, audience, business_id, _MOST_MEMBERS + 1)
        if not members:
            return await elsewhere(connection, audience, business_id, "/history")
        found = await _history(connection, audience, desk, desk.view(principal.agency), members)
    return tagged(found, if_none_match)


async def _history(connection: AsyncConnection, audience: int, desk: Desk, view: View, members: Rows) -> History:
    """Of the business and of the records that it may once have been one with: those that link to it, and those that a
    decision set beside it."""
    model, shown = await desk.model(connection), members[:_MOST_MEMBERS]
    numbers = [row.no for row in shown]
    near = await scenes.neighbours(connection, audience, model.version, numbers, _MOST_NEIGHBOURS + 1)
    decided = await beside(connection, audience, view, shown)
    rows = {row.record_id: row for row in (*shown, *near[:_MOST_NEIGHBOURS], *decided)}
    everybody = list(rows.values())
    made = await decisions_about(connection, view, everybody)
    here = await scene(connection, everybody, made, model, desk.titles)
    return History(
        business_id=shown[0].business_id,
        complete=len(members) <= _MOST_MEMBERS and len(near) <= _MOST_NEIGHBOURS,
        events=tuple(map(reasons.history_event, told(here, made, [row.record_id for row in shown]))),
    )
