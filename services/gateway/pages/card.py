"""The concern card: what an officer saw, in ninety seconds, on a phone."""

from collections.abc import Sequence
from hmac import compare_digest
from typing import Annotated, Any, Literal

from fastapi import Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from services.gateway.pages.asking import Refused
from services.gateway.pages.filing import Filled, Photo, blank, file, problems_of
from services.gateway.pages.routing import Id, pages, seen, wants_json
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor, Visitor
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid, Unauthenticated

_FOUND = 8
_WITHIN = 2000  # metres
_UNPROCESSABLE = 422
_Text = Annotated[str, Form()]
_Near = Annotated[str, Form(pattern=r"^(-?[0-9]{1,3}\.[0-9]{1,5},-?[0-9]{1,3}\.[0-9]{1,5})?$")]
_Sector = Annotated[str | None, Query(pattern=r"^[a-z][a-z ]{0,49}$")]

router = pages()


async def _filled(
    id: _Text,
    business_id: _Text = "",
    q: _Text = "",
    name: _Text = "",
    address: _Text = "",
    postcode: _Text = "",
    latitude: _Text = "",
    longitude: _Text = "",
    indicator: Annotated[list[str], Form()] = [],  # noqa: B006
    text: _Text = "",
    reach_me: _Text = "",
    seen_at: _Text = "",
) -> Filled:
    place = {"name": name, "address": address, "postcode": postcode, "latitude": latitude, "longitude": longitude}
    return Filled(id, business_id, q, place, tuple(indicator), text, reach_me, seen_at)


async def _photos(photo: list[UploadFile] = []) -> list[Photo]:  # noqa: B006
    """A form without a photo sends an empty one."""
    return [Photo(one.content_type or "", await one.read()) for one in photo if one.size]


TheForm = Annotated[Filled, Depends(_filled)]
Photos = Annotated[list[Photo], Depends(_photos)]


@router.get("/card")
async def card(request: Request, visitor: CurrentVisitor, sector: _Sector = None) -> Response:
    """The empty form; a phone keeps it for when there is no signal."""
    return await _form(request, visitor, blank(), sector)


async def _by_who_wrote_it(visitor: CurrentVisitor, filer: _Text) -> None:
    """Somebody else may have signed in on the same phone since: it is not theirs to send. Raises Unauthenticated."""
    if not compare_digest(filer.encode(), visitor.filer.encode()):
        raise Unauthenticated("Somebody else wrote this card. Sign in as who wrote it.")


@router.post("/card", dependencies=[Depends(_by_who_wrote_it)])
async def send(
    request: Request,
    visitor: CurrentVisitor,
    filled: TheForm,
    photos: Photos,
    do: Annotated[Literal["find", "file"], Form()] = "file",
) -> Response:
    if do == "find":
        return await _form(request, visitor, filled, found=await _search(visitor, filled.q))
    if lacking := filled.lacks():
        return await _not_so(request, visitor, filled, lacking)
    try:
        receipt = await file(visitor.services, filled, photos)
    except Refused as refused:
        if refused.problem.status != _UNPROCESSABLE:
            raise
        return await _not_so(request, visitor, filled, problems_of(refused))
    if wants_json(request):
        return JSONResponse(receipt, 201)
    return seen(f"/card/filed/{receipt['card_id']}?photos_refused={receipt['photos_refused']}")


@router.post("/card/find")
async def find(visitor: CurrentVisitor, q: _Text = "", near: _Near = "") -> Response:
    """For the script of the form. A POST, so that what was typed, and where one stands, are in no address."""
    return JSONResponse(await _search(visitor, q, near))


@router.get("/card/filed/{card_id}")
async def filed(request: Request, visitor: CurrentVisitor, card_id: Id, photos_refused: int = 0) -> Response:
    found = await visitor.services.get(f"/v1/cards/{card_id}")
    return page(request, "filed.html", card=found, photos_refused=photos_refused)


async def _not_so(request: Request, visitor: Visitor, filled: Filled, problems: Sequence[FieldProblem]) -> Response:
    if wants_json(request):
        raise Invalid(errors=problems)
    return await _form(request, visitor, filled, problems=problems)


async def _form(
    request: Request,
    visitor: Visitor,
    filled: Filled,
    sector: str | None = None,
    found: dict[str, Any] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    services = visitor.services
    offered = await services.get("/v1/indicators/offered", sector=sector)
    kinds = sorted({kind for one in await services.get("/v1/indicators") for kind in one["sectors"]})
    status = _UNPROCESSABLE if problems else 200
    shown = {"filled": filled, "offered": offered, "found": found, "problems": problems, "sector": sector}
    return page(request, "card.html", status, kinds=kinds, **shown)


async def _search(visitor: Visitor, words: str, near: str = "") -> dict[str, Any]:
    """What the linker finds for `words` among what the visitor may see; with `near`, the nearest to there."""
    if not (words.strip() or near):
        return {"businesses": []}
    within = _WITHIN if near else None
    found = await visitor.services.get("/v1/search", q=words.strip()[:200], limit=_FOUND, near=near, within=within)
    kept = ("business_id", "name", "area", "summary")
    return {"businesses": [{name: one[name] for name in kept} for one in found["businesses"]]}
