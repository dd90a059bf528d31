"""/v1/collection: events kept for a system that cannot be called, which fetches them and says when it has them.

After the Food Standards Agency's "Register a food business" collections API, which councils' systems poll.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from services.gateway.api.caller import Receiver
from services.gateway.api.webhooks import EventCursor
from services.gateway.domain.canned import EVENTS
from services.gateway.handlers.collection import Collections
from shared.contracts.api.webhooks import Canned, Collection, CollectionPage, CollectionWish
from shared.runtime.errors import NotFound, TooMany
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/collection", tags=["collection"])

EventId = Annotated[str, Path(pattern=r"^evt_[0-9a-f]{32}$")]
Test = Annotated[
    Canned | None,
    Query(description="Give this canned answer, to try your own system with: nothing is looked at or changed"),
]


def _collections(request: Request) -> Collections:
    collections: Collections = request.app.state.collections
    return collections


AtCollections = Annotated[Collections, Depends(_collections)]


@router.put("", summary="Open a collection for your client, or change what is kept in it")
async def open_(caller: Receiver, collections: AtCollections, wish: CollectionWish) -> Collection:
    """From now on events are kept for this client, as its token names it; each client has its own."""
    return await collections.open_(caller, wish)


@router.get("", responses=problems(404), summary="The collection of your client")
async def about(caller: Receiver, collections: AtCollections) -> Collection:
    return await collections.about(caller)


@router.delete("", status_code=204, responses=problems(404), summary="Close it, with all that is kept in it")
async def close(caller: Receiver, collections: AtCollections) -> None:
    await collections.close(caller)


@router.get("/new", responses=problems(404), summary="What your client has not collected yet")
async def new(
    caller: Receiver,
    collections: AtCollections,
    cursor: EventCursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    test: Test = None,
) -> CollectionPage:
    """Oldest first. It stays new until you say that it is collected, so nothing is lost if your system fails."""
    if test:
        _refuse_if(test)
        return CollectionPage(events=() if test is Canned.empty else EVENTS, next=None)
    return await collections.new(caller, cursor, limit)


@router.put("/{event_id}/collected", status_code=204, responses=problems(404), summary="My system has this one")
async def collected(caller: Receiver, collections: AtCollections, event_id: EventId, test: Test = None) -> None:
    """As often as you like, in any order."""
    if test:
        _refuse_if(test)
        return
    await collections.collected(caller, event_id)


def _refuse_if(test: Canned) -> None:
    match test:
        case Canned.not_found:
            raise NotFound
        case Canned.too_many:
            raise TooMany(headers={"Retry-After": "30"})
