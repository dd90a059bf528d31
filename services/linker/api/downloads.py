"""The list of businesses to take away: as CSV for a spreadsheet, as FollowTheMoney entities for an investigator."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Row

from services.linker.api import answers
from services.linker.api.filters import Wanted
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, Desk, IfNoneMatch, kept, state_tag, unchanged
from services.linker.domain.relate.follow_the_money import entities
from services.linker.handlers.relating import Audience
from services.linker.store import reading
from services.linker.store.reading import Filters
from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.spreadsheet import inert
from shared.runtime.auth import Analyst, Principal

router = APIRouter(tags=["export"])

_PAGE = 200
_CSV, _NDJSON = "text/csv", "application/x-ndjson"
_FILES = {_CSV: "businesses.csv", _NDJSON: "businesses.ftm.json"}
_COLUMNS = tuple(BusinessSummary.model_fields)

_Lines = Callable[[Audience, Sequence[Row[Any]]], AsyncIterator[bytes]]


def _documented(description: str, media_type: str, each: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": each}}}
    return NOT_MODIFIED | {200: {"description": description, "content": content}}


@router.get(
    "/v1/exports/businesses.csv",
    summary="A line for each business, the most worrying first",
    response_class=StreamingResponse,
    responses=_documented("With a heading", _CSV, "string"),
)
async def as_csv(principal: Analyst, desk: AtDesk, wanted: Wanted, if_none_match: IfNoneMatch = None) -> Response:
    return await _answer(desk, principal, wanted, if_none_match, _CSV, _rows, heading=_line(_COLUMNS))


@router.get(
    "/v1/exports/businesses.ftm.json",
    summary="FollowTheMoney entities, one a line: businesses, their addresses and people",
    response_class=StreamingResponse,
    responses=_documented("A line for each entity", _NDJSON, "object"),
)
async def as_entities(principal: Analyst, desk: AtDesk, wanted: Wanted, if_none_match: IfNoneMatch = None) -> Response:
    return await _answer(desk, principal, wanted, if_none_match, _NDJSON, _entities)


async def _answer(
    desk: Desk,
    principal: Principal,
    wanted: Filters,
    if_none_match: str | None,
    media_type: str,
    lines: _Lines,
    heading: bytes = b"",
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):  # a refusal must come before the first line
        tag = state_tag(await reading.fingerprint(connection, audience, wanted), f"{media_type} {heading!r}")
    saved_as = {"Content-Disposition": f'attachment; filename="{_FILES[media_type]}"'}
    return unchanged(tag, if_none_match) or StreamingResponse(
        _pages(desk, principal, wanted, lines, heading), media_type=media_type, headers=kept(tag) | saved_as
    )


async def _pages(
    desk: Desk, principal: Principal, wanted: Filters, lines: _Lines, heading: bytes
) -> AsyncIterator[bytes]:
    yield heading
    after: tuple[int, str] | None = None
    async with desk.reading_as(principal) as (connection, number):
        audience = Audience(connection, number, await desk.model(connection))
        while rows := await reading.search(connection, number, wanted, after, _PAGE):
            desk.check_still(principal, number)
            yield b"".join([line async for line in lines(audience, rows)])
            after = rows[-1].priority, rows[-1].business_id


async def _rows(audience: Audience, rows: Sequence[Row[Any]]) -> AsyncIterator[bytes]:
    for summary in await answers.summaries(audience.connection, audience.number, rows):
        yield _line([_cell(value) for value in summary.model_dump(mode="json").values()])


def _cell(value: Any) -> str:
    return inert("; ".join(value) if isinstance(value, list) else "" if value is None else str(value))


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


async def _entities(audience: Audience, rows: Sequence[Row[Any]]) -> AsyncIterator[bytes]:
    parties = await audience.parties([row.no for row in rows])
    for row in rows:
        if party := parties.get(row.no):
            for entity in entities(party):
                yield orjson.dumps(entity) + b"\n"
