"""From many to few: the funnel, and the values that are too common to be evidence."""

from fastapi import Request, Response

from services.gateway.pages.businesses import Area
from services.gateway.pages.my_cards import Cursor
from services.gateway.pages.routing import pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor

_A_PAGE = 50

router = pages()


@router.get("/funnel")
async def funnel(request: Request, visitor: CurrentVisitor, area: Area = "") -> Response:
    """All businesses, those with concerns in several regimes, and the ten to talk about."""
    found = await visitor.services.get("/v1/funnel", area=area.strip().upper())
    return page(request, "funnel.html", funnel=found, area=area)


@router.get("/hubs")
async def hubs(request: Request, visitor: CurrentVisitor, cursor: Cursor = None) -> Response:
    """Of the model in force, the commonest first."""
    models = (await visitor.services.get("/v1/models"))["models"]
    in_force = next((model for model in models if model["in_force"]), None)
    if in_force is None:  # before the first record
        return page(request, "hubs.html", hubs=(), following=None, model=None)
    found = await visitor.services.get(f"{in_force['details']}/hubs", limit=_A_PAGE, cursor=cursor)
    return page(request, "hubs.html", hubs=found["hubs"], following=found["next"], model=in_force)
