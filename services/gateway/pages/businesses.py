"""Businesses as the visitor may see them: the most worrying first, found by words, and one with what is behind it."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Form, Query, Request, Response

from services.gateway.pages.asking import Moved
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import Id, pages, seen
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor

_A_PAGE = 20
_NARROWED_BY = frozenset(("regime", "agency", "min_agencies", "min_regimes", "sector", "shares"))
"""What GET /v1/businesses takes beside the area, and the address behind a number holds."""
Area = Annotated[str, Query(pattern=r"^[A-Za-z0-9 ]{0,10}$")]

router = pages()


@router.get("/businesses")
async def businesses(
    request: Request,
    visitor: CurrentVisitor,
    area: Area = "",
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = _A_PAGE,
) -> Response:
    """The most worrying first: all, or those behind a number."""
    wanted = {name: value for name, value in request.query_params.items() if name in _NARROWED_BY}
    cuts = {"area": area.strip().upper(), **wanted}
    found = await visitor.services.get("/v1/businesses", limit=limit, cursor=cursor, **cuts)
    kept = {"area": area, **wanted, "limit": limit, "cursor": found["next"]}
    following = "/businesses?" + urlencode(kept) if found["next"] else None
    shown = {"found": found["businesses"], "following": following, "narrowed": wanted}
    return page(request, "businesses.html", area=area, q="", unknown=(), **shown)


@router.post("/businesses")
async def search(request: Request, visitor: CurrentVisitor, q: Annotated[str, Form(max_length=200)] = "") -> Response:
    """A POST, so that what was typed stands in no address."""
    if not q.strip():
        return seen("/businesses")
    found = await visitor.services.get("/v1/search", q=q.strip(), limit=_A_PAGE)
    shown = {"found": found["businesses"], "unknown": found["unknown"], "following": None, "narrowed": {}}
    return page(request, "businesses.html", area="", q=q, **shown)


@router.get("/businesses/{business_id}")
async def business(request: Request, visitor: CurrentVisitor, business_id: Id) -> Response:
    """Under an id that it had before a merger, too."""
    try:
        known = await _known(visitor, business_id)
    except Moved as moved:
        return seen(moved.where.removeprefix("/v1"))
    return page(request, "business.html", **known)


@router.get("/businesses/{business_id}/network")
async def network(
    request: Request, visitor: CurrentVisitor, business_id: Id, degrees: Annotated[int, Query(ge=1, le=3)] = 2
) -> Response:
    """Whom it leads to, over so many steps."""
    try:
        found = await visitor.services.get(f"/v1/businesses/{business_id}/network", degrees=degrees)
    except Moved as moved:
        return seen(moved.where.removeprefix("/v1"))
    by_id = {node["business"]["business_id"]: node["business"] for node in found["nodes"]}
    return page(request, "network.html", network=found, by_id=by_id, start=business_id)


async def _known(visitor: Visitor, business_id: str) -> dict[str, Any]:
    services, address = visitor.services, f"/v1/businesses/{business_id}"
    found = await services.get(address)
    return {
        "business": found,
        "risk": await services.get(f"{address}/risk"),
        "relations": await services.get(f"{address}/relations"),
        "history": await services.get(f"{address}/history"),
        "why": await services.get(f"{address}/why") if found["records"] > 1 else None,
        "findings": (await services.get("/v1/findings", business=business_id))["findings"],
        "cards": await services.get(f"/v1/cards/about/{business_id}"),
        "visits": (await services.get("/v1/visits", business_id=business_id, ended="false"))["visits"],
    }
