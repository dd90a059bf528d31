"""Ways in: one record, a batch, a file; and the deletion of a record. Each answers 202 with a receipt."""

import io
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.ingest.api.dependencies import (
    BatchBody,
    FeedId,
    IdempotencyKey,
    Read,
    RecordBody,
    Shared,
    SourceRef,
    Write,
    json_body,
    keyed_request,
    reply_of,
    respond,
)
from services.ingest.api.uploads import receive
from services.ingest.domain.feed import Mode
from services.ingest.domain.readers import DEFAULT_LIMITS, BadRow, Refused, Row
from services.ingest.domain.readers.json_items import BadItem, load_item
from services.ingest.domain.readers.json_rows import read_json
from services.ingest.handlers import submissions
from services.ingest.handlers.history import record_history
from services.ingest.handlers.idempotency import Reply, once
from shared.contracts.api.ingest import Receipt, RecordHistory, SubmissionKind
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import AgencySystem
from shared.runtime.errors import Invalid, Malformed
from shared.runtime.web import problems

router = APIRouter(prefix="/v1/feeds/{feed}", tags=["ways in"])

BATCH_ROWS = 1000
_ROW = {"type": "object", "description": "One row with the columns of your own system", "minProperties": 1}
_RECORD = json_body({"schema": _ROW}, "One row")
_BATCH = json_body({"schema": {"type": "array", "items": _ROW, "maxItems": BATCH_ROWS}}, "Rows")
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FORM = {"schema": {"type": "object", "required": ["file"], "properties": {"file": _BYTES["schema"]}}}
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The export of your own system, in the feed's format: as the body itself, or as a form's `file`",
        "content": {"application/octet-stream": _BYTES, "text/csv": _BYTES, "multipart/form-data": _FORM},
    }
}


def _accepted(receipt: Receipt) -> Reply:
    return reply_of(202, receipt, f"/v1/submissions/{receipt.id}")


def _one_row(body: bytes) -> Iterable[Row | BadRow]:
    try:
        return [Row(1, load_item(body.decode(), DEFAULT_LIMITS))]
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    except BadItem as bad:
        return [BadRow(1, (bad.error,))]


def _rows(body: bytes) -> Iterable[Row | BadRow]:
    rows: list[Row | BadRow] = []
    try:
        for row in read_json(io.BytesIO(body), None, DEFAULT_LIMITS, 0):
            if len(rows) == BATCH_ROWS:
                raise Invalid(errors=[_too_many()])
            rows.append(row)
    except Refused as refusal:
        raise Invalid(errors=refusal.errors) from None
    return rows


def _too_many() -> FieldProblem:
    remedy = f"Send at most {BATCH_ROWS} rows at once, or the whole as a file."
    return FieldProblem(field="body", code="too_many_rows", remedy=remedy)


@router.post(
    "/records",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409, 413),
    openapi_extra=_RECORD,
    summary="Send one row; its result is in the receipt",
)
async def post_record(
    request: Request,
    feed: FeedId,
    principal: AgencySystem,
    shared: Shared,
    body: RecordBody,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    rows = _one_row(body)

    async def effect() -> Reply:
        return _accepted(await submissions.take_rows(tx, principal, feed, SubmissionKind.record, rows))

    return respond(await once(shared.database, tx, keyed_request(request, principal, key, body), effect))


@router.post(
    "/batches",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409, 413),
    openapi_extra=_BATCH,
    summary="Send up to 1,000 rows; their results are in the receipt",
)
async def post_batch(
    request: Request,
    feed: FeedId,
    principal: AgencySystem,
    shared: Shared,
    body: BatchBody,
    tx: Write,
    key: IdempotencyKey = None,
) -> Response:
    rows = _rows(body)

    async def effect() -> Reply:
        return _accepted(await submissions.take_rows(tx, principal, feed, SubmissionKind.batch, rows))

    return respond(await once(shared.database, tx, keyed_request(request, principal, key, body), effect))


@router.post(
    "/files",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409, 413),
    openapi_extra=_FILE,
    summary="Send a file of any length; follow its receipt",
)
async def post_file(
    request: Request,
    feed: FeedId,
    principal: AgencySystem,
    shared: Shared,
    mode: Annotated[Mode | None, Query(description="The feed's own unless given")] = None,
    key: IdempotencyKey = None,
) -> Response:
    return respond(await receive(request, shared, principal, feed, mode, key))


@router.delete(
    "/records/{source_ref:path}",
    status_code=202,
    response_model=Receipt,
    responses=problems(404, 409),
    summary="Retract a record",
)
async def delete_record(
    feed: FeedId, source_ref: SourceRef, principal: AgencySystem, shared: Shared, tx: Write
) -> Response:
    return respond(_accepted(await submissions.delete_record(tx, principal, feed, source_ref)))


@router.get("/records/{source_ref:path}", responses=problems(404), summary="One of your records, with its versions")
async def get_record(feed: FeedId, source_ref: SourceRef, principal: AgencySystem, connection: Read) -> RecordHistory:
    return await record_history(connection, principal, feed, source_ref)
