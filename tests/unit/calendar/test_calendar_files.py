"""Visits as iCalendar, read back by two independent libraries; and agencies' own calendars taken in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from services.calendar.domain.ics_in import BadCalendar, Taken, read
from services.calendar.domain.ics_out import Entry, calendar
from services.calendar.domain.london import LONDON
from shared.contracts.api.calendar.words import VisitStatus

ENTRY = Entry(
    visit_id="vis_1",
    status=VisitStatus.confirmed,
    first=date(2027, 3, 28),
    last=date(2027, 3, 28),
    starts=datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    ends=datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    version=3,
    changed_at=datetime(2027, 1, 4, 9, tzinfo=UTC),
    agencies=("council", "fire"),
    where="12 The Broadway, Southall; the back; UB1 1AA " + "é" * 60,
    busy=True,
)
DAYS = replace(ENTRY, visit_id="vis_2", starts=None, ends=None, version=None, changed_at=None, agencies=("fire",))


def lines(*entries: Entry) -> str:
    return calendar(entries, "Visits").decode().replace("\r\n ", "")


def test_another_library_reads_it_and_no_line_of_it_is_too_long() -> None:
    text = calendar([ENTRY], "Visits").decode()
    (event,) = IcsCalendarStream.calendar_from_ics(text).events
    assert event.uid == f"{ENTRY.visit_id}@joinedup"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text


def test_a_calendar_of_no_visits_is_one_all_the_same() -> None:
    text = calendar([], "Visits").decode()
    assert IcsCalendarStream.calendar_from_ics(text).events == []
    assert [one.name for one in Calendar.from_ical(text).subcomponents] == ["VTIMEZONE"]


def test_a_client_expands_it_to_the_time_in_london_on_both_clock_changes() -> None:
    autumn = replace(
        ENTRY,
        visit_id="vis_3",
        starts=datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        ends=datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    )
    parsed = Calendar.from_ical(calendar([ENTRY, autumn], "Visits"))
    spring, later = recurring_ical_events.of(parsed).between(date(2027, 1, 1), date(2028, 1, 1))
    assert spring.start.astimezone(LONDON).isoformat() == "2027-03-28T00:30:00+00:00"
    assert spring.end.astimezone(LONDON).isoformat() == "2027-03-28T02:30:00+01:00"
    assert later.start.astimezone(LONDON).isoformat() == "2027-10-31T01:30:00+01:00"
    assert later.end.astimezone(LONDON).isoformat() == "2027-10-31T01:30:00+00:00"


def test_a_cancelled_visit_goes_by_its_status_and_a_higher_sequence() -> None:
    gone = replace(ENTRY, status=VisitStatus.cancelled, version=4)
    assert "SEQUENCE:2" in lines(ENTRY)
    assert "STATUS:CANCELLED" in lines(gone)
    assert "SEQUENCE:3" in lines(gone)
    assert "UID:vis_1@joinedup" in lines(gone)


def test_of_a_visit_seen_by_the_day_no_time_is_told_nor_how_often_it_changed() -> None:
    text = lines(DAYS)
    assert "DTSTART;VALUE=DATE:20270328" in text
    assert "DTEND;VALUE=DATE:20270329" in text
    assert "SEQUENCE:0" in text
    assert "DTSTAMP:20270328T000000Z" in text
    assert "TRANSP:TRANSPARENT" in text


def test_what_its_owner_hides_is_only_busy_on_its_own_phones() -> None:
    text = lines(replace(ENTRY, masked=True))
    assert "SUMMARY:Busy" in text
    assert "Broadway" not in text
    assert "fire" not in text


def test_the_same_visits_are_the_same_bytes_in_any_order() -> None:
    assert calendar([ENTRY, DAYS], "Visits") == calendar([DAYS, ENTRY], "Visits")


HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n"


def theirs(*events: str, head: str = HEAD) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"{head}{body}END:VCALENDAR\r\n".encode()


def event(uid: str = "a", start: str = ":20270201T100000", end: str = ":20270201T110000", *more: str) -> str:
    base = [f"UID:{uid}", "SUMMARY:Arrest Amir", f"DTSTART{start}", f"DTEND{end}", "DTSTAMP:20270101T000000Z"]
    return "\r\n".join([*base, *(more or ("LOCATION:12 The Broadway\\, Southall\\, UB1 1AA",))])


def taken(*events: str, head: str = HEAD) -> tuple[Taken, ...]:
    return read(theirs(*events, head=head), date(2027, 1, 1), date(2027, 12, 31)).taken


def test_of_an_entry_times_and_place_are_taken_and_no_word_of_what_it_is_about() -> None:
    (one,) = taken(event())
    assert (one.starts, one.where) == (datetime(2027, 2, 1, 10, tzinfo=UTC), "12 The Broadway, Southall, UB1 1AA")
    assert "Amir" not in repr(one)


def test_a_weekly_entry_keeps_its_hour_in_london_across_the_clock_change() -> None:
    weekly = event("w", ";TZID=Europe/London:20270322T100000", ";TZID=Europe/London:20270322T110000",
                   "RRULE:FREQ=WEEKLY;COUNT=2", "LOCATION:12 The Broadway")  # fmt: skip
    first, second = taken(weekly)
    assert (first.starts.hour, second.starts.hour) == (10, 9)
    assert second.starts - first.starts == timedelta(days=7, hours=-1)
    assert first.uid != second.uid


def test_what_is_moved_keeps_its_uid_whether_it_recurs_or_not() -> None:
    at = {"start": ":20270322T100000", "end": ":20270322T110000"}
    there, weekly = "LOCATION:12 The Broadway", "RRULE:FREQ=WEEKLY;COUNT=2"
    moved = event("w", ":20270330T150000", ":20270330T160000", "RECURRENCE-ID:20270329T100000", there)
    series = event("w", at["start"], at["end"], weekly, there)
    assert [one.uid for one in taken(series)] == [one.uid for one in taken(series, moved)]
    assert taken(series, moved)[1].starts == datetime(2027, 3, 30, 14, tzinfo=UTC)
    assert taken(event("s"))[0].uid == taken(event("s", **at))[0].uid == "s"


def test_a_calendar_that_names_its_zone_once_is_understood() -> None:
    (one,) = taken(
        event(start=":20270701T090000Z", end=":20270701T100000Z"), head=f"{HEAD}X-WR-TIMEZONE:Europe/London\r\n"
    )
    assert one.starts == datetime(2027, 7, 1, 9, tzinfo=UTC)


def test_an_entry_without_a_place_or_at_a_time_that_is_none_or_two_is_skipped_by_name() -> None:
    nowhere = event("n", ":20270201T100000", ":20270201T110000", "LOCATION:")
    never = event("z", ":20270328T013000", ":20270328T020000", "LOCATION:Here")
    twice = event("t", ":20271031T013000", ":20271031T023000", "LOCATION:Here")
    found = read(theirs(nowhere, never, twice), date(2027, 1, 1), date(2027, 12, 31))
    assert (found.taken, found.skipped) == ((), ("n", "t", "z"))


def test_a_whole_day_is_a_day_in_london() -> None:
    (one,) = taken(event("d", ";VALUE=DATE:20270701", ";VALUE=DATE:20270702"))
    assert (one.all_day, one.starts) == (True, datetime(2027, 6, 30, 23, tzinfo=UTC))


def bad() -> Iterator[bytes]:
    yield b"no calendar"
    yield theirs(event("a\0"))
    yield theirs(event("s", ":20270201T100000", ":20270201T100001", "RRULE:FREQ=SECONDLY"))
    yield theirs(*[event(str(n)) for n in range(501)])
    yield theirs(*[event(str(n), ":20270201T100000", ":20270201T110000", "RRULE:FREQ=DAILY") for n in range(9)])


@pytest.mark.parametrize("text", list(bad()), ids=["no calendar", "a nul", "every second", "too many", "too often"])
def test_what_is_no_calendar_or_too_much_is_refused(text: bytes) -> None:
    with pytest.raises(BadCalendar):
        read(text, date(2027, 1, 1), date(2027, 12, 31))
