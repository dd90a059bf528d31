"""Time as an officer means it: by the clock in London, which jumps twice a year, and in working days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_DAY = timedelta(days=1)
_SATURDAY = 5


class ClockChange(ValueError):
    """A time without offset that the clock in London shows twice that day, or not at all; `remedy` says what to do."""

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy


def instant(given: datetime) -> datetime:
    """In UTC. A time without offset is London's; raises ClockChange where that is none or two."""
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    earlier, later = (given.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    if earlier.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != given:
        raise ClockChange("The clocks go forward that night and skip this time; choose another.")
    raise ClockChange(
        "The clocks go back that night and this time comes twice; say which with +01:00 (the first) or +00:00."
    )


def local(moment: datetime) -> datetime:
    return moment.astimezone(LONDON)


def day_of(moment: datetime) -> date:
    return local(moment).date()


def beginning_of(day: date) -> datetime:
    """Its midnight, in UTC."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`holidays` are bank holidays by day, with their names; `known_until` is the last day that they are known for."""

    holidays: dict[date, str]
    known_until: date

    def is_working(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        while not self.is_working(day):
            day += _DAY
        return day

    def between(self, first: date, last: date) -> int:
        """How many begin after `first` and before `last`: of a notice given on `first` for `last`, the clear days."""
        return sum(1 for day in _days(first + _DAY, last) if self.is_working(day))


def _days(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += _DAY
