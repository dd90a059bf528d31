"""An agency's own calendar as times and places, without a word of what its entries are about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import recurring_ical_events
from icalendar import Calendar, Event

from services.calendar.domain.london import ClockChange, beginning_of, instant

MOST = 500
_RECURS = frozenset({"RRULE", "RDATE", "RECURRENCE-ID"})
_OFTEN = (b"FREQ=SECONDLY", b"FREQ=MINUTELY", b"FREQ=HOURLY")


class BadCalendar(ValueError):
    """Not a calendar that can be taken in; `remedy` says what to send."""

    def __init__(self, remedy: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Taken:
    """One occurrence. `uid` stays the same when it is moved; `where` is one line."""

    uid: str
    starts: datetime
    ends: datetime
    all_day: bool
    where: str
    latitude: float | None
    longitude: float | None
    cancelled: bool

    @property
    def digest(self) -> str:
        """Changes whenever anything here does."""
        return sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Read:
    """`skipped` are the UIDs of entries without a place, or with a time that the clock in London does not show."""

    taken: tuple[Taken, ...]
    skipped: tuple[str, ...]


def read(text: bytes, first: date, last: date) -> Read:
    """What takes place on these days. Times without a zone are London's. Raises BadCalendar."""
    upper = text.upper()
    if any(often in upper for often in _OFTEN) or upper.count(b"BEGIN:VEVENT") > MOST:
        raise BadCalendar(f"Send a calendar of at most {MOST} entries, none of which comes more often than daily.")
    if b"\0" in text:
        raise BadCalendar("Leave out the character NUL (U+0000).")
    try:
        given = Calendar.from_ical(text)
        found = recurring_ical_events.of(given).between(first, last + timedelta(days=1))
        again = {_uid(event) for event in given.events if not _RECURS.isdisjoint(event)}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise BadCalendar("Send one calendar as RFC 5545 has it (text/calendar).") from error
    if len(found) > MOST:
        raise BadCalendar(f"At most {MOST} times in the days that are taken in.")
    return _sorted_out(found, again)


def _sorted_out(events: list[Event], again: set[str]) -> Read:
    """`again` are the UIDs of those that recur."""
    taken, skipped = dict[str, Taken](), set[str]()
    for event in events:
        if one := _taken(event, again):
            taken[one.uid] = one
        else:
            skipped.add(_uid(event))
    return Read(tuple(taken[uid] for uid in sorted(taken)), tuple(sorted(skipped)))


def _taken(event: Event, again: set[str]) -> Taken | None:
    where = " ".join(str(event.get("LOCATION", "")).split())
    if not where:
        return None
    try:
        starts, ends = _moment(event.start), _moment(event.end)
    except (ClockChange, ValueError):
        return None
    geo = event.get("GEO")
    return Taken(
        uid=_occurrence(event) if _uid(event) in again else _uid(event),
        starts=starts,
        ends=max(ends, starts + timedelta(minutes=1)),
        all_day=not isinstance(event.start, datetime),
        where=where[:400],
        latitude=geo.latitude if geo else None,
        longitude=geo.longitude if geo else None,
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
    )


def _occurrence(event: Event) -> str:
    """Named by the time that its series gives it, wherever it was moved to (RFC 5545, section 3.8.4.4)."""
    return f"{_uid(event)} {event.get('RECURRENCE-ID').to_ical().decode()}"


def _uid(event: Event) -> str:
    return str(event.get("UID", ""))[:250]


def _moment(given: date) -> datetime:
    return instant(given) if isinstance(given, datetime) else beginning_of(given)
