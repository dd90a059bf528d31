"""Businesses as the visitor may see them: the most worrying first, found by words, and one with what is behind it."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Form, Path, Query, Request, Response
from pydantic import AfterValidator

from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import Id, pages, seen
from services.gateway.pages.showing import page, passed_on
from services.gateway.pages.visitor import CurrentVisitor, Visitor

_A_PAGE = 20
_WHOLE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}")
_NARROWED_BY = frozenset(("regime", "agency", "min_agencies", "min_regimes", "shares"))
"""What GET /v1/businesses takes beside area and sector, and the address behind a number holds."""
_AREA, _SECTOR = r"^[A-Za-z0-9 ]{0,10}$", r"^[A-Za-z ]{0,50}$"
_Form = Annotated[str, Path(pattern=r"^(csv|ftm\.json)$")]

router = pages()


def _district(typed: str) -> str:
    """As the API takes it: people know their postcode, and not where its district ends."""
    first = next(iter(typed.upper().split()), "")
    return first[:-3] if _WHOLE.fullmatch(first) else first


Area = Annotated[str, Query(pattern=_AREA), AfterValidator(_district)]
_Sector = Annotated[str, Query(pattern=_SECTOR), AfterValidator(str.strip)]


async def _here(area: Area = "", sector: _Sector = "") -> dict[str, str]:
    return {"area": area, "sector": sector}


Here = Annotated[dict[str, str], Depends(_here)]


def _narrowed(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name in _NARROWED_BY}


@router.get("/businesses")
async def businesses(
    request: Request,
    visitor: CurrentVisitor,
    here: Here,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = _A_PAGE,
) -> Response:
    """The most worrying first: all, or those behind a number."""
    narrowed = _narrowed(request)
    found = await visitor.services.get("/v1/businesses", limit=limit, cursor=cursor, **here, **narrowed)
    kept = here | narrowed
    following = "/businesses?" + urlencode(kept | {"limit": limit, "cursor": found["next"]}) if found["next"] else None
    shown = {"found": found["businesses"], "following": following, "narrowed": narrowed, "kept": urlencode(kept)}
    return page(request, "businesses.html", q="", here=here, unknown=(), **shown)


@router.post("/businesses")
async def search(
    request: Request,
    visitor: CurrentVisitor,
    q: Annotated[str, Form(max_length=200)] = "",
    area: Annotated[str, Form(pattern=_AREA), AfterValidator(_district)] = "",
    sector: Annotated[str, Form(pattern=_SECTOR), AfterValidator(str.strip)] = "",
    cursor: Annotated[str | None, Form(max_length=600)] = None,
) -> Response:
    """A POST, so that what was typed stands in no address."""
    here = {"area": area, "sector": sector}
    if not q.strip():
        return seen("/businesses?" + urlencode(here) if any(here.values()) else "/businesses")
    found = await visitor.services.get("/v1/search", q=q.strip(), limit=_A_PAGE, cursor=cursor, **here)
    shown = {"found": found["businesses"], "unknown": found["unknown"], "following": found["next"], "narrowed": {}}
    return page(request, "businesses.html", q=q, here=here, kept="", **shown)


@router.get("/businesses.{form}")
async def taken_away(request: Request, visitor: CurrentVisitor, here: Here, form: _Form) -> Response:
    """The list, whole, as a file."""
    path = f"/v1/exports/businesses.{form}"
    return passed_on(await visitor.services.open(path, **here, **_narrowed(request)))


@router.get("/businesses/{business_id}")
async def business(request: Request, visitor: CurrentVisitor, business_id: Id) -> Response:
    return page(request, "business.html", **await _known(visitor, business_id))


@router.get("/businesses/{business_id}/network")
async def network(
    request: Request, visitor: CurrentVisitor, business_id: Id, degrees: Annotated[int, Query(ge=1, le=3)] = 2
) -> Response:
    """Whom it leads to, over so many steps."""
    found = await visitor.services.get(f"/v1/businesses/{business_id}/network", degrees=degrees)
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
