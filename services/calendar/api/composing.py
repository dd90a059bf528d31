"""The powers catalogue, and proposals for joint visits that rest on it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.calendar.api.dependencies import Asking, AtDesk
from services.calendar.domain.powers import CAUTION, powers_on
from services.calendar.handlers.composing import compose
from shared.contracts.api.calendar.composer import ComposeRequest, Proposal
from shared.contracts.api.calendar.powers import PowerKind, Powers, PremisesKind, Slug
from shared.contracts.roles import Role
from shared.runtime import clock
from shared.runtime.auth import AnyPartner, Dashboard
from shared.runtime.errors import Forbidden
from shared.runtime.web import OWNERS_HEADER, problems

router = APIRouter(tags=["joint visits"])


@router.get("/v1/powers", summary="Who may enter what, impose what, and must ask whom")
async def powers(
    principal: AnyPartner,
    day: Annotated[date | None, Query(description="Those that count on it; today unless given")] = None,
    kind: PowerKind | None = None,
    holder: Annotated[Slug | None, Query(description="A class of agency")] = None,
    regime: Slug | None = None,
    premises: PremisesKind | None = None,
) -> Powers:
    """The same for everybody. Nobody with a legal qualification has reviewed it."""
    asked = day or clock.today()
    found = tuple(
        power
        for power in powers_on(asked)
        if kind in (None, power.kind)
        and (holder is None or holder in power.holders)
        and (regime is None or regime in power.regimes)
        and (premises is None or premises in power.premises)
    )
    return Powers(day=asked, caution=CAUTION, powers=found)


@router.post("/v1/visits/compose", summary="Propose who attends, who leads and why", responses=problems(404, 502))
async def proposal(
    asked: ComposeRequest, caller: Asking, principal: Dashboard, desk: AtDesk, response: Response
) -> Proposal:
    """From what your agency may see of the business today. No other agency learns of it, and nothing is kept but
    what a chair decides otherwise, for the visit that is planned from it."""
    if asked.override and Role.tasking_chair not in principal.roles:
        raise Forbidden("Only a tasking chair decides otherwise than is proposed.")
    found, business = await compose(desk.database, desk.linker, desk.referrals, caller, asked)
    response.headers[OWNERS_HEADER] = " ".join(sorted(business.agencies))
    return found
