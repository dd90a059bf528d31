"""An agency's own calendars taken in, each by its name: their times and places as visits that others are told
of as little as it wants."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.clients import Linker
from services.calendar.domain.ics_in import Read, Taken
from services.calendar.domain.place import Spot, exposed, reached
from services.calendar.handlers import planning
from services.calendar.handlers.caller import Caller
from services.calendar.handlers.placing import Placed, Timed
from services.calendar.handlers.planning import Plan
from services.calendar.handlers.seeing import own
from services.calendar.store import feeds
from shared.contracts.api.calendar.feeds import Imported, ImportedCalendar
from shared.contracts.api.calendar.visits import Terms, VisitChange
from shared.contracts.api.calendar.words import CancelReason
from shared.contracts.identifiers import derived_id
from shared.contracts.record import Address
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import NotFound

_OF_ALL = ("tier", "regimes", "contact")
"""What is said of a calendar as a whole. All else of a visit is its officers' to change."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An entry that is new or changed, and where it is."""

    entry: Taken
    where: Placed


async def arrived(linker: Linker, caller: Caller, read: Read, had: Mapping[str, Row[Any]]) -> list[Arrived]:
    """Asks the graph about the places of what is new or changed."""
    now = clock.utc_now()
    ahead = [one for one in read.taken if not one.cancelled and one.ends > now]
    fresh = [one for one in ahead if _digest(had, one.uid) != one.digest]
    places = {one.where: one for one in fresh}
    placed = {where: await _placed(linker, caller, one) for where, one in places.items()}
    return [Arrived(one, placed[one.where]) for one in fresh]


def _digest(had: Mapping[str, Row[Any]], uid: str) -> str | None:
    return had[uid].digest if uid in had else None


async def _placed(linker: Linker, caller: Caller, entry: Taken) -> Placed:
    spot = Spot(None, Address(lines=(entry.where,), latitude=entry.latitude, longitude=entry.longitude))
    traits = (await linker.traits_of(caller.headers, spot.described)).traits
    return Placed(spot, exposed(traits), reached(traits))


async def taken_in(connection: AsyncConnection, caller: Caller, name: str) -> Mapping[str, Row[Any]]:
    return await feeds.taken_in(connection, caller.agency, name)


async def calendars(connection: AsyncConnection, caller: Caller) -> tuple[ImportedCalendar, ...]:
    found = await feeds.calendars(connection, caller.agency)
    return tuple(ImportedCalendar(name=row.name, entries=row.entries) for row in found)


async def take_in(tx: Tx, caller: Caller, name: str, read: Read, fresh: list[Arrived], terms: Terms) -> Imported:
    """The same calendar again changes nothing; what it has no more, or as cancelled, is cancelled."""
    await feeds.alone(tx.connection, caller.agency)
    had, done = await feeds.taken_in(tx.connection, caller.agency, name), Counter[str]()
    for one in fresh:
        done[await _put(tx, caller, name, one, had.get(one.entry.uid), terms)] += 1
    stays = {one.uid for one in read.taken if not one.cancelled}
    for uid in sorted(had.keys() - stays):
        done["cancelled"] += await _cancel(tx, caller, had[uid])
    as_before = stays & had.keys() - {one.entry.uid for one in fresh}
    for uid in sorted(as_before):
        done["shown"] += await _show(tx, caller, had[uid], terms)
    return Imported(
        made=done["made"],
        changed=done["changed"] + done["shown"],
        unchanged=len(stays) - len(fresh) - done["shown"],
        cancelled=done["cancelled"],
        skipped=read.skipped,
    )


async def withdraw(tx: Tx, caller: Caller, name: str) -> None:
    """What of the calendar is still to come is cancelled. Raises NotFound where it holds nothing."""
    await feeds.alone(tx.connection, caller.agency)
    had = await feeds.taken_in(tx.connection, caller.agency, name)
    if not had:
        raise NotFound
    for uid in sorted(had):
        await _cancel(tx, caller, had[uid])


async def _put(tx: Tx, caller: Caller, name: str, one: Arrived, had: Row[Any] | None, terms: Terms) -> str:
    when = Timed(one.entry.starts, one.entry.ends, is_window=one.entry.all_day)
    if had and (found := await own(tx.connection, had.visit, caller.eyes)).is_ahead:
        await planning.change(tx, caller, had.visit, VisitChange(version=found.row.version), one.where, when)
        await _show(tx, caller, had, terms)
        visit_id, word = str(had.visit), "changed"
    else:
        visit_id, word = await planning.make(tx, caller, Plan(terms, one.where, when, imported=True)), "made"
    values = {"uid": one.entry.uid, "visit": visit_id, "digest": one.entry.digest, "shown_as": _shown_as(terms)}
    await feeds.put_taken(tx.connection, caller.agency, name, values)
    return word


def _shown_as(terms: Terms) -> str:
    return derived_id("shown", terms.tier, *terms.regimes, terms.contact or "")


async def _show(tx: Tx, caller: Caller, had: Row[Any], terms: Terms) -> bool:
    """Others are told as much of it as its calendar says now; whether that is otherwise than it said before. What an
    officer set by hand stays until then."""
    if had.shown_as == _shown_as(terms):
        return False
    values = {"uid": had.uid, "visit": had.visit, "digest": had.digest, "shown_as": _shown_as(terms)}
    await feeds.put_taken(tx.connection, caller.agency, had.name, values)
    found = await own(tx.connection, had.visit, caller.eyes)
    if not found.is_ahead:
        return False
    said = planning.columns(terms, caller.agency)
    await planning.put(tx, found, {name: said[name] for name in _OF_ALL})
    await planning.say_changed(tx, caller, had.visit)
    return True


async def _cancel(tx: Tx, caller: Caller, had: Row[Any]) -> int:
    await feeds.forget_taken(tx.connection, caller.agency, had.name, had.uid)
    found = await own(tx.connection, had.visit, caller.eyes)
    if not found.is_ahead or found.row.ends_at < clock.utc_now():
        return 0
    await planning.cancel(tx, caller, had.visit, found.row.version, CancelReason.no_longer_in_source)
    return 1
