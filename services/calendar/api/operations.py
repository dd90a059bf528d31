"""Operations: plan a week of action, consent to it, ask and offer help, and approve it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.calendar.api.dependencies import Asking, AtDesk, Chairing, Desk, Read
from services.calendar.handlers import operating
from services.calendar.handlers.caller import Caller
from shared.contracts.api.calendar.operations import (
    Approval,
    AttachedVisits,
    CallingOff,
    NeedId,
    NewConsent,
    NewNeed,
    NewOffer,
    NewOperation,
    Operation,
    OperationChange,
    OperationId,
    OperationPage,
)
from shared.runtime.web import problems

router = APIRouter(tags=["operations"])

_Id = Annotated[OperationId, Path()]
_Cursor = Annotated[OperationId | None, Query(description="`next` of the page before")]
_ONE = problems(404, 409)


@router.post("/v1/operations", status_code=201, summary="Plan an operation, and ask its partners")
async def propose(new: NewOperation, caller: Chairing, desk: AtDesk, response: Response) -> Operation:
    """Each partner is told in a single disclosure. What follow-up it will ask of each stands in the answer."""
    async with desk.writing() as tx:
        operation_id = await operating.propose(tx, caller, new)
    response.headers["Location"] = f"/v1/operations/{operation_id}"
    return await _read(desk, caller, operation_id)


@router.get("/v1/operations", summary="Those that your agency planned or was asked to take part in, the latest first")
async def listed(
    caller: Asking, connection: Read, cursor: _Cursor = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> OperationPage:
    shown, more = await operating.page(connection, caller, cursor, limit)
    return OperationPage(operations=tuple(shown), next=more)


@router.get("/v1/operations/{operation_id}", summary="One, with its loads and warnings", responses=problems(404))
async def one(operation_id: _Id, caller: Asking, desk: AtDesk) -> Operation:
    return await _read(desk, caller, operation_id)


async def _read(desk: Desk, caller: Caller, operation_id: str) -> Operation:
    async with desk.database.read() as connection:
        return await operating.said(connection, caller, await operating.visible(connection, caller, operation_id))


@router.put("/v1/operations/{operation_id}", summary="Change the plan; everybody consents again", responses=_ONE)
async def change(operation_id: _Id, new: OperationChange, caller: Chairing, desk: AtDesk) -> Operation:
    async with desk.writing() as tx:
        await operating.change(tx, caller, operation_id, new)
    return await _read(desk, caller, operation_id)


@router.post("/v1/operations/{operation_id}/consent", summary="Consent for your agency, or refuse", responses=_ONE)
async def consent(operation_id: _Id, said: NewConsent, caller: Chairing, desk: AtDesk) -> Operation:
    async with desk.writing() as tx:
        await operating.answer(tx, caller, operation_id, said)
    return await _read(desk, caller, operation_id)


@router.post("/v1/operations/{operation_id}/needs", status_code=201, summary="Ask partners for help", responses=_ONE)
async def ask_for(operation_id: _Id, need: NewNeed, caller: Asking, desk: AtDesk) -> Operation:
    async with desk.writing() as tx:
        await operating.ask_for(tx, caller, operation_id, need)
    return await _read(desk, caller, operation_id)


@router.put(
    "/v1/operations/{operation_id}/needs/{need_id}/offer", summary="Offer help, or take it back", responses=_ONE
)
async def offer(
    operation_id: _Id, need_id: Annotated[NeedId, Path()], given: NewOffer, caller: Asking, desk: AtDesk
) -> Operation:
    async with desk.writing() as tx:
        await operating.offer(tx, caller, operation_id, need_id, given)
    return await _read(desk, caller, operation_id)


@router.post("/v1/operations/{operation_id}/visits", summary="Make visits of yours a part of it", responses=_ONE)
async def attach(operation_id: _Id, given: AttachedVisits, caller: Asking, desk: AtDesk) -> Operation:
    async with desk.writing() as tx:
        await operating.attach(tx, caller, operation_id, given)
    return await _read(desk, caller, operation_id)


@router.post("/v1/operations/{operation_id}/approval", summary="Approve it", responses=_ONE)
async def approve(operation_id: _Id, given: Approval, caller: Chairing, desk: AtDesk) -> Operation:
    """Refused while a partner has not consented. Where follow-up is more than an agency can spare, say why all the
    same."""
    async with desk.writing() as tx:
        await operating.approve(tx, caller, operation_id, given)
    return await _read(desk, caller, operation_id)


@router.post("/v1/operations/{operation_id}/call-off", summary="Call it off", responses=_ONE)
async def call_off(operation_id: _Id, given: CallingOff, caller: Chairing, desk: AtDesk) -> Operation:
    async with desk.writing() as tx:
        await operating.call_off(tx, caller, operation_id, given.version)
    return await _read(desk, caller, operation_id)
