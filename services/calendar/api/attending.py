"""Who else comes to a visit."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.calendar.api.dependencies import Asking, AtDesk, VisitId
from services.calendar.api.visits import CHANGED, as_shown
from services.calendar.handlers import attending
from shared.contracts.api.calendar.visits import Attended, Invitations, Joining, Reply, Visit

router = APIRouter(prefix="/v1/visits", tags=["visits"])

_Agency = Annotated[str, Path(max_length=63)]


@router.post("/{visit_id}/invitations", summary="Invite agencies, or accept one that asked to join", responses=CHANGED)
async def invite(visit_id: VisitId, asked: Invitations, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await attending.invite(tx, caller, visit_id, asked.invite)
        return await as_shown(tx, caller, desk, visit_id)


@router.delete("/{visit_id}/invitations/{agency}", summary="Withdraw an invitation", responses=CHANGED)
async def withdraw(visit_id: VisitId, agency: _Agency, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await attending.withdraw(tx, caller, visit_id, agency)
        return await as_shown(tx, caller, desk, visit_id)


@router.post("/{visit_id}/reply", summary="Answer your agency's invitation", responses=CHANGED)
async def reply(visit_id: VisitId, given: Reply, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await attending.reply(tx, caller, visit_id, given)
        return await as_shown(tx, caller, desk, visit_id)


@router.post("/{visit_id}/join", summary="Come to this visit instead of making your own", responses=CHANGED)
async def join(visit_id: VisitId, given: Joining, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await attending.join(tx, caller, visit_id, given)
        return await as_shown(tx, caller, desk, visit_id)


@router.post("/{visit_id}/attended", summary="Say whether your agency came, and how many of it", responses=CHANGED)
async def attended(visit_id: VisitId, said: Attended, caller: Asking, desk: AtDesk) -> Visit:
    async with desk.writing() as tx:
        await attending.attended(tx, caller, visit_id, said)
        return await as_shown(tx, caller, desk, visit_id)
