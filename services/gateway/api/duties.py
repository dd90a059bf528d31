"""What an agency owes the people whom records, and what its people wrote, name: one request reaches every service.

For the information governance of an agency, of its own. What identifies a person is in bodies only: addresses are
written down by every machine that a request passes.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.gateway.api.caller import Governance
from services.gateway.api.headers import AsCaller
from services.gateway.domain.subject_csv import as_csv
from services.gateway.handlers.duties import Duties
from shared.contracts.api.duties import DataRequest, Disposal, Ground, Hold, NewDataRequest, Subject, SubjectAccess
from shared.contracts.api.ingest import Page
from shared.duties.api import DisposalCursor, PageSize, RequestCursor, RequestPath
from shared.duties.grounds import grounds
from shared.runtime.web import problems

_CSV = "text/csv"

router = APIRouter(prefix="/v1", tags=["duties"])


def _duties(request: Request) -> Duties:
    duties: Duties = request.app.state.duties
    return duties


AtDuties = Annotated[Duties, Depends(_duties)]


@router.post(
    "/subject-access",
    summary="All that your agency holds of a person, as JSON or, if you accept text/csv, as a table",
    response_model=SubjectAccess,
    responses={200: {"content": {_CSV: {"schema": {"type": "string"}}}}},
)
async def find_subject(
    request: Request, caller: Governance, duties: AtDuties, headers: AsCaller, subject: Subject
) -> Response:
    """`services` says which were reached: what another holds is missing. The last line of a table says so too."""
    found = await duties.subject_access(caller, headers, subject)
    if _CSV in request.headers.get("accept", ""):
        return Response(as_csv(found), media_type=_CSV)
    return Response(found.model_dump_json(), media_type="application/json")


@router.get("/data-requests/grounds", summary="On what a request may be granted or refused")
async def list_grounds(_caller: Governance) -> list[Ground]:
    return list(grounds())


@router.post(
    "/data-requests",
    status_code=201,
    responses=problems(404, 409),
    summary="Grant or refuse erasure, rectification or restriction; hold what a prosecution needs",
)
async def decide_request(
    _caller: Governance, duties: AtDuties, headers: AsCaller, asked: NewDataRequest, response: Response
) -> DataRequest:
    """`parts` says which service did its part, and why another did not. Nothing of a part that was refused is done."""
    made = await duties.decide(headers, asked)
    response.headers["Location"] = f"/v1/data-requests/{made.id}"
    return made


@router.get("/data-requests", summary="Your requests, newest first")
async def list_requests(
    _caller: Governance, duties: AtDuties, headers: AsCaller, cursor: RequestCursor = None, limit: PageSize = 100
) -> Page[DataRequest]:
    return await duties.requests(headers, cursor, limit)


@router.get("/data-requests/{request_id}", responses=problems(404), summary="One of your requests")
async def get_request(request_id: RequestPath, _caller: Governance, duties: AtDuties, headers: AsCaller) -> DataRequest:
    return await duties.request(headers, request_id)


@router.get("/disposals", summary="What was destroyed because its time was over, newest first")
async def list_disposals(
    _caller: Governance, duties: AtDuties, headers: AsCaller, cursor: DisposalCursor = None, limit: PageSize = 100
) -> Page[Disposal]:
    return await duties.disposals(headers, cursor, limit)


@router.get("/holds", summary="What is kept for a prosecution, those to be reviewed first first")
async def list_holds(_caller: Governance, duties: AtDuties, headers: AsCaller) -> tuple[Hold, ...]:
    return await duties.holds(headers)
