"""Visits that the visitor may see, and the steps that can be taken with one, up to what came of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from services.gateway.pages.asking import Refused
from services.gateway.pages.businesses import Area
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.planned import Step, body_of
from services.gateway.pages.routing import Id, pages, seen
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor
from shared.contracts.api.calendar.words import CancelReason, OutcomeKind
from shared.contracts.problem import Problem
from shared.runtime import clock

_A_PAGE = 30

router = pages()


@router.get("/visits")
async def visits(
    request: Request, visitor: CurrentVisitor, area: Area = "", mine: bool = False, cursor: Cursor = None
) -> Response:
    """Those to come, the first first; `mine` are those that the visitor's agency made or agreed to attend."""
    cuts = {"area": area, "attending": visitor.principal.agency if mine else None, "cursor": cursor}
    found = await visitor.services.get("/v1/visits", ended="false", limit=_A_PAGE, **cuts)
    kept = {"area": area, "cursor": found["next"]} | ({"mine": "true"} if mine else {})
    following = "/visits?" + urlencode(kept) if found["next"] else None
    return page(request, "visits.html", visits=found["visits"], following=following, area=area, mine=mine)


@router.get("/visits/{visit_id}")
async def visit(request: Request, visitor: CurrentVisitor, visit_id: Id) -> Response:
    return await shown(request, visitor, visit_id)


@router.get("/visits/{visit_id}/ics")
async def calendar_file(visitor: CurrentVisitor, visit_id: Id) -> Response:
    """For the calendar of a phone."""
    found = await visitor.services.fetch(f"/v1/visits/{visit_id}/ics")
    return Response(found.content, media_type=found.media_type)


@router.post("/visits/{visit_id}/{step}")
async def take_step(request: Request, visitor: CurrentVisitor, visit_id: Id, step: Step) -> Response:
    """What was changed meanwhile is told, not overwritten."""
    form = {name: text.strip() for name, text in (await request.form()).items() if isinstance(text, str)}
    try:
        await visitor.services.send("POST", f"/v1/visits/{visit_id}/{step}", body_of(step, form))
    except Refused as refused:
        return await shown(request, visitor, visit_id, refused.problem)
    return seen(f"/visits/{visit_id}")


async def shown(request: Request, visitor: Visitor, visit_id: str, problem: Problem | None = None) -> Response:
    services, address = visitor.services, f"/v1/visits/{visit_id}"
    found = await services.get(address)
    is_plan = found["own"] and found["status"] == "planned"
    content = {
        "visit": found,
        "answer": _own_answer(found, visitor.principal.agency),
        "clashes": await services.get(f"{address}/clashes") if is_plan else None,
        "outcomes": (await services.get("/v1/outcomes", visit=visit_id))["outcomes"],
        "today": clock.today().isoformat(),
        "kinds": [kind.value for kind in OutcomeKind],
        "reasons": [reason.value for reason in CancelReason],
    }
    return page(request, "visit.html", problem.status if problem else 200, problem=problem, **content)


def _own_answer(found: Mapping[str, Any], agency: str) -> str | None:
    """To the invitation, of the visitor's agency; None without one."""
    attendances = found["details"]["attendances"] if found["details"] else ()
    return next((one["answer"] for one in attendances if one["agency"] == agency), None)
