"""The figures of Table 1 of the seed, for the caller's audience; each opens to its list."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Row

from services.linker.api.filters import Area, Sector
from services.linker.api.lists import address, coverage
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.coverage import default_coverage_policy, warnings
from services.linker.store import reading
from services.linker.store.reading import Filters
from shared.contracts.api.linker.businesses import Statistic
from shared.contracts.api.linker.risk import Statistics
from shared.runtime import clock
from shared.runtime.auth import Dashboard

router = APIRouter(tags=["statistics"])

_CONCERN = "A concern is live until its agency closes it, a later check finds nothing, or it has faded with time."
_DEFINITIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "businesses": ("Businesses made of those records: one trading business at one premises each.", {}),
    "known_to_two_or_more": (
        "Businesses of which at least two agencies hold a record, with or without a concern.",
        {"min_agencies": 2},
    ),
    "known_to_three_or_more": (
        "Businesses of which at least three agencies hold a record, with or without a concern.",
        {"min_agencies": 3},
    ),
    "concerns_in_two_or_more_regimes": (
        f"Businesses with live concerns in at least two regimes. {_CONCERN}",
        {"min_regimes": 2},
    ),
    "concerns_in_three_or_more_regimes": (
        f"Businesses with live concerns in at least three regimes. {_CONCERN}",
        {"min_regimes": 3},
    ),
}


@router.get("/v1/statistics", summary="Figures for your agency", response_model=Statistics, responses=NOT_MODIFIED)
async def statistics(
    principal: Dashboard, desk: AtDesk, area: Area = None, sector: Sector = None, if_none_match: IfNoneMatch = None
) -> Response:
    here = Filters(area=area, sector=sector)
    async with desk.reading_as(principal) as (connection, audience):
        totals = await reading.totals(connection, audience, here)
        known_to = await reading.by_agency(connection, audience, here)
    figures = {name: _statistic(totals, name, here) for name in _DEFINITIONS}
    body = Statistics(
        as_of=clock.today(),
        records=_records(totals.records, here),
        **figures,
        coverage=coverage(known_to, here),
        warnings=warnings(known_to, default_coverage_policy()),
    )
    return tagged(body, if_none_match)


def _records(value: int, here: Filters) -> Statistic:
    definition = "Records that your agency may see, its own included."
    if here == Filters():
        return Statistic(value=value, definition=definition, list="/v1/graph")
    return Statistic(value=value, definition=f"{definition} Of the businesses here.", list=address(here))


def _statistic(totals: Row[Any], name: str, here: Filters) -> Statistic:
    definition, cut = _DEFINITIONS[name]
    return Statistic(value=getattr(totals, name), definition=definition, list=address(replace(here, **cut)))
