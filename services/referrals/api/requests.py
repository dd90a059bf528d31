"""Requests for information: one question to one agency, under one power, on a clock."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.referrals.api.dependencies import MEMBERS, Read, Shared, Write
from services.referrals.domain.request_kinds import in_force, shipped
from services.referrals.handlers import request_views, requests, warrants
from shared.contracts.api.referrals.requests import (
    REQUEST,
    Kind,
    NewAnswer,
    NewHit,
    NewRequest,
    Reason,
    RequestPage,
    RequestSaid,
    Status,
    Turnaround,
)
from shared.contracts.api.referrals.warrants import WarrantQuestion, WarrantReadiness
from shared.contracts.api.sharing import SLUG
from shared.runtime.auth import AnyPartner, Dashboard
from shared.runtime.clock import today
from shared.runtime.web import problems

router = APIRouter(prefix="/v1", tags=["requests for information"], dependencies=MEMBERS)

RequestId = Annotated[str, Path(pattern=REQUEST)]
AgencyFilter = Annotated[str | None, Query(pattern=SLUG)]
_STEP = problems(404, 409)


@router.get("/requests/kinds", summary="What can be asked and answered, and by when")
async def kinds(_principal: AnyPartner) -> list[Kind]:
    return list(in_force(shipped(), today()).values())


@router.post("/requests", status_code=201, summary="Ask another agency for one thing; a refusal names what is missing")
async def ask(principal: Dashboard, shared: Shared, given: NewRequest, tx: Write) -> RequestSaid:
    id_ = await requests.ask(tx, principal, shared.partnership, given)
    return await request_views.one(tx.connection, principal, shared.partnership, id_)


@router.get("/requests", summary="Requests that your agency made or is asked, newest first")
async def page(
    principal: Dashboard,
    shared: Shared,
    connection: Read,
    asker: AgencyFilter = None,
    answerer: AgencyFilter = None,
    kind: AgencyFilter = None,
    status: Annotated[list[Status] | None, Query(max_length=len(Status))] = None,
    cursor: Annotated[str | None, Query(pattern=REQUEST, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RequestPage:
    return await request_views.page(
        connection, principal, shared.partnership, asker, answerer, kind, status or (), cursor, limit
    )


@router.get("/requests/turnaround", summary="How long answers take, by kind and agencies; each opens to its requests")
async def turnaround(principal: Dashboard, shared: Shared, connection: Read) -> list[Turnaround]:
    return list(await request_views.turnaround(connection, principal, shared.partnership))


@router.post(
    "/requests/warrant-readiness",
    responses=problems(404),
    summary="What is still missing before a warrant is asked for; nothing of it is kept",
)
async def warrant_readiness(
    principal: Dashboard, shared: Shared, given: WarrantQuestion, connection: Read
) -> WarrantReadiness:
    return await warrants.readiness(connection, principal, shared.partnership, given)


@router.get("/requests/{request_id}", responses=problems(404), summary="A request that your agency made or is asked")
async def one(request_id: RequestId, principal: Dashboard, shared: Shared, connection: Read) -> RequestSaid:
    return await request_views.one(connection, principal, shared.partnership, request_id)


@router.post("/requests/{request_id}/authority", responses=_STEP, summary="Approve it as an authorising officer")
async def authorise(
    request_id: RequestId, principal: Dashboard, shared: Shared, given: Reason, tx: Write
) -> RequestSaid:
    await requests.authorise(tx, principal, shared.partnership, request_id, given)
    return await request_views.one(tx.connection, principal, shared.partnership, request_id)


@router.post("/requests/{request_id}/withdrawal", responses=_STEP, summary="Take your request back")
async def withdraw(
    request_id: RequestId, principal: Dashboard, shared: Shared, given: Reason, tx: Write
) -> RequestSaid:
    await requests.withdraw(tx, principal, shared.partnership, request_id, given)
    return await request_views.one(tx.connection, principal, shared.partnership, request_id)


@router.post("/requests/{request_id}/hit", responses=_STEP, summary="Say hit or no hit, and nothing else yet")
async def say_hit(request_id: RequestId, principal: Dashboard, shared: Shared, given: NewHit, tx: Write) -> RequestSaid:
    await requests.say_hit(tx, principal, shared.partnership, request_id, given)
    return await request_views.one(tx.connection, principal, shared.partnership, request_id)


@router.post("/requests/{request_id}/answer", responses=_STEP, summary="Answer a hit, as far as your power opens it")
async def give_answer(
    request_id: RequestId, principal: Dashboard, shared: Shared, given: NewAnswer, tx: Write
) -> RequestSaid:
    await requests.give_answer(tx, principal, shared.partnership, request_id, given)
    return await request_views.one(tx.connection, principal, shared.partnership, request_id)


@router.post("/requests/{request_id}/refusal", responses=_STEP, summary="Decline to answer, with the reason")
async def refuse(request_id: RequestId, principal: Dashboard, shared: Shared, given: Reason, tx: Write) -> RequestSaid:
    await requests.refuse(tx, principal, shared.partnership, request_id, given)
    return await request_views.one(tx.connection, principal, shared.partnership, request_id)
