"""The funnel of the seed: all businesses, those with concerns in two regimes, in three, and the ten to talk about."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from services.linker.api import answers
from services.linker.api.filters import Area, Sector
from services.linker.api.lists import address, coverage
from services.linker.api.viewing import NOT_MODIFIED, AtDesk, IfNoneMatch, tagged
from services.linker.domain.coverage import default_coverage_policy, warnings
from services.linker.store import reading
from services.linker.store.reading import Filters
from shared.contracts.api.linker.businesses import Statistic
from shared.contracts.api.linker.risk import Funnel, FunnelEntry
from shared.contracts.events.linker import RegimeConcern
from shared.contracts.problem import FieldProblem
from shared.runtime import clock
from shared.runtime.auth import Dashboard
from shared.runtime.errors import Invalid

router = APIRouter(tags=["risk"])

Regimes = Annotated[int, Query(ge=1, le=50, description="Regimes with live concerns, at least")]


@router.get("/v1/funnel", summary="From all to the few", response_model=Funnel, responses=NOT_MODIFIED)
async def funnel(
    principal: Dashboard,
    desk: AtDesk,
    wide: Regimes = 2,
    narrow: Regimes = 3,
    top: Annotated[int, Query(ge=1, le=100, description="How many to list")] = 10,
    area: Area = None,
    sector: Sector = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    if narrow < wide:
        remedy = "Give at least as many regimes as in `wide`."
        raise Invalid(errors=[FieldProblem(field="query.narrow", code="range", remedy=remedy)])
    here = Filters(area=area, sector=sector)
    narrowed = replace(here, min_regimes=narrow)
    async with desk.reading_as(principal) as (connection, audience):
        counts = await reading.funnel(connection, audience, here, wide, narrow)
        rows = await reading.search(connection, audience, narrowed, None, top)
        where = await reading.addresses(connection, audience, [row.no for row in rows])
        known_to = await reading.by_agency(connection, audience, here)
    body = Funnel(
        as_of=clock.today(),
        steps=_steps(counts, here, wide, narrowed, len(rows), top),
        top=tuple(_entry(rank, row, where[row.no]) for rank, row in enumerate(rows, start=1)),
        coverage=coverage(known_to, here),
        warnings=warnings(known_to, default_coverage_policy()),
    )
    return tagged(body, if_none_match)


def _steps(
    counts: tuple[int, int, int], here: Filters, wide: int, narrowed: Filters, listed: int, top: int
) -> tuple[Statistic, ...]:
    """`counts`: all businesses, and those with concerns in so many regimes."""
    every, many, most = counts
    last = f"{narrowed.min_regimes} or more regimes"
    return (
        Statistic(value=every, definition="Businesses that you may see here.", list=address(here)),
        Statistic(
            value=many,
            definition=f"Of these, businesses with live concerns in {wide} or more regimes.",
            list=address(replace(here, min_regimes=wide)),
        ),
        Statistic(value=most, definition=f"Of these, businesses with live concerns in {last}.", list=address(narrowed)),
        Statistic(
            value=listed,
            definition=f"Of these, the {top} most worrying: by band, then by number of regimes, then by weight.",
            list=address(narrowed, limit=top),
        ),
    )


def _entry(rank: int, row: Row[Any], where: str | None) -> FunnelEntry:
    reasons = tuple(RegimeConcern.model_validate(concern).reason for concern in row.concerns)
    risk = f"/v1/businesses/{row.business_id}/risk"
    return FunnelEntry(**answers.columns(row, where), rank=rank, reasons=reasons, risk=risk)
