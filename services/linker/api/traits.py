"""What a business could have in common with others, as keys: of one in the caller's view, or of one put in words."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.linker.api.businesses import ONE, BusinessId, elsewhere
from services.linker.api.viewing import AtDesk, IfNoneMatch, tagged
from services.linker.domain.relate.keys import described, said
from services.linker.domain.relate.network import Neighbourhood
from services.linker.domain.relate.party import Party
from services.linker.handlers.relating import Audience, neighbourhood
from shared.contracts.api.linker.traits import Described, Traits
from shared.runtime import clock
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["relations"])

_MOST_RELATED = 50


@router.get(
    "/v1/businesses/{business_id}/traits",
    summary="What it could have in common with others, as keys that say nothing themselves",
    response_model=Traits,
    responses=ONE,
)
async def traits(
    business_id: BusinessId,
    principal: Dashboard,
    desk: AtDesk,
    degrees: Annotated[int, Query(ge=0, le=1, description="1: those of the businesses related to it as well")] = 0,
    if_none_match: IfNoneMatch = None,
) -> Response:
    async with desk.reading_as(principal) as (connection, number):
        audience = Audience(connection, number, await desk.model(connection))
        party = await audience.party(business_id)
        if party is None:
            return await elsewhere(connection, number, business_id, "/traits")
        found, widely = await neighbourhood(audience, party, degrees, _MOST_RELATED)
    body = Traits(traits=said(party, _others(found)), complete=not found.left_out and not widely)
    return tagged(body, if_none_match)


def _others(found: Neighbourhood) -> list[Party]:
    return [party for party in found.reached.values() if party is not found.root]


@router.post(
    "/v1/traits",
    summary="What a business that you describe could have in common with others; nothing is looked up",
)
async def traits_of(record: Described, principal: Dashboard, desk: AtDesk) -> Traits:
    async with desk.reading_as(principal) as (connection, _):
        party = described(record, clock.today(), await desk.model(connection))
    return Traits(traits=said(party), complete=True)
