"""The gateway's own small routes: what is here, who am I, and the description of everything."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.api.caller import Member
from services.gateway.handlers.description import Description
from shared.contracts.api.gateway import Index, Me

router = APIRouter(tags=["gateway"])

_LINKS = {
    "description": "/v1/openapi.json",
    "me": "/v1/me",
    "feeds": "/v1/feeds",
    "businesses": "/v1/businesses",
    "statistics": "/v1/statistics",
    "risk_changes": "/v1/events/risk-changes",
    "sharing_dry_run": "/v1/sharing/dry-run",
    "health": "/healthz",
}


@router.get("/", response_model=Index, summary="What is here")
async def index(request: Request) -> Index | Response:
    """For a person with a browser, the first of the pages."""
    if request.app.state.tokens and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/card", 303)
    return Index(name="Joined Up", links=_LINKS)


@router.get("/v1/me", summary="Who am I, as the gateway sees it?")
async def me(caller: Member) -> Me:
    return Me(agency=caller.agency, roles=tuple(sorted(caller.roles)), subject=caller.subject, purpose=caller.purpose)


@router.get("/v1/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> dict[str, Any]:
    description: Description = request.app.state.description
    return await description.whole(request.app.openapi())
