"""Calendar feeds: by a token that its holder can revoke, as much as its agency may see on the day that it is read."""

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.domain.busy import merged
from services.calendar.domain.ics_out import Entry, calendar, one_line
from services.calendar.domain.london import beginning_of
from services.calendar.domain.sight import Eyes, Sight
from services.calendar.handlers.caller import Caller, eyes_of
from services.calendar.handlers.listing import Chosen, any_of_them, page
from services.calendar.handlers.seeing import Seen
from services.calendar.store import feeds
from services.calendar.store.listing import Wanted
from shared.contracts.api.calendar.feeds import Busy, CalendarFeed, FeedScope, FreeBusy, MadeCalendarFeed
from shared.contracts.api.calendar.words import Tier, VisitStatus
from shared.contracts.record import Address
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Forbidden, NotFound
from shared.sharing import Partnership, not_for_this_purpose

_TOKEN_BYTES = 32
_UNUSED = timedelta(days=90)
_BACK, _AHEAD = timedelta(days=31), timedelta(days=400)
_MOST = 5000
_MASKED = (Tier.hidden, Tier.ring)


async def make(tx: Tx, caller: Caller, scope: FeedScope) -> MadeCalendarFeed:
    """Its token is in the answer, and nowhere else. Raises Forbidden for who acts for another purpose than a feed is
    read for."""
    rules = caller.eyes.partnership
    if caller.eyes.purpose != rules.stream_purpose:
        raise Forbidden(not_for_this_purpose(caller.agency, caller.eyes.purpose, caller.eyes.day, rules))
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), clock.utc_now()
    values = {"id": clock.new_id("cal"), "scope": scope, "made_at": now, "used_at": None}
    whose = {"token_hash": _hashed(token), "agency": caller.agency, "subject": caller.subject}
    await feeds.add(tx.connection, values | whose)
    url = f"/v1/calendar/ics/{token}.ics"
    return MadeCalendarFeed(feed_id=values["id"], scope=scope, made_at=now, used_at=None, url=url)


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def mine(connection: AsyncConnection, caller: Caller) -> tuple[CalendarFeed, ...]:
    rows = await feeds.of_person(connection, caller.agency, caller.subject)
    return tuple(
        CalendarFeed(feed_id=row.id, scope=row.scope, made_at=row.made_at, used_at=row.used_at) for row in rows
    )


async def revoke(tx: Tx, caller: Caller, feed_id: str) -> None:
    """Raises NotFound."""
    if not await feeds.remove(tx.connection, feed_id, caller.agency, caller.subject):
        raise NotFound


async def revoke_all(tx: Tx, agency: str, subject: str) -> None:
    await feeds.remove_all(tx.connection, agency, subject)


async def holder(connection: AsyncConnection, token: str) -> Row[Any]:
    """The feed of a token. Raises NotFound for one that was never made, was revoked, or that nobody read for long."""
    row = await feeds.by_token(connection, _hashed(token))
    if row is None or clock.utc_now() - (row.used_at or row.made_at) > _UNUSED:
        raise NotFound
    return row


async def note_use(tx: Tx, feed: Row[Any]) -> None:
    await feeds.used(tx.connection, feed.id, clock.utc_now())


def is_first_today(feed: Row[Any]) -> bool:
    """Whether it is worth a note that the feed is used."""
    return feed.used_at is None or feed.used_at.date() != clock.utc_now().date()


async def read(connection: AsyncConnection, feed: Row[Any], partnership: Partnership) -> tuple[bytes, set[str]]:
    """As iCalendar, and whose visits it holds. Raises NotFound where the agency is no partner any more."""
    try:
        eyes = eyes_of(feed.agency, None, partnership)
    except Forbidden as error:
        raise NotFound from error
    wanted = Wanted(since=eyes.day - _BACK, until=eyes.day + _AHEAD)
    found = await page(connection, eyes, wanted, None, _MOST, _chosen(feed))
    text = calendar(entries(found, eyes), f"Visits: {_NAMES[FeedScope(feed.scope)]} ({feed.agency})")
    return text, {one.row.agency for one in found}


_NAMES = {FeedScope.person: "mine", FeedScope.agency: "our agency", FeedScope.partnership: "partnership"}


def _chosen(feed: Row[Any]) -> Chosen:
    match FeedScope(feed.scope):
        case FeedScope.person:
            return lambda one: _is_named(one, feed.agency, feed.subject)
        case FeedScope.agency:
            return lambda one: _comes(one, feed.agency)
        case _:
            return any_of_them


def _is_named(one: Seen, agency: str, subject: str) -> bool:
    attendance = one.of(agency)
    is_maker = one.row.agency == agency and one.row.made_by == subject
    return is_maker or (attendance is not None and subject in attendance.people)


def _comes(one: Seen, agency: str) -> bool:
    return any(each.agency == agency for each in one.coming)


def entries(found: Iterable[Seen], eyes: Eyes) -> list[Entry]:
    return [_entry(one, eyes) for one in found]


def _entry(one: Seen, eyes: Eyes) -> Entry:
    row, whole = one.row, one.sight >= Sight.full
    has_times = whole and not row.is_window
    address = row.place["address"]
    return Entry(
        visit_id=row.id,
        status=VisitStatus(row.status),
        first=row.first_on,
        last=row.last_on,
        starts=row.starts_at if has_times else None,
        ends=row.ends_at if has_times else None,
        version=row.version if whole else None,
        changed_at=row.changed_at if whole else None,
        agencies=tuple(each.agency for each in one.coming) if whole else (row.agency,),
        where=one_line(Address.model_validate(address)) if whole and address else row.area,
        busy=_comes(one, eyes.agency),
        masked=row.tier in _MASKED,
    )


async def free_busy(connection: AsyncConnection, eyes: Eyes, agency: str, first: date, last: date) -> FreeBusy:
    """Of the visits of an agency that `eyes` may see; of those of which only the days may be seen, the whole days."""
    within = beginning_of(first), beginning_of(last + timedelta(days=1))
    wanted = Wanted(since=first, until=last)
    found = await page(connection, eyes, wanted, None, _MOST, lambda one: _fills(one, agency))
    periods = merged((_period(one) for one in found), within)
    busy = tuple(Busy(starts=starts, ends=ends) for starts, ends in periods)
    return FreeBusy(agency=agency, starts=within[0], ends=within[1], busy=busy)


def _fills(one: Seen, agency: str) -> bool:
    known = one.row.agency == agency or (one.sight >= Sight.full and _comes(one, agency))
    return known and one.row.status != VisitStatus.cancelled and not (one.sight >= Sight.full and one.row.is_window)


def _period(one: Seen) -> tuple[Any, Any]:
    if one.sight >= Sight.full:
        return one.row.starts_at, one.row.ends_at
    return beginning_of(one.row.first_on), beginning_of(one.row.last_on + timedelta(days=1))
