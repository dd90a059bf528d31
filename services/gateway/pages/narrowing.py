"""From many to few: the funnel, who is known to one agency only, and the values that are too common to be evidence."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from services.gateway.pages.businesses import Here
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor

_A_PAGE = 50
_Agency = Annotated[str, Query(pattern=r"^([a-z0-9][a-z0-9_-]{0,62})?$")]

router = pages()


@router.get("/funnel")
async def funnel(request: Request, visitor: CurrentVisitor, here: Here) -> Response:
    """All businesses, those with concerns in several regimes, and the ten to talk about."""
    found = await visitor.services.get("/v1/funnel", **here)
    return page(request, "funnel.html", funnel=found, here=here)


@router.get("/gaps")
async def gaps(
    request: Request,
    visitor: CurrentVisitor,
    here: Here,
    known_to: _Agency = "",
    not_to: _Agency = "",
    cursor: Cursor = None,
) -> Response:
    """The most worrying first, once both agencies are named."""
    asked = {"known_to": known_to, "not_to": not_to}
    if not (known_to and not_to):
        return page(request, "gaps.html", asked=asked, here=here, found=None, following=None)
    found = await visitor.services.get("/v1/gaps", limit=_A_PAGE, cursor=cursor, **asked, **here)
    following = "/gaps?" + urlencode(asked | here | {"cursor": found["next"]}) if found["next"] else None
    return page(request, "gaps.html", asked=asked, here=here, found=found, following=following)


@router.get("/hubs")
async def hubs(request: Request, visitor: CurrentVisitor, cursor: Cursor = None) -> Response:
    """Of the model in force, the commonest first."""
    models = (await visitor.services.get("/v1/models"))["models"]
    in_force = next((model for model in models if model["in_force"]), None)
    if in_force is None:  # before the first record
        return page(request, "hubs.html", hubs=(), following=None, model=None)
    found = await visitor.services.get(f"{in_force['details']}/hubs", limit=_A_PAGE, cursor=cursor)
    return page(request, "hubs.html", hubs=found["hubs"], following=found["next"], model=in_force)
