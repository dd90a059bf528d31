"""What comes of cards and referrals: each number opens to the referrals behind it, and those to what happened."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor

_A_PAGE = 20
_NARROWED_BY = frozenset(
    ("box", "open", "overdue", "closed", "helped", "state", "regime", "agency", "indicator", "area", "trained")
) | {"feedback", "since", "until"}
"""What GET /v1/referrals takes, and a figure's address holds."""

router = pages()


@router.get("/figures")
async def figures(request: Request, visitor: CurrentVisitor) -> Response:
    found = await visitor.services.get("/v1/referral-figures")
    return page(request, "figures.html", figures=found, texts=await _indicators(visitor))


@router.get("/referrals")
async def behind(request: Request, visitor: CurrentVisitor) -> Response:
    """The referrals behind a figure."""
    wanted = {name: value for name, value in request.query_params.items() if name in _NARROWED_BY}
    cursor = request.query_params.get("cursor")
    found = await visitor.services.get("/v1/referrals", limit=_A_PAGE, cursor=cursor, **wanted)
    following = "/referrals?" + urlencode(wanted | {"cursor": found["next"]}) if found["next"] else None
    narrowed = await _narrowed(visitor, wanted)
    return page(request, "referrals.html", referrals=found["items"], following=following, narrowed=narrowed)


async def _narrowed(visitor: Visitor, wanted: dict[str, str]) -> dict[str, str]:
    """By what the list is narrowed, in words where there are some."""
    texts: dict[str, Any] = await _indicators(visitor) if "indicator" in wanted else {}
    return {name: texts.get(value, value) for name, value in wanted.items()}


async def _indicators(visitor: Visitor) -> dict[str, str]:
    return {one["indicator_id"]: one["text"] for one in await visitor.services.get("/v1/indicators")}
