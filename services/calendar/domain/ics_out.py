"""Visits as iCalendar (RFC 5545, RFC 7986). Feeds leave the partnership's walls: a title says that there is a visit and
with whom, never whose business it is or why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import STATUS, TRANSP, Calendar, Event, Timezone, vDuration
from icalendar.enums import CLASS

from services.calendar.domain.london import LONDON, beginning_of
from shared.contracts.api.calendar.words import VisitStatus
from shared.contracts.identifiers import derived_id
from shared.contracts.record import Address

_REFRESH = timedelta(hours=1)
_STATUS = {
    VisitStatus.planned: STATUS.TENTATIVE,
    VisitStatus.confirmed: STATUS.CONFIRMED,
    VisitStatus.done: STATUS.CONFIRMED,
    VisitStatus.cancelled: STATUS.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit as a calendar shows it. `starts` and `ends` are None where the days alone are to be seen or known,
    `version` and `changed_at` where not all of it is; `agencies` are those that come; `busy`: the reader's does."""

    visit_id: str
    status: VisitStatus
    first: date
    last: date
    starts: datetime | None = None
    ends: datetime | None = None
    version: int | None = None
    changed_at: datetime | None = None
    agencies: tuple[str, ...] = ()
    where: str | None = None
    busy: bool = False
    masked: bool = False


def one_line(address: Address) -> str:
    parts = [*address.lines, address.town, address.postcode]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def calendar(entries: Iterable[Entry], name: str) -> bytes:
    """The same bytes for the same entries, so that a reader may be told that nothing changed."""
    found = Calendar.new(prodid="-//Joined Up//Visits//EN", name=name, uid=derived_id("cal", name))
    found.add("REFRESH-INTERVAL", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    found.add("X-PUBLISHED-TTL", vDuration(_REFRESH))
    for entry in sorted(entries, key=lambda one: (one.first, one.visit_id)):
        found.add_component(_event(entry))
    if not found.subcomponents:  # RFC 5545, section 3.6: there has to be something in it
        found.add_component(Timezone.from_tzid(str(LONDON)))
    text: bytes = found.to_ical()
    return text


def _event(entry: Entry) -> Event:
    starts, ends = entry.starts or entry.first, entry.ends or entry.last + timedelta(days=1)
    return Event.new(
        uid=f"{entry.visit_id}@joinedup",
        sequence=_sequence(entry),
        stamp=entry.changed_at or beginning_of(entry.first),
        start=starts,
        end=ends,
        summary=_title(entry),
        location=None if entry.masked else entry.where,
        description=None if entry.masked else f"For details sign in: visit {entry.visit_id}.",
        status=_STATUS[entry.status],
        transparency=TRANSP.OPAQUE if entry.busy and entry.starts else TRANSP.TRANSPARENT,
        classification=CLASS.PRIVATE,
    )


def _sequence(entry: Entry) -> int:
    """How often a visit was changed is nothing for those who may not see what was changed: to them it only ends."""
    if entry.version is not None:
        return entry.version - 1
    return 1 if entry.status is VisitStatus.cancelled else 0


def _title(entry: Entry) -> str:
    if entry.masked:
        return "Busy"
    kind = "Joint visit" if len(entry.agencies) > 1 else "Visit"
    return f"{kind}: {', '.join(entry.agencies)}"
