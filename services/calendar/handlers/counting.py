"""Whether agencies come where they agreed to come, from visits of which the caller sees all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.london import WorkingDays, day_of
from services.calendar.domain.policy import Policies
from services.calendar.domain.reliability import Agreed, reliability
from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers.listing import page
from services.calendar.handlers.seeing import Seen
from services.calendar.store.listing import Wanted
from shared.contracts.api.calendar.outcomes import Reliability
from shared.contracts.api.calendar.words import Answer, VisitStatus

_MOST = 20_000


async def reliability_of(
    connection: AsyncConnection, eyes: Eyes, policies: Policies, since: date, until: date
) -> tuple[Reliability, ...]:
    """Of every agency that had agreed to one of the visits of these days that are over or were cancelled. What an
    agency does by itself out of its own calendar was agreed with nobody."""
    days = Wanted(since=since, until=until)
    over = replace(days, ended=True), replace(days, untold_before=policies.untold_before(eyes.day))
    found = [one for wanted in over for one in await page(connection, eyes, wanted, None, _MOST, _was_agreed)]
    agreed = [each for one in found for each in _agreed(one, policies.working_days)]
    return reliability(agreed, since, until, policies.working_time.late_cancellation.working_days)


def _was_agreed(one: Seen) -> bool:
    return one.sight >= Sight.full and (len(one.attendances) > 1 or not one.row.imported)


def _agreed(one: Seen, days: WorkingDays) -> Iterator[Agreed]:
    begins = day_of(one.row.starts_at)
    for mine in one.attendances:
        if mine.answer in (None, Answer.accepted) or mine.withdrew_at:
            ended: datetime | None = mine.withdrew_at
            if ended is None and one.row.cancelled_by == mine.agency:
                ended = one.row.cancelled_at
            yield Agreed(
                agency=mine.agency,
                attended=mine.attended,
                cancelled=one.row.status == VisitStatus.cancelled or mine.withdrew_at is not None,
                notice=days.between(day_of(ended), begins) if ended else None,
                told=not one.is_ahead,
            )
