"""Calendar feeds (RFC 5545), free and busy times, and agencies' own calendars taken in."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from shared.contracts.envelope import Contract


class FeedScope(StrEnum):
    """`person`: visits that the person planned or is named on. `agency`: its own and those that it attends.
    `partnership`: all that the agency may see."""

    person = "person"
    agency = "agency"
    partnership = "partnership"


class NewCalendarFeed(Contract):
    scope: FeedScope


class CalendarFeed(Contract):
    feed_id: str
    scope: FeedScope
    made_at: datetime
    used_at: datetime | None


class MadeCalendarFeed(CalendarFeed):
    """The address is told this once. Whoever has it reads the feed, until you revoke it."""

    url: str = Field(description="Path of the feed, to be put after this system's own address")


class CalendarFeeds(Contract):
    feeds: tuple[CalendarFeed, ...]


class Busy(Contract):
    starts: datetime
    ends: datetime


class FreeBusy(Contract):
    """Of the visits that you may see, merged; what overlaps is one period."""

    agency: str
    starts: datetime
    ends: datetime
    busy: tuple[Busy, ...]


class Imported(Contract):
    """`skipped` are events without a place or a time that can be understood, by their UID."""

    made: int
    changed: int
    unchanged: int
    cancelled: int
    skipped: tuple[str, ...]


class ImportedCalendar(Contract):
    """One of your agency's own calendars. `entries` are those of its times that became visits here."""

    name: str
    entries: int


class ImportedCalendars(Contract):
    calendars: tuple[ImportedCalendar, ...]
