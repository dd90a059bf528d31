"""The rights of the people whom records name, and disposal. Of an agency's own records, by its information governance.

What identifies a person is in bodies only: addresses are written down by every machine that a request passes.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.ingest.api.dependencies import (
    IdempotencyKey,
    PageSize,
    Read,
    Shared,
    Write,
    keyed_request,
    reply_of,
    respond,
)
from services.ingest.domain.grounds import grounds
from services.ingest.domain.subject_csv import as_csv
from services.ingest.handlers import disposals, requests, subject_access
from services.ingest.handlers.idempotency import Reply, once
from shared.contracts.api.duties import DataRequest, Disposal, Ground, NewDataRequest, Subject, SubjectAccess
from shared.contracts.api.ingest import Page
from shared.runtime.auth import InformationGovernance
from shared.runtime.web import problems

_CSV = "text/csv"

router = APIRouter(prefix="/v1", tags=["duties"])

RequestId = Annotated[str, Path(pattern=r"^req_[0-9a-f]{32}$")]
RequestCursor = Annotated[str | None, Query(pattern=r"^req_[0-9a-f]{32}$", description="`next` of the page before")]
DisposalCursor = Annotated[str | None, Query(pattern=r"^dsp_[0-9a-f]{32}$", description="`next` of the page before")]


@router.get("/data-requests/grounds", summary="On what a request may be granted or refused")
async def list_grounds(_principal: InformationGovernance) -> list[Ground]:
    return list(grounds())


@router.post(
    "/data-requests",
    status_code=201,
    response_model=DataRequest,
    responses=problems(404, 409),
    summary="Grant or refuse erasure, rectification or restriction of your own records",
)
async def decide_request(
    request: Request,
    principal: InformationGovernance,
    shared: Shared,
    asked: NewDataRequest,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    async def effect() -> Reply:
        made = await requests.decide_request(tx, principal, asked)
        return reply_of(201, made, f"/v1/data-requests/{made.id}")

    body = asked.model_dump_json().encode()
    return respond(await once(shared.database, tx, keyed_request(request, principal, key, body), effect))


@router.get("/data-requests", summary="Your requests, newest first")
async def list_requests(
    principal: InformationGovernance, connection: Read, cursor: RequestCursor = None, limit: PageSize = 100
) -> Page[DataRequest]:
    return await requests.request_page(connection, principal, cursor, limit)


@router.get("/data-requests/{request_id}", responses=problems(404), summary="One of your requests")
async def get_request(request_id: RequestId, principal: InformationGovernance, connection: Read) -> DataRequest:
    return await requests.own_request(connection, principal, request_id)


@router.post(
    "/subject-access",
    summary="All that your agency holds of a person, as JSON or, if you accept text/csv, as a table",
    response_model=SubjectAccess,
    responses={200: {"content": {_CSV: {"schema": {"type": "string"}}}}},
)
async def find_subject(
    request: Request, principal: InformationGovernance, shared: Shared, subject: Subject, connection: Read
) -> Response:
    found = await subject_access.subject_access(connection, principal, subject, shared.partnership)
    if _CSV in request.headers.get("accept", ""):
        return Response(as_csv(found), media_type=_CSV)
    return Response(found.model_dump_json(), media_type="application/json")


@router.get("/disposals", summary="Your records that were destroyed because their time was over, newest first")
async def list_disposals(
    principal: InformationGovernance, connection: Read, cursor: DisposalCursor = None, limit: PageSize = 100
) -> Page[Disposal]:
    return await disposals.disposal_page(connection, principal, cursor, limit)
