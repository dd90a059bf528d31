"""What became of the cards that an officer filed."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.gateway.pages.routing import Id, pages
from services.gateway.pages.showing import page
from services.gateway.pages.visitor import CurrentVisitor

Cursor = Annotated[str | None, Query(max_length=600)]
_A_PAGE = 20

router = pages()


@router.get("/cards")
async def my_cards(request: Request, visitor: CurrentVisitor, cursor: Cursor = None) -> Response:
    found = await visitor.services.get("/v1/cards/mine", limit=_A_PAGE, cursor=cursor)
    figures = await visitor.services.get("/v1/cards/mine/figures")
    return page(request, "my_cards.html", cards=found["items"], following=found["next"], figures=figures)


@router.get("/cards/{card_id}")
async def my_card(request: Request, visitor: CurrentVisitor, card_id: Id) -> Response:
    return page(request, "my_card.html", card=await visitor.services.get(f"/v1/cards/{card_id}"))


@router.get("/cards/{card_id}/photos/{photo_id}")
async def photo(visitor: CurrentVisitor, card_id: Id, photo_id: UUID) -> Response:
    found = await visitor.services.fetch(f"/v1/cards/{card_id}/photos/{photo_id}")
    return Response(found.content, media_type=found.media_type)
