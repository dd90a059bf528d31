"""Why the records of a business are one."""

from fastapi import APIRouter, Response

from services.linker.api import reasons
from services.linker.api.businesses import ONE, BusinessId, elsewhere
from services.linker.api.scenes import beside, decisions_about, scene
from services.linker.api.viewing import AtDesk, IfNoneMatch, tagged
from services.linker.store import scenes
from shared.contracts.api.linker.reasons import Why
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["businesses"])

_MOST_RECORDS = 500


@router.get("/v1/businesses/{business_id}/why", summary="Why its records are one", response_model=Why, responses=ONE)
async def why(
    business_id: BusinessId, principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        view = desk.view(principal.agency)
        members = await scenes.members(connection, audience, business_id, _MOST_RECORDS)
        if not members:
            return await elsewhere(connection, audience, business_id, "/why")
        rows = [*members, *await beside(connection, audience, view, members)]
        made = await decisions_about(connection, view, rows)
        here = await scene(connection, rows, made, await desk.model(connection), desk.titles)
    return tagged(reasons.why(business_id, here, [row.record_id for row in members]), if_none_match)
