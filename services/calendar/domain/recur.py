"""Routine programmes: when a visit comes again, by the clock in London (RFC 5545, section 3.3.10)."""

from datetime import datetime
from itertools import islice

from dateutil.rrule import rrulestr

from services.calendar.domain.london import WorkingDays

MOST = 60
_FREQUENT = ("SECONDLY", "MINUTELY", "HOURLY")


class BadRule(ValueError):
    """Not a recurrence rule, or not one of a programme; `remedy` says what to write."""

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy


def occurrences(first: datetime, rule: str, days: WorkingDays) -> list[datetime]:
    """Local times without offset, the first included. What falls on no working day moves to the next one; two that meet
    there are one. Raises BadRule."""
    written = rule.upper()
    ends = "UNTIL" in written or "COUNT" in written
    if not ends or any(word in written for word in _FREQUENT):
        raise BadRule("Write a rule of days, weeks, months or years that ends, with COUNT or UNTIL.")
    try:
        found = list(islice(rrulestr(rule, dtstart=first), MOST + 1))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise BadRule("Write it as RFC 5545 has it, e.g. FREQ=MONTHLY;INTERVAL=6;COUNT=4.") from error
    if not 0 < len(found) <= MOST:
        raise BadRule(f"A programme has 1 to {MOST} visits; shorten it with COUNT or UNTIL.")
    moved = [one + (days.on_or_after(one.date()) - one.date()) for one in found]
    return sorted(set(moved))
