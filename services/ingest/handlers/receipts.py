"""Receipts: what became of a submission and of each of its rows."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.handlers.feeds import own_feed
from services.ingest.store import receipts, submissions
from services.ingest.store.receipts import ReceiptRow
from shared.contracts.api.ingest import (
    Counts,
    Hold,
    Page,
    QuarantinedRow,
    QuarantineStatus,
    Receipt,
    RowOutcome,
    RowResult,
)
from shared.contracts.identifiers import record_id
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.errors import NotFound


async def own_submission(connection: AsyncConnection, principal: Principal, submission_id: str) -> Row[Any]:
    """The caller's own; another agency's is not found, as if it did not exist."""
    found = await submissions.find(connection, submission_id, principal.agency)
    if found is None:
        raise NotFound
    return found


def receipt_of(submission: Row[Any], rows: Iterable[RowResult] = ()) -> Receipt:
    return Receipt(
        id=submission.id,
        feed=submission.feed,
        kind=submission.kind,
        mode=submission.mode,
        spec_version=submission.spec_version,
        status=submission.status,
        progress=submission.progress,
        counts=Counts(**{name: getattr(submission, name) for name in Counts.model_fields}),
        hold=Hold.model_validate_json(submission.hold) if submission.hold else None,
        problems=problems_of(submission.problems),
        resubmits=submission.resubmits,
        rows=tuple(rows),
        created_at=submission.created_at,
        finished_at=submission.finished_at,
    )


def row_result(feed: str, row: Row[Any] | ReceiptRow) -> RowResult:
    return RowResult(
        row=row.row,
        outcome=RowOutcome(row.outcome),
        source_ref=row.source_ref,
        record_id=record_id(feed, row.source_ref) if row.source_ref is not None else None,
        version=row.version,
        issues=problems_of(row.issues),
    )


def problems_of(text: str | None) -> tuple[FieldProblem, ...]:
    return tuple(FieldProblem(**problem) for problem in orjson.loads(text)) if text else ()


async def row_page(
    connection: AsyncConnection, submission: Row[Any], outcome: RowOutcome | None, after: int, limit: int
) -> Page[RowResult]:
    found = await receipts.page(connection, submission.seq, outcome, after, limit)
    items = tuple(row_result(submission.feed, row) for row in found)
    return Page(items=items, next=str(items[-1].row) if len(items) == limit else None)


async def quarantine_page(
    connection: AsyncConnection, submission: Row[Any], status: QuarantineStatus | None, after: int, limit: int
) -> Page[QuarantinedRow]:
    found = await receipts.quarantined(connection, submission.seq, status, after, limit)
    items = tuple(
        QuarantinedRow(
            row=row.row,
            values=orjson.loads(row.row_values) if row.row_values else None,
            errors=problems_of(row.errors),
            status=row.status,
        )
        for row in found
    )
    return Page(items=items, next=str(items[-1].row) if len(items) == limit else None)


async def submission_page(
    connection: AsyncConnection, principal: Principal, feed: str | None, before: str | None, limit: int
) -> Page[Receipt]:
    """The caller's submissions, newest first."""
    if feed is not None:
        await own_feed(connection, principal, feed)
    found = await submissions.page(connection, principal.agency, feed, before, limit)
    items = tuple(receipt_of(row) for row in found)
    return Page(items=items, next=items[-1].id if len(items) == limit else None)
