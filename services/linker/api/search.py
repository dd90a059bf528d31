"""One box: a name, a place, a telephone number, a person, a number; misspelt or not yet finished; and near where."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.linker.api import answers
from services.linker.api.around import Somewhere
from services.linker.api.cursors import Cursor, cursor_after, place_of
from services.linker.api.filters import Wanted
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.search.match import Match, in_short
from services.linker.domain.search.rank import Place
from services.linker.domain.search.standing import Around, Away
from services.linker.handlers.nearby import Nearby, Neighbour
from services.linker.handlers.searching import Found, Search
from shared.contracts.api.linker.search import Distance, SearchMatch, SearchPage, SearchResult
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Dashboard
from shared.runtime.errors import Invalid

router = APIRouter(tags=["businesses"])

_HIGHEST = 2**40
Typed = Annotated[
    str | None, Query(pattern=r"^[^\x00-\x1f]{1,200}$", description="Whatever is known: words, numbers, a postcode")
]


@router.get("/v1/search", summary="Find a business", response_model=SearchPage, responses=NOT_MODIFIED)
async def search(
    principal: Dashboard,
    desk: AtDesk,
    wanted: Wanted,
    around: Somewhere,
    q: Typed = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    if_none_match: IfNoneMatch = None,
) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        box = Search(connection, audience, wanted)
        page = await (_by_distance(box, around, q, cursor, limit) if around else _by_words(box, q, cursor, limit))
    return tagged(page, if_none_match, answers.owners(page.businesses))


async def _by_words(box: Search, q: str | None, cursor: str | None, limit: int) -> SearchPage:
    if q is None:
        raise Invalid(errors=[FieldProblem(field="query.q", code="missing", remedy="Say what to find, or near where.")])
    answer = await box.run(q, place_of(cursor, _place) if cursor else None, limit + 1)
    return _page([(_result(found), found.place) for found in answer.found], answer.unknown, limit)


async def _by_distance(box: Search, around: Around, q: str | None, cursor: str | None, limit: int) -> SearchPage:
    answer = await Nearby(box, around).run(q or "", place_of(cursor, _away) if cursor else None, limit + 1)
    return _page([(_neighbour(found), found.place) for found in answer.found], answer.unknown, limit)


def _place(parts: list[str]) -> Place:
    score, priority, business_id = parts
    place = Place(int(score), int(priority), business_id)
    if not (0 <= place.score < _HIGHEST and 0 <= place.priority < _HIGHEST and business_id.isidentifier()):
        raise ValueError("out of range")
    return place


def _away(parts: list[str]) -> Away:
    metres, business_id = parts
    away = Away(int(metres), business_id)
    if not (0 <= away.metres < _HIGHEST and business_id.isidentifier()):
        raise ValueError("out of range")
    return away


def _page(found: Sequence[tuple[SearchResult, Place | Away]], unknown: tuple[str, ...], limit: int) -> SearchPage:
    more = cursor_after(*map(str, found[limit - 1][1])) if len(found) > limit else None
    return SearchPage(businesses=tuple(result for result, _ in found[:limit]), unknown=unknown, next=more)


def _result(found: Found) -> SearchResult:
    matched = tuple(map(_match, found.matches))
    return SearchResult(**answers.columns(found.row, found.address), matches=matched, summary=in_short(found.matches))


def _neighbour(found: Neighbour) -> SearchResult:
    matched = tuple(map(_match, found.matches))
    away = Distance(metres=found.stand.metres, about=found.stand.about, records=found.records)
    said = " ".join([found.stand.in_words, *([in_short(found.matches)] if matched else [])])
    return SearchResult(**answers.columns(found.row, found.address), matches=matched, distance=away, summary=said)


def _match(match: Match) -> SearchMatch:
    return SearchMatch(**match._asdict())
