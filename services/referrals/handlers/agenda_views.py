"""An agenda as one who is there sees it: worked out at each look from who is there now and what each may have today."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.agendas import Listener, is_withheld, may_see, shown
from services.referrals.domain.contacts import Officer
from services.referrals.domain.place import area_of
from services.referrals.handlers import sanitised
from services.referrals.handlers.contacts import officer_said
from services.referrals.store import agendas as store
from services.referrals.store import contacts, intelligence, noted
from shared.contracts.api.referrals.agendas import (
    Action,
    AgendaPage,
    AgendaSaid,
    AgendaSummary,
    Attendee,
    Item,
    ItemKind,
    Minute,
)
from shared.contracts.api.referrals.cards import Place
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.errors import Forbidden, NotFound
from shared.sharing import Partnership

People = Mapping[str, Officer]


@dataclass(frozen=True, slots=True)
class Room:
    """An agenda with who is asked to it, and the place on the list of who looks; none of the chair's own people."""

    row: Row[Any]
    asked: Sequence[Row[Any]]
    people: People
    me: Row[Any] | None

    @property
    def listeners(self) -> list[Listener]:
        return [Listener(one.agency, self._is_assured(one)) for one in self.asked]

    @property
    def agencies(self) -> set[str]:
        return {self.row.chair, *(one.agency for one in self.asked)}

    def _is_assured(self, asked: Row[Any]) -> bool:
        return asked.confirmed_at is not None and not self.people[asked.officer].has_left(today())

    @property
    def waiting_for(self) -> list[str]:
        return [self.people[one.officer].name for one in self.asked if not self._is_assured(one)]


async def enter(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> Room:
    """Raises NotFound for who neither called it nor is on the list; Forbidden for who acts for another purpose."""
    if principal.purpose not in (None, partnership.stream_purpose):
        raise Forbidden(f"Agendas are for {partnership.stream_purpose} only.")
    row = await store.find(connection, id_)
    if row is None:
        raise NotFound
    asked = await store.attendees(connection, id_)
    people = await contacts.officers(connection, {one.id for one in partnership.agencies})
    me = next((one for one in asked if _is(people[one.officer], principal)), None)
    if me is None and not _chairs(row, principal):
        raise NotFound
    return Room(row, asked, people, me)


def _is(officer: Officer, principal: Principal) -> bool:
    return (officer.agency, officer.subject) == (principal.agency, principal.subject) and not officer.has_left(today())


def _chairs(row: Row[Any], principal: Principal) -> bool:
    return (row.chair, row.chaired_by) == (principal.agency, principal.subject)


async def enter_as_chair(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> Room:
    room = await enter(connection, principal, partnership, id_)
    if not _chairs(room.row, principal):
        raise Forbidden("Only who called it may do this.")
    return room


async def items_shown(connection: AsyncConnection, partnership: Partnership, room: Room) -> tuple[list[Row[Any]], bool]:
    """What everybody in the room may have, and whether something is left out that the chair may have."""
    every = await store.items(connection, room.row.id)
    has = {agency: await _may_have(connection, partnership, agency, every) for agency in room.agencies}

    def sees(agency: str, item: Row[Any]) -> bool:
        return item.id in has[agency]

    told = shown(every, room.row.chair, room.listeners, sees)
    return told, is_withheld(every, told, room.row.chair, sees)


async def _may_have(
    connection: AsyncConnection, partnership: Partnership, agency: str, items: Collection[Row[Any]]
) -> set[str]:
    """The ids of those of the items that an agency may have today; of cards those that it filed or was sent."""
    which = await sanitised.visible(connection, agency, partnership.stream_purpose, partnership)
    refs = await intelligence.among_visible(connection, which, [one.ref for one in items])
    held = await noted.held(connection, agency, [one.ref for one in items if one.kind == ItemKind.card])
    others = [one for one in items if one.kind == ItemKind.risk or one.ref in held]
    allowed = {one.id for one in others if may_see(agency, [(o, c) for o, c in one.sources], today(), partnership)}
    return allowed | {one.id for one in items if one.ref in refs}


async def one(connection: AsyncConnection, principal: Principal, partnership: Partnership, id_: str) -> AgendaSaid:
    room = await enter(connection, principal, partnership, id_)
    told, withheld = await items_shown(connection, partnership, room)
    chairs, ids = _chairs(room.row, principal), {None, *(item.id for item in told)}
    heard = chairs or bool(room.me and room.me.confirmed_at)
    return AgendaSaid(
        **summary(room.row).model_dump(),
        attendees=tuple(_attendee(asked, room.people) for asked in room.asked),
        waiting_for=tuple(room.waiting_for),
        items=tuple([await _item(connection, item, to_chair=chairs) for item in told if heard]),
        withheld=withheld if chairs else None,
        minutes=tuple(_minute(row) for row in await store.minutes(connection, id_) if heard and row.item in ids),
        actions=tuple(
            action(row, room.people) for row in await store.actions(connection, id_) if heard and row.item in ids
        ),
    )


async def page(connection: AsyncConnection, principal: Principal, after: str | None, limit: int) -> AgendaPage:
    people = await contacts.officers(connection, {principal.agency})
    mine = [officer.id for officer in people.values() if _is(officer, principal)]
    rows = await store.page(connection, principal.agency, principal.subject, mine, after, limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return AgendaPage(items=tuple(map(summary, rows[:limit])), next=more)


def summary(row: Row[Any]) -> AgendaSummary:
    return AgendaSummary(**{name: row._mapping[name] for name in AgendaSummary.model_fields})


def _attendee(asked: Row[Any], people: People) -> Attendee:
    return Attendee(agency=asked.agency, officer=officer_said(people[asked.officer]), confirmed_at=asked.confirmed_at)


async def _item(connection: AsyncConnection, row: Row[Any], *, to_chair: bool) -> Item:
    if row.kind != ItemKind.intelligence:
        address = f"/v1/businesses/{row.ref}" if to_chair and row.kind == ItemKind.risk else None
        return Item(id=row.id, kind=row.kind, grade=None, conditions=None, address=address, **row.says)
    version = sanitised.said(await intelligence.version(connection, row.ref))
    return Item(
        id=row.id,
        kind=row.kind,
        title=version.premises.name if version.premises else "Intelligence",
        area=area_of(Place(postcode=version.premises.postcode)) if version.premises else None,
        says=(version.text,),
        grade=version.grade,
        conditions=version.conditions,
        address=f"/v1/intelligence/sanitised/{row.ref}",
    )


def _minute(row: Row[Any]) -> Minute:
    return Minute(item=row.item, text=row.text, at=row.at)


def action(row: Row[Any], people: People) -> Action:
    plain = ("id", "agenda", "item", "says", "agency", "due", "done_at", "outcome")
    return Action(**{name: row._mapping[name] for name in plain}, owner=officer_said(people[row.owner]))
