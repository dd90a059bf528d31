"""The figures of Table 1 of the seed, for the caller's audience; each opens to its list."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Row

from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.store import reading
from shared.contracts.api.linker.businesses import Statistic, Statistics
from shared.runtime import clock
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["statistics"])

_LIST = "/v1/businesses"
_CONCERN = "A concern is live until its agency closes it, a later check finds nothing, or it has faded with time."
_DEFINITIONS = {
    "records": ("Records that your agency may see, its own included.", "/v1/graph"),
    "businesses": ("Businesses made of those records: one trading business at one premises each.", _LIST),
    "known_to_two_or_more": (
        "Businesses of which at least two agencies hold a record, with or without a concern.",
        f"{_LIST}?min_agencies=2",
    ),
    "known_to_three_or_more": (
        "Businesses of which at least three agencies hold a record, with or without a concern.",
        f"{_LIST}?min_agencies=3",
    ),
    "concerns_in_two_or_more_regimes": (
        f"Businesses with live concerns in at least two regimes. {_CONCERN}",
        f"{_LIST}?min_regimes=2",
    ),
    "concerns_in_three_or_more_regimes": (
        f"Businesses with live concerns in at least three regimes. {_CONCERN}",
        f"{_LIST}?min_regimes=3",
    ),
}


@router.get("/v1/statistics", summary="Figures for your agency", response_model=Statistics, responses=NOT_MODIFIED)
async def statistics(principal: Dashboard, desk: AtDesk, if_none_match: IfNoneMatch = None) -> Response:
    async with desk.reading_as(principal) as (connection, audience):
        totals = await reading.totals(connection, audience)
    figures = {name: _statistic(totals, name) for name in _DEFINITIONS}
    return tagged(Statistics(as_of=clock.today(), **figures), if_none_match)


def _statistic(totals: Row[Any], name: str) -> Statistic:
    definition, behind = _DEFINITIONS[name]
    return Statistic(value=getattr(totals, name), definition=definition, list=behind)
