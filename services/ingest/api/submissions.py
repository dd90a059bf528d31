"""Receipts, and what a person decides about them: a held snapshot, rows in quarantine."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.ingest.api.dependencies import (
    IdempotencyKey,
    PageSize,
    Read,
    RowCursor,
    Shared,
    SubmissionId,
    Write,
    keyed_request,
    reply_of,
    respond,
)
from services.ingest.handlers import receipts, submissions
from services.ingest.handlers.idempotency import Reply, once
from shared.contracts.api.ingest import Page, QuarantinedRow, QuarantineStatus, Receipt, RowOutcome, RowResult
from shared.runtime.auth import AgencySystem, Principal
from shared.runtime.db import Tx
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/submissions", tags=["receipts"])

Decision = Callable[[Tx, Principal, str], Awaitable[Receipt]]
FeedFilter = Annotated[str | None, Query(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
SubmissionCursor = Annotated[str | None, Query(pattern=r"^sub_[0-9a-f]{32}$", description="`next` of the page before")]


@router.get("", responses=problems(404), summary="Your submissions, newest first")
async def list_submissions(
    principal: AgencySystem,
    connection: Read,
    feed: FeedFilter = None,
    cursor: SubmissionCursor = None,
    limit: PageSize = 100,
) -> Page[Receipt]:
    return await receipts.submission_page(connection, principal, feed, cursor, limit)


@router.get("/{submission}", responses=problems(404), summary="A receipt")
async def get_submission(submission: SubmissionId, principal: AgencySystem, connection: Read) -> Receipt:
    return receipts.receipt_of(await receipts.own_submission(connection, principal, submission))


@router.get("/{submission}/rows", responses=problems(404), summary="What became of each row")
async def list_rows(
    submission: SubmissionId,
    principal: AgencySystem,
    connection: Read,
    outcome: RowOutcome | None = None,
    cursor: RowCursor = 0,
    limit: PageSize = 100,
) -> Page[RowResult]:
    found = await receipts.own_submission(connection, principal, submission)
    return await receipts.row_page(connection, found, outcome, cursor, limit)


@router.get("/{submission}/quarantine", responses=problems(404), summary="Rejected rows, as you sent them")
async def list_quarantine(
    submission: SubmissionId,
    principal: AgencySystem,
    connection: Read,
    status: QuarantineStatus | None = None,
    cursor: RowCursor = 0,
    limit: PageSize = 100,
) -> Page[QuarantinedRow]:
    found = await receipts.own_submission(connection, principal, submission)
    return await receipts.quarantine_page(connection, found, status, cursor, limit)


@router.post(
    "/{submission}/confirm",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409),
    summary="Let a held snapshot retract the records that it omits",
)
async def confirm(
    request: Request,
    submission: SubmissionId,
    principal: AgencySystem,
    shared: Shared,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    return await _decide(request, shared, tx, principal, submission, key, submissions.confirm)


@router.post(
    "/{submission}/discard",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409),
    summary="Keep the records that a held snapshot omits",
)
async def discard(
    request: Request,
    submission: SubmissionId,
    principal: AgencySystem,
    shared: Shared,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    return await _decide(request, shared, tx, principal, submission, key, submissions.discard)


@router.post(
    "/{submission}/resubmit",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409),
    summary="Map the quarantined rows again, as the feed is declared now",
)
async def resubmit(
    request: Request,
    submission: SubmissionId,
    principal: AgencySystem,
    shared: Shared,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    return await _decide(request, shared, tx, principal, submission, key, submissions.resubmit)


@router.post(
    "/{submission}/quarantine/discard",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409),
    summary="Give up the quarantined rows and forget what they held",
)
async def discard_quarantine(
    request: Request,
    submission: SubmissionId,
    principal: AgencySystem,
    shared: Shared,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    return await _decide(request, shared, tx, principal, submission, key, submissions.discard_quarantine)


async def _decide(
    request: Request, shared: Shared, tx: Tx, principal: Principal, submission: str, key: str | None, decision: Decision
) -> Response:
    async def effect() -> Reply:
        receipt = await decision(tx, principal, submission)
        return reply_of(202, receipt, f"/v1/submissions/{receipt.id}")

    return respond(await once(shared.database, tx, keyed_request(request, principal, key), effect))
