"""Concern cards: file one, add a photograph, and see what became of those you filed."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.referrals.api.cursors import Cursor, PageSize, cursor_after, moment
from services.referrals.api.dependencies import MEMBERS, CurrentReader, PhotoBody, Shared
from services.referrals.handlers import about, filing, mine, photos, tracing
from services.referrals.handlers.reading import Reader
from shared.contracts.api.referrals.cards import Card, CardPage, CardReceipt, MyFigures, NewCard, Photo
from shared.contracts.api.referrals.referrals import Beside
from shared.runtime.auth import Dashboard
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/cards", tags=["cards"], dependencies=MEMBERS)

CardId = Annotated[str, Path(pattern=r"^crd_[a-z2-7]{20}$")]
BusinessId = Annotated[str, Path(pattern=r"^biz_[a-z2-7]{20}$")]
PhotoId = Annotated[UUID, Path(description="Yours to choose: adding it again is adding it once")]
_PICTURES: dict[str, Any] = {"image/jpeg": {}, "image/png": {}, "image/webp": {}}
_BYTES = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "",
    status_code=201,
    responses=problems(409, 502)
    | {200: {"model": CardReceipt, "description": "It was filed before: the receipt as it is now"}},
    summary="File a card. Filing again under the same id is filing once",
)
async def file(
    request: Request, response: Response, principal: Dashboard, shared: Shared, card: NewCard
) -> CardReceipt:
    receipt, is_new = await filing.file(
        shared.database, shared.linker, principal, request.headers, card, shared.partnership
    )
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/v1/cards/{receipt.card_id}"
    return receipt


@router.get("/mine", summary="The cards that you filed, newest first, and who has each")
async def list_mine(reader: CurrentReader, cursor: Cursor = None, limit: PageSize = 50) -> CardPage:
    items, last = await mine.my_cards(reader, moment(cursor), limit)
    return CardPage(items=tuple(items), next=cursor_after(last))


@router.get("/mine/figures", summary="What came of your cards; nobody else is shown it")
async def my_figures(reader: CurrentReader) -> MyFigures:
    return await mine.my_figures(reader)


@router.get(
    "/about/{business_id}",
    responses=problems(404, 502),
    summary="Cards of a business, filed before it was known too, and what they have in common with it",
)
async def list_about(
    business_id: BusinessId, request: Request, response: Response, principal: Dashboard, shared: Shared
) -> list[Beside]:
    business = await about.known(shared.linker, request.headers, business_id)
    async with shared.database.read() as connection:
        reader = Reader(connection, principal, shared.partnership)
        found = await about.cards_about(reader, business)
    response.headers.update(reader.told.header())
    return found


@router.get("/{card}", responses=problems(404), summary="A card of your agency, with all that was told of it")
async def get_card(card: CardId, request: Request, principal: Dashboard, shared: Shared) -> Card:
    await tracing.trace_waiting(shared.database, shared.linker, request.headers, principal.agency)
    async with shared.database.read() as connection:
        return await mine.card(Reader(connection, principal, shared.partnership), card)


@router.put(
    "/{card}/photos/{photo}",
    status_code=201,
    responses=problems(404, 409, 413, 415),
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(_PICTURES, _BYTES)}},
    summary="Add a photograph to your card: the picture is kept, its metadata is not",
)
async def add_photo(
    request: Request, card: CardId, photo: PhotoId, reader: CurrentReader, shared: Shared, content: PhotoBody
) -> Photo:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await photos.add(shared.database, shared.scanner, reader, card, str(photo), kind, content)


@router.get(
    "/{card}/photos/{photo}",
    response_class=Response,
    responses=problems(404) | {200: {"content": _PICTURES}},
    summary="A photograph of a card that you may see whole",
)
async def get_photo(card: CardId, photo: PhotoId, reader: CurrentReader) -> Response:
    found = await photos.one(reader, card, str(photo))
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"} | reader.told.header()
    return Response(found.content, media_type=found.media_type, headers=headers)
