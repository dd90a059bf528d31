"""Feeds: declare one, change it, look at it; and the specifications that ship with the project."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from services.ingest.api.dependencies import (
    FeedId,
    IdempotencyKey,
    Read,
    Shared,
    SpecBody,
    Write,
    keyed_request,
    reply_of,
    respond,
)
from services.ingest.domain.catalogue import catalogue
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.spec_text import BadSpec, load_spec, parse_spec
from services.ingest.handlers import feeds
from services.ingest.handlers.feeds import Feed
from services.ingest.handlers.idempotency import Reply, once
from services.ingest.handlers.status import feed_status
from shared.contracts.api.ingest import FeedStatus, FeedSummary, FeedVersion
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import AgencySystem, AnyPartner, FeedReader
from shared.runtime.errors import Invalid, Malformed, UnsupportedFormat
from shared.runtime.web import problems

router = APIRouter(prefix="/v1", tags=["feeds"])

_YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
_SPEC = {"schema": {"$ref": "#/components/schemas/FeedSpec"}}
_SPEC_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The feed's specification, as JSON or as YAML",
        "content": {"application/json": _SPEC, "application/yaml": {"schema": {"type": "string"}}},
    }
}


class DeclaredFeed(FeedSummary):
    """A feed with its current specification."""

    spec: FeedSpec


def _view(feed: Feed) -> DeclaredFeed:
    spec = feed.spec
    return DeclaredFeed(
        id=spec.id,
        title=spec.title,
        agency=spec.agency,
        regime=spec.regime,
        category=spec.category,
        version=feed.version,
        paused=feed.row.paused,
        spec=spec,
    )


def spec_from(request: Request, body: bytes) -> FeedSpec:
    """The specification in a body, by its media type. Raises Invalid, Malformed or UnsupportedFormat."""
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    try:
        if media_type in _YAML_TYPES:
            return load_spec(body.decode())
        if media_type == "application/json":
            return parse_spec(orjson.loads(body))
    except BadSpec as bad:
        raise Invalid(errors=bad.errors) from None
    except ValueError:
        raise Malformed("The body is not valid JSON, or not UTF-8.") from None
    raise UnsupportedFormat("Send application/json or application/yaml.")


@router.post(
    "/feeds",
    status_code=201,
    response_model=DeclaredFeed,
    responses=problems(409, 413, 415),
    openapi_extra=_SPEC_BODY,
    summary="Declare a feed",
)
async def declare_feed(
    request: Request, principal: AgencySystem, shared: Shared, body: SpecBody, tx: Write, key: IdempotencyKey = None
) -> Response:
    spec = spec_from(request, body)

    async def effect() -> Reply:
        feed = await feeds.declare(tx, principal, spec, shared.partnership, new=True)
        return reply_of(201, _view(feed), f"/v1/feeds/{spec.id}")

    return respond(await once(shared.database, tx, keyed_request(request, principal, key, body), effect))


@router.put(
    "/feeds/{feed}",
    responses=problems(404, 409, 413, 415),
    openapi_extra=_SPEC_BODY,
    summary="Declare a feed, or change it: a new version",
)
async def put_feed(
    request: Request, feed: FeedId, principal: AgencySystem, shared: Shared, body: SpecBody, tx: Write
) -> DeclaredFeed:
    spec = spec_from(request, body)
    if spec.id != feed:
        raise Invalid(errors=[FieldProblem(field="id", code="differs", remedy="Use the id that the address names.")])
    return _view(await feeds.declare(tx, principal, spec, shared.partnership, new=False))


@router.get("/feeds", summary="Your feeds")
async def list_feeds(principal: AgencySystem, connection: Read) -> list[DeclaredFeed]:
    return [_view(feed) for feed in await feeds.list_own(connection, principal)]


@router.get("/feeds/{feed}", responses=problems(404), summary="One of your feeds")
async def get_feed(feed: FeedId, principal: FeedReader, connection: Read) -> DeclaredFeed:
    return _view(await feeds.own_feed(connection, principal, feed))


@router.get("/feeds/{feed}/versions", responses=problems(404), summary="Every version of a feed, newest first")
async def list_versions(feed: FeedId, principal: AgencySystem, connection: Read) -> list[FeedVersion]:
    return list(await feeds.list_versions(connection, principal, feed))


@router.get("/feeds/{feed}/status", responses=problems(404), summary="How fresh the feed is, and what waits")
async def get_status(feed: FeedId, principal: AgencySystem, connection: Read) -> FeedStatus:
    return await feed_status(connection, principal, feed)


@router.post("/feeds/{feed}/pause", responses=problems(404), summary="Take nothing in for now")
async def pause_feed(feed: FeedId, principal: AgencySystem, tx: Write) -> DeclaredFeed:
    return _view(await feeds.pause(tx, principal, feed, paused=True))


@router.post("/feeds/{feed}/resume", responses=problems(404), summary="Take in again")
async def resume_feed(feed: FeedId, principal: AgencySystem, tx: Write) -> DeclaredFeed:
    return _view(await feeds.pause(tx, principal, feed, paused=False))


@router.get("/feed-templates", summary="Specifications that ship with the project, to copy")
async def list_templates(_principal: AnyPartner) -> list[FeedSpec]:
    return list(catalogue().values())
