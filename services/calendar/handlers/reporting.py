"""The facts of a report, as the caller may see them: visits in full, outcomes that it may see, its own decisions."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.evaluation import Attended, Decided, Facts, Found, Span, Visited
from services.calendar.domain.london import day_of
from services.calendar.domain.policy import Policies
from services.calendar.domain.sight import Sight
from services.calendar.handlers import policies
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.listing import page
from services.calendar.handlers.operating import may_see
from services.calendar.handlers.seeing import Seen
from services.calendar.store import reporting
from services.calendar.store.listing import Wanted
from shared.contracts.api.calendar.words import CancelReason, OutcomeKind, VisitStatus

_MOST = 20_000


async def facts_of(connection: AsyncConnection, caller: Caller, span: Span) -> Facts:
    """Of visits that began in the span. Decisions are of no area: they are in where none is asked for."""
    wanted = Wanted(since=span.since, until=span.until, area=span.area)
    found = await page(connection, caller.eyes, wanted, None, _MOST, lambda one: _counts(one, span))
    ids = [one.row.id for one in found]
    partners = [one.id for one in caller.eyes.partnership.agencies if caller.eyes.sees_outcomes(one.id)]
    operated = await _operated(connection, caller, ids)
    decided = await reporting.decisions(connection, caller.agency, span.since, span.until)
    return Facts(
        span=span,
        visits=tuple(_visited(one, operated) for one in found),
        outcomes=tuple(map(_outcome, await reporting.outcomes(connection, ids, partners))),
        decisions=tuple(map(_decision, decided)) if span.area is None else (),
        policy=Policies.of(await policies.on(connection, span.as_of)).outcomes,
    )


async def _operated(connection: AsyncConnection, caller: Caller, ids: list[str]) -> frozenset[str]:
    """Those that are part of an operation which the caller may see."""
    rows = await reporting.operations(connection, caller.agency, ids)
    return frozenset(row.visit for row in rows if may_see(caller, row.owner, row.met))


def _counts(one: Seen, span: Span) -> bool:
    return one.sight >= Sight.full and span.since <= one.row.first_on <= span.until


def _visited(one: Seen, operated: frozenset[str]) -> Visited:
    row = one.row
    return Visited(
        id=row.id,
        agency=row.agency,
        status=VisitStatus(row.status),
        on=row.first_on,
        made_on=day_of(row.made_at),
        letter_on=row.letter_on,
        cancelled=CancelReason(row.cancelled) if row.cancelled else None,
        in_operation=row.id in operated,
        overridden=one.sight is Sight.own and row.overridden is not None,
        attended=tuple(_attended(mine) for mine in one.coming if mine.attended is not False),
    )


def _attended(row: Row[Any]) -> Attended:
    return Attended(row.agency, row.officers, row.alone, row.officers_sent)


def _outcome(row: Row[Any]) -> Found:
    kind = OutcomeKind(row.kind)
    return Found(row.id, row.visit, row.agency, kind, row.found_on, row.late, row.number, row.value_pence)


def _decision(row: Row[Any]) -> Decided:
    return Decided(row.id, row.business_id, row.decided_on, row.matched_on, row.visits_avoided)
