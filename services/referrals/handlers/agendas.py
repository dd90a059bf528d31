"""Calling a meeting, saying that one is there, and what was said and agreed."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.clients.linker import Linker
from services.referrals.domain.agendas import begins, has_begun
from services.referrals.handlers import collecting, sanitised
from services.referrals.handlers.agenda_views import Room, action, enter, enter_as_chair, items_shown
from services.referrals.store import agendas as store
from services.referrals.store import contacts
from shared.contracts.api.referrals.agendas import Action, Done, NewAction, NewAgenda, NewItem, NewMinute
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, Forbidden, Invalid, NotFound
from shared.runtime.peer import Caller
from shared.sharing import Partnership


async def call(tx: Tx, principal: Principal, partnership: Partnership, given: NewAgenda) -> str:
    """The id of an agenda, as yet without items."""
    people = await contacts.officers(tx.connection, {one.id for one in partnership.agencies})
    asked = dict.fromkeys(given.attendees)
    if any(id_ not in people or people[id_].has_left(today()) for id_ in asked):
        raise Invalid(errors=[_fault("attendees", "unknown", "Name people of GET /v1/contacts.")])
    last = await store.last_of(tx.connection, principal.agency, given.series, given.at)
    id_, own = new_id("agd"), {"chair": principal.agency, "chaired_by": principal.subject}
    values = given.model_dump(include={"series", "title", "kind", "at"})
    await store.add(tx.connection, id=id_, since=begins(given.at, given.since, last), **own, **values)
    invited = [{"agenda": id_, "officer": one, "agency": people[one].agency, "confirmed_at": None} for one in asked]
    await store.invite(tx.connection, invited)
    return id_


async def collect(
    database: Database, linker: Linker, caller: Caller, principal: Principal, partnership: Partnership, id_: str
) -> None:
    """Put on the agenda what is new. The linker is asked before the transaction begins, so that nobody waits for it."""
    async with database.read() as connection:
        agenda = (await enter_as_chair(connection, principal, partnership, id_)).row
    businesses = await collecting.risks(linker, caller, collecting.day_of(agenda))
    async with database.transaction() as tx:
        cards = await collecting.card_rows(tx.connection, agenda)
        versions = await collecting.intelligence_rows(tx.connection, agenda, partnership)
        rows = [*collecting.risk_rows(id_, businesses), *cards, *versions]
        await store.put_items(database, tx.connection, rows)


async def confirm(tx: Tx, principal: Principal, partnership: Partnership, id_: str) -> None:
    """Raises Conflict before the meeting, where nobody can be there."""
    room = await enter(tx.connection, principal, partnership, id_)
    if not has_begun(room.row.at, utc_now()):
        raise Conflict("It has not begun. Say that you are there from half an hour before.")
    if room.me is not None:
        await store.confirm(tx.connection, id_, room.me.officer, utc_now())


async def remove(tx: Tx, principal: Principal, partnership: Partnership, id_: str, officer: str) -> None:
    await enter_as_chair(tx.connection, principal, partnership, id_)
    if not await store.remove(tx.connection, id_, officer):
        raise NotFound


async def contribute(
    database: Database, tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: NewItem
) -> None:
    """Put a sanitised version of one's own agency on the agenda."""
    await enter(tx.connection, principal, partnership, id_)
    version = await sanitised.one(tx.connection, principal, partnership, given.sanitised)
    if version.agency != principal.agency:
        raise Forbidden("Only the agency whose analyst wrote it may put it on an agenda.")
    await store.put_items(database, tx.connection, [collecting.intelligence_row(id_, given.sanitised)])


async def note(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: NewMinute) -> None:
    room = await enter_as_chair(tx.connection, principal, partnership, id_)
    await _check_item(tx.connection, partnership, room, given.item)
    minute = {"id": new_id("min"), "agenda": id_, "at": utc_now(), "by": principal.subject}
    await store.add_minute(tx.connection, item=given.item, text=given.text, **minute)


async def agree(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: NewAction) -> None:
    room = await enter_as_chair(tx.connection, principal, partnership, id_)
    await _check_item(tx.connection, partnership, room, given.item)
    owner = next((one for one in room.asked if one.officer == given.owner), None)
    if owner is None:
        raise Invalid(errors=[_fault("owner", "unknown", "Name one of those who are on the list.")])
    made = {"id": new_id("act"), "agenda": id_, "agency": owner.agency, "made_at": utc_now()}
    await store.add_action(tx.connection, **made, **given.model_dump())


async def _check_item(connection: AsyncConnection, partnership: Partnership, room: Room, item: str | None) -> None:
    """What is said of an item is seen by those who see it, so it must be one that is seen."""
    told, _ = await items_shown(connection, partnership, room)
    if item is not None and item not in {one.id for one in told}:
        raise Invalid(errors=[_fault("item", "unknown", "Name an item of the agenda as it is shown now.")])


async def finish(tx: Tx, principal: Principal, partnership: Partnership, id_: str, given: Done) -> Action:
    """Raises NotFound for an action that is not the caller's own nor of a meeting that they called."""
    row = await store.find_action(tx.connection, id_)
    if row is None:
        raise NotFound
    room = await enter(tx.connection, principal, partnership, row.agenda)
    if not await _is_heard(tx.connection, partnership, room, row):
        raise NotFound
    if room.me is not None and room.me.officer != row.owner:
        raise Forbidden("Only its owner or who called the meeting may do this.")
    if not await store.finish(tx.connection, id_, utc_now(), given.says):
        raise Conflict("It is done already.")
    done = await store.find_action(tx.connection, id_)
    assert done is not None
    return action(done, room.people)


async def _is_heard(connection: AsyncConnection, partnership: Partnership, room: Room, row: Any) -> bool:
    told, _ = await items_shown(connection, partnership, room)
    return row.item is None or row.item in {one.id for one in told}


def _fault(field: str, code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=f"body.{field}", code=code, remedy=remedy)
