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
Area = Annotated[str, Query(pattern=r"^[A-Za-z0-9 ]{0,10}$")]

router = pages()


@router.get("/businesses")
async def businesses(request: Request, visitor: CurrentVisitor, area: Area = "", cursor: Cursor = None) -> Response:
    """The most worrying first."""
    found = await visitor.services.get("/v1/businesses", area=area.strip().upper(), limit=_A_PAGE, cursor=cursor)
    following = "/businesses?" + urlencode({"area": area, "cursor": found["next"]}) if found["next"] else None
    return page(request, "businesses.html", found=found["businesses"], following=following, area=area, q="", unknown=())


@router.post("/businesses")
async def search(request: Request, visitor: CurrentVisitor, q: Annotated[str, Form(max_length=200)] = "") -> Response:
    """A POST, so that what was typed stands in no address."""
    if not q.strip():
        return seen("/businesses")
    found = await visitor.services.get("/v1/search", q=q.strip(), limit=_A_PAGE)
    shown = {"found": found["businesses"], "unknown": found["unknown"], "following": None}
    return page(request, "businesses.html", area="", q=q, **shown)


@router.get("/businesses/{business_id}")
async def business(request: Request, visitor: CurrentVisitor, business_id: Id) -> Response:
    """Under an id that it had before a merger, too."""
    try:
        known = await _known(visitor, business_id)
    except Moved as moved:
        return seen(moved.where.removeprefix("/v1"))
    return page(request, "business.html", **known)


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
