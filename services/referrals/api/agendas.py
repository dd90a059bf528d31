"""Agendas: what is new on businesses of high risk, as far as everybody who is there may have it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from services.referrals.api.dependencies import MEMBERS, Read, Shared, Write
from services.referrals.handlers import agenda_views, agendas
from shared.contracts.api.referrals.agendas import (
    ACTION,
    AGENDA,
    Action,
    AgendaPage,
    AgendaSaid,
    Done,
    NewAction,
    NewAgenda,
    NewItem,
    NewMinute,
)
from shared.contracts.api.referrals.contacts import OFFICER
from shared.runtime.auth import Dashboard, TaskingChair
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/agendas", tags=["agendas"], dependencies=MEMBERS)

AgendaId = Annotated[str, Path(pattern=AGENDA)]
ActionId = Annotated[str, Path(pattern=ACTION)]
OfficerId = Annotated[str, Path(pattern=OFFICER)]
_ONE = problems(404)


@router.post("", status_code=201, summary="Call a meeting; ask for its items with /collection")
async def call(principal: TaskingChair, shared: Shared, given: NewAgenda, tx: Write) -> AgendaSaid:
    id_ = await agendas.call(tx, principal, shared.partnership, given)
    return await agenda_views.one(tx.connection, principal, shared.partnership, id_)


@router.get("", summary="Meetings that you called or are asked to, newest first")
async def page(
    principal: Dashboard,
    connection: Read,
    cursor: Annotated[str | None, Query(pattern=AGENDA, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AgendaPage:
    return await agenda_views.page(connection, principal, cursor, limit)


@router.get("/{agenda_id}", responses=_ONE, summary="A meeting that you called or are asked to")
async def one(agenda_id: AgendaId, principal: Dashboard, shared: Shared, connection: Read) -> AgendaSaid:
    return await agenda_views.one(connection, principal, shared.partnership, agenda_id)


@router.post(
    "/{agenda_id}/collection",
    responses=problems(404, 502),
    summary="Put on it what is new since the last: risk as you see it, and intelligence that you may have",
)
async def collect(agenda_id: AgendaId, principal: TaskingChair, shared: Shared, request: Request) -> AgendaSaid:
    await agendas.collect(shared.database, shared.linker, request.headers, principal, shared.partnership, agenda_id)
    async with shared.database.read() as connection:
        return await agenda_views.one(connection, principal, shared.partnership, agenda_id)


@router.post("/{agenda_id}/attendance", responses=problems(404, 409), summary="Say that you are there, and who hears")
async def confirm(agenda_id: AgendaId, principal: Dashboard, shared: Shared, tx: Write) -> AgendaSaid:
    """You state, in your own name and on the record: that you are in the meeting now; that nobody who is not on its
    list hears or sees it where you are; and that you will leave it if that changes. From half an hour before it."""
    await agendas.confirm(tx, principal, shared.partnership, agenda_id)
    return await agenda_views.one(tx.connection, principal, shared.partnership, agenda_id)


@router.delete(
    "/{agenda_id}/attendees/{officer_id}", responses=_ONE, summary="Take somebody off the list who is not there"
)
async def remove(
    agenda_id: AgendaId, officer_id: OfficerId, principal: TaskingChair, shared: Shared, tx: Write
) -> AgendaSaid:
    await agendas.remove(tx, principal, shared.partnership, agenda_id, officer_id)
    return await agenda_views.one(tx.connection, principal, shared.partnership, agenda_id)


@router.post("/{agenda_id}/items", responses=_ONE, summary="Put intelligence of your own agency on it, sanitised")
async def contribute(
    agenda_id: AgendaId, principal: Dashboard, shared: Shared, given: NewItem, tx: Write
) -> AgendaSaid:
    await agendas.contribute(shared.database, tx, principal, shared.partnership, agenda_id, given)
    return await agenda_views.one(tx.connection, principal, shared.partnership, agenda_id)


@router.post("/{agenda_id}/minutes", responses=_ONE, summary="Note what was said")
async def note(agenda_id: AgendaId, principal: TaskingChair, shared: Shared, given: NewMinute, tx: Write) -> AgendaSaid:
    await agendas.note(tx, principal, shared.partnership, agenda_id, given)
    return await agenda_views.one(tx.connection, principal, shared.partnership, agenda_id)


@router.post("/{agenda_id}/actions", responses=_ONE, summary="Note who does what by when")
async def agree(
    agenda_id: AgendaId, principal: TaskingChair, shared: Shared, given: NewAction, tx: Write
) -> AgendaSaid:
    await agendas.agree(tx, principal, shared.partnership, agenda_id, given)
    return await agenda_views.one(tx.connection, principal, shared.partnership, agenda_id)


@router.post("/actions/{action_id}/done", responses=problems(404, 409), summary="Say what came of an action")
async def finish(action_id: ActionId, principal: Dashboard, shared: Shared, given: Done, tx: Write) -> Action:
    return await agendas.finish(tx, principal, shared.partnership, action_id, given)
