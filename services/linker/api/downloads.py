"""The list of businesses to take away: as CSV for a spreadsheet, as FollowTheMoney entities for an investigator."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
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
from services.linker.store.scenes import sources_of
from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.spreadsheet import inert
from shared.runtime import clock
from shared.runtime.auth import Analyst, Principal

router = APIRouter(tags=["export"])

_PAGE = 200
_CSV, _NDJSON = "text/csv", "application/x-ndjson"
_FILES = {_CSV: "businesses.csv", _NDJSON: "businesses.ftm.json"}
_COLUMNS = (*BusinessSummary.model_fields, "not_to_be_passed_on_without_consent_of")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who takes it away. `bound` are the (owner, category) of whose records nothing may be passed on."""

    audience: Audience
    bound: frozenset[tuple[str, str]]

    async def consent(self, rows: Sequence[Row[Any]]) -> dict[int, list[str]]:
        """The agencies without whose consent what is told of a business, by number, may not be passed on."""
        if not self.bound:
            return {}
        sources = await sources_of(self.audience.connection, self.audience.number, [row.no for row in rows])
        return {number: sorted({owner for owner, _ in of & self.bound}) for number, of in sources.items()}


_Lines = Callable[[_Reader, Sequence[Row[Any]]], AsyncIterator[bytes]]


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
        bound = _bound(desk, principal)
        form = f"{media_type} {heading!r} {sorted(bound)}"
        tag = state_tag(await reading.fingerprint(connection, audience, wanted), form)
    saved_as = {"Content-Disposition": f'attachment; filename="{_FILES[media_type]}"'}
    return unchanged(tag, if_none_match) or StreamingResponse(
        _pages(desk, principal, wanted, lines, heading, bound), media_type=media_type, headers=kept(tag) | saved_as
    )


def _bound(desk: Desk, principal: Principal) -> frozenset[tuple[str, str]]:
    terms = answers.Terms(principal.agency, clock.today(), desk.partnership)
    visible = desk.view(principal.agency).visible
    return frozenset(source for source in visible if terms.of(*source)["no_onward_sharing"])


async def _pages(
    desk: Desk,
    principal: Principal,
    wanted: Filters,
    lines: _Lines,
    heading: bytes,
    bound: frozenset[tuple[str, str]],
) -> AsyncIterator[bytes]:
    yield heading
    after: tuple[int, str] | None = None
    async with desk.reading_as(principal) as (connection, number):
        reader = _Reader(Audience(connection, number, await desk.model(connection)), bound)
        while rows := await reading.search(connection, number, wanted, after, _PAGE):
            desk.check_still(principal, number)
            yield b"".join([line async for line in lines(reader, rows)])
            after = rows[-1].priority, rows[-1].business_id


async def _rows(reader: _Reader, rows: Sequence[Row[Any]]) -> AsyncIterator[bytes]:
    consent = await reader.consent(rows)
    shown = await answers.summaries(reader.audience.connection, reader.audience.number, rows)
    for row, summary in zip(rows, shown, strict=True):
        values = (*summary.model_dump(mode="json").values(), consent.get(row.no))
        yield _line([_cell(value) for value in values])


def _cell(value: Any) -> str:
    return inert("; ".join(value) if isinstance(value, list) else "" if value is None else str(value))


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


async def _entities(reader: _Reader, rows: Sequence[Row[Any]]) -> AsyncIterator[bytes]:
    parties, consent = await reader.audience.parties([row.no for row in rows]), await reader.consent(rows)
    for row in rows:
        if party := parties.get(row.no):
            for entity in entities(party, consent.get(row.no, ())):
                yield orjson.dumps(entity) + b"\n"
