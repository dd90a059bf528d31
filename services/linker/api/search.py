"""One box: a name, a place, a telephone number, a person, a number; misspelt or not yet finished."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.linker.api import answers
from services.linker.api.cursors import Cursor, cursor_after, place_of
from services.linker.api.filters import Wanted
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.search.match import Match, in_short
from services.linker.domain.search.rank import Place
from services.linker.handlers.searching import Answer, Found, Search
from shared.contracts.api.linker.search import SearchMatch, SearchPage, SearchResult
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["businesses"])

Typed = Annotated[
    str, Query(pattern=r"^[^\x00-\x1f]{1,200}$", description="Whatever is known: words, numbers, a postcode")
]


@router.get("/v1/search", summary="Find a business", response_model=SearchPage, responses=NOT_MODIFIED)
async def search(
    principal: Dashboard,
    desk: AtDesk,
    q: Typed,
    wanted: Wanted,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    if_none_match: IfNoneMatch = None,
) -> Response:
    after = place_of(cursor, _place) if cursor else None
    async with desk.reading_as(principal) as (connection, audience):
        answer = await Search(connection, audience, wanted).run(q, after, limit + 1)
    page = _page(answer, limit)
    return tagged(page, if_none_match, answers.owners(page.businesses))


def _place(parts: list[str]) -> Place:
    score, priority, business_id = parts
    place = Place(int(score), int(priority), business_id)
    if not (0 <= place.score < 2**40 and 0 <= place.priority < 2**40 and business_id.isidentifier()):
        raise ValueError("out of range")
    return place


def _page(answer: Answer, limit: int) -> SearchPage:
    shown = answer.found[:limit]
    more = None
    if len(answer.found) > limit:
        last = shown[-1].place
        more = cursor_after(str(last.score), str(last.priority), last.business_id)
    return SearchPage(businesses=tuple(map(_result, shown)), unknown=answer.unknown, next=more)


def _result(found: Found) -> SearchResult:
    matched = tuple(map(_match, found.matches))
    return SearchResult(**answers.columns(found.row), matches=matched, summary=in_short(found.matches))


def _match(match: Match) -> SearchMatch:
    return SearchMatch(**match._asdict())
