"""The graph of the caller's audience, line by line."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from services.linker.api.viewing import NOT_MODIFIED, AtDesk, Desk, IfNoneMatch, kept, state_tag, unchanged
from services.linker.store import reading
from services.linker.store.reading import Filters
from shared.contracts.api.linker.businesses import GraphRow
from shared.runtime.auth import GraphReader, Principal

router = APIRouter(tags=["graph"])

_LINES = 500
_KEYS = tuple(GraphRow.model_fields)  # a row's own keys are a subclass of str, which orjson refuses
_NDJSON = "application/x-ndjson"
_DOCUMENTED: dict[int | str, dict[str, Any]] = NOT_MODIFIED | {
    200: {"description": "A line for each record", "content": {_NDJSON: {"schema": GraphRow.model_json_schema()}}}
}


@router.get(
    "/v1/graph",
    summary="Which business each visible record belongs to, as NDJSON",
    response_class=StreamingResponse,
    responses=_DOCUMENTED,
)
async def graph(principal: GraphReader, desk: AtDesk, if_none_match: IfNoneMatch = None) -> Response:
    async with desk.reading_as(principal) as (connection, audience):  # a refusal must come before the first line
        tag = state_tag(await reading.fingerprint(connection, audience, Filters()), "graph")
    return unchanged(tag, if_none_match) or StreamingResponse(
        _lines(desk, principal), media_type=_NDJSON, headers=kept(tag)
    )


async def _lines(desk: Desk, principal: Principal) -> AsyncIterator[bytes]:
    chunk: list[bytes] = []
    async with desk.reading_as(principal) as (connection, audience):
        async for row in reading.graph(connection, audience):
            chunk.append(orjson.dumps(dict(zip(_KEYS, row, strict=True))) + b"\n")
            if len(chunk) == _LINES:
                desk.check_still(principal, audience)
                yield b"".join(chunk)
                chunk = []
    yield b"".join(chunk)
