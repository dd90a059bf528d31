"""The partnership's report, as data, as a page and as PDF; each of its numbers opens to the list behind it."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.api.dependencies import Analysing, AtDesk
from services.calendar.domain.evaluation import Facts, Span, balance, figures, report
from services.calendar.domain.evaluation.figures import of_outcome
from services.calendar.handlers.printing import as_html, as_pdf, page_policy
from services.calendar.handlers.reporting import facts_of
from shared.contracts.api.calendar.powers import Slug
from shared.contracts.api.calendar.reports import BalanceKey, FigureKey, Listed, PartnershipReport, ReportList
from shared.contracts.api.calendar.words import OutcomeKind
from shared.contracts.problem import FieldProblem
from shared.runtime.aside import aside
from shared.runtime.errors import Invalid

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_Area = Annotated[str | None, Query(pattern=r"^[A-Z0-9]{1,10}$", description="Outward postcode, e.g. UB1")]
_Day = Annotated[date | None, Query()]
_AsOf = Annotated[
    date | None, Query(description="By the policy of outcomes that counted on that day; today unless given")
]
_MOST_YEARS = timedelta(days=10 * 366)
_OUTCOMES = "outcomes"
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


def _span(since: date, until: date, area: str | None, as_of: date) -> Span:
    """Raises Invalid."""
    if not timedelta(0) <= until - since <= _MOST_YEARS:
        remedy = "Let the period end on or after its first day, and within ten years."
        raise Invalid(errors=[FieldProblem(field="query.until", code="range", remedy=remedy)])
    return Span(since, until, as_of, area)


async def _report(
    caller: Analysing,
    desk: AtDesk,
    since: date,
    until: date,
    area: _Area = None,
    baseline_since: _Day = None,
    baseline_until: _Day = None,
    comparison_area: _Area = None,
    as_of: _AsOf = None,
) -> PartnershipReport:
    """`baseline` is an earlier period of the same area; the comparison area is looked at in the same period."""
    agreed = as_of or caller.eyes.day
    spans = [("This period", _span(since, until, area, agreed))]
    if baseline_since and baseline_until:
        spans.append(("Baseline", _span(baseline_since, baseline_until, area, agreed)))
    if comparison_area:
        spans.append(("Comparison area", _span(since, until, comparison_area, agreed)))

    async def made(connection: AsyncConnection) -> PartnershipReport:
        columns = [(title, await facts_of(connection, caller, span)) for title, span in spans]
        title = f"Partnership report: {caller.eyes.partnership.title}"
        return report(caller.agency, caller.eyes.day, title, columns)

    return await aside(desk.database, made)


Made = Annotated[PartnershipReport, Depends(_report)]


@router.get("/partnership", summary="Visits, outcomes, and what each agency gives and gets")
async def as_data(made: Made) -> PartnershipReport:
    """From what your agency may see, with definitions, a baseline, a comparison area and what confounds them."""
    return made


@router.get("/partnership.html", summary="The same as a page that prints well", response_class=HTMLResponse)
async def as_page(made: Made) -> HTMLResponse:
    content = await asyncio.to_thread(as_html, made)
    return HTMLResponse(content, headers={"Content-Security-Policy": page_policy()})


@router.get("/partnership.pdf", summary="The same as PDF/UA", response_class=Response, responses=_PDF)
async def as_paper(made: Made) -> Response:
    content = await asyncio.to_thread(as_pdf, made)
    headers = {"Content-Disposition": 'attachment; filename="partnership-report.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/partnership/lists/{figure}", summary="The list behind one number")
async def opened(
    figure: Annotated[str, Path(pattern=r"^[a-z-]{1,40}$", description="As the report gives it")],
    caller: Analysing,
    desk: AtDesk,
    since: date,
    until: date,
    area: _Area = None,
    agency: Annotated[Slug | None, Query(description="Of what one agency gives or gets, or of outcomes")] = None,
    kind: Annotated[OutcomeKind | None, Query(description="Of outcomes")] = None,
    as_of: _AsOf = None,
) -> ReportList:
    span = _span(since, until, area, as_of or caller.eyes.day)

    async def found(connection: AsyncConnection) -> tuple[str, tuple[Listed, ...]]:
        return _opened(figure, await facts_of(connection, caller, span), agency, kind)

    says, items = await aside(desk.database, found)
    return ReportList(definition=says, since=since, until=until, area=area, items=items)


def _opened(figure: str, facts: Facts, agency: str | None, kind: OutcomeKind | None) -> tuple[str, tuple[Listed, ...]]:
    """What it is, and the things in it. Raises Invalid."""
    if figure == _OUTCOMES:
        found = [one for one in facts.outcomes if agency in (None, one.agency) and kind in (None, one.kind)]
        return "Outcomes at visits of the period.", tuple(map(of_outcome, found))
    if figure in set(BalanceKey) and agency:
        return balance.definition(BalanceKey(figure)), balance.items(BalanceKey(figure), agency, facts)
    if figure in set(FigureKey):
        return figures.definition(FigureKey(figure)), figures.items(FigureKey(figure), facts)
    remedy = "Use an address that a report gives; what one agency gives or gets names the agency."
    raise Invalid(errors=[FieldProblem(field="path.figure", code="unknown", remedy=remedy)])
