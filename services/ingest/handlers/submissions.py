"""Ways in: rows posted and worked at once, files received for the worker, and decisions on what came of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.ingest.domain.feed import Mode
from services.ingest.domain.outcomes import Place
from services.ingest.domain.readers import BadRow, Row
from services.ingest.handlers.feeds import Feed, feed_to_submit_to, own_feed_to_write
from services.ingest.handlers.intake import Batch, Entry, prepare, take_in
from services.ingest.handlers.receipts import own_submission, receipt_of, row_result
from services.ingest.store import feeds, receipts, records, submissions
from shared.contracts.api.ingest import QuarantineStatus, Receipt, SubmissionKind, SubmissionStatus
from shared.contracts.identifiers import record_id
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.telemetry import current_traceparent


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is being received, under this submission number and id."""

    seq: int
    id: str
    feed: str


async def take_rows(
    tx: Tx, principal: Principal, feed_id: str, kind: SubmissionKind, rows: Iterable[Row | BadRow]
) -> Receipt:
    """Work a record or a batch at once."""
    feed = await feed_to_submit_to(tx, principal, feed_id)
    entries = [prepare(feed.spec, feed.map_row, row) for row in rows]
    return await take_entries(tx, feed, kind, entries)


async def delete_record(tx: Tx, principal: Principal, feed_id: str, source_ref: str) -> Receipt:
    """Retract one record; to do it twice changes nothing. Raises NotFound for a record that never was."""
    feed = await feed_to_submit_to(tx, principal, feed_id)
    identity = record_id(feed_id, source_ref)
    if await records.find(tx.connection, feed_id, identity) is None:
        raise NotFound
    return await take_entries(tx, feed, SubmissionKind.record, [Entry(1, source_ref, identity)])


async def take_entries(tx: Tx, feed: Feed, kind: SubmissionKind, entries: list[Entry]) -> Receipt:
    """Work rows that are mapped already. The feed must be locked."""
    opening = _opening(feed, kind, Mode.delta, SubmissionStatus.done)
    now = opening["created_at"]
    seq = await submissions.create(tx.connection, opening | {"progress": len(entries), "finished_at": now})
    batch = Batch(feed.spec, Place(seq, since=seq), current_traceparent())
    taken = await take_in(tx, batch, entries)
    await feeds.arrived(tx.connection, feed.spec.id, now)
    rows = [row_result(feed.spec.id, row) for row in taken.rows]
    return receipt_of(await submissions.count(tx.connection, seq, taken.counts), rows)


async def open_upload(tx: Tx, feed: Feed, kind: SubmissionKind, mode: Mode | None = None) -> Upload:
    """Begin to receive a file; `mode` is the feed's unless given."""
    opening = _opening(feed, kind, mode or feed.spec.mode, SubmissionStatus.receiving)
    return Upload(await submissions.create(tx.connection, opening), opening["id"], feed.spec.id)


async def add_chunk(tx: Tx, upload: Upload, n: int, data: bytes) -> None:
    """Raises Conflict if the upload was given up for a newer one with the same Idempotency-Key."""
    if not await submissions.add_chunk(tx.connection, upload.seq, n, data, utc_now()):
        raise Conflict("The upload was interrupted for too long; send the file again.")


async def close_upload(tx: Tx, upload: Upload) -> Receipt:
    """All of the file is here: any worker may take it up."""
    queued, now = SubmissionStatus.queued, utc_now()
    receiving = SubmissionStatus.receiving
    if not await submissions.change(tx.connection, upload.seq, expected=receiving, status=queued, updated_at=now):
        raise Conflict("The upload was interrupted for too long; send the file again.")
    await feeds.arrived(tx.connection, upload.feed, now)
    return receipt_of(await submissions.get(tx.connection, upload.seq))


async def abandon_upload(tx: Tx, seq: int) -> None:
    """Nothing more will come of it: forget what was received."""
    now, failed = utc_now(), SubmissionStatus.failed
    if await submissions.change(
        tx.connection, seq, expected=SubmissionStatus.receiving, status=failed, updated_at=now, finished_at=now
    ):
        await submissions.drop_chunks(tx.connection, seq)


async def confirm(tx: Tx, principal: Principal, submission_id: str) -> Receipt:
    """Let a held snapshot retract what it omits."""
    changed = {"status": SubmissionStatus.queued, "lease_until": None, "hold": None}
    return await _decide_hold(tx, principal, submission_id, changed)


async def discard(tx: Tx, principal: Principal, submission_id: str) -> Receipt:
    """Keep the records that a held snapshot omits; its rows stay as they were taken in."""
    changed = {"status": SubmissionStatus.done, "finished_at": utc_now(), "hold": None}
    return await _decide_hold(tx, principal, submission_id, changed)


async def _decide_hold(tx: Tx, principal: Principal, submission_id: str, changed: dict[str, Any]) -> Receipt:
    held = await own_submission(tx.connection, principal, submission_id)
    await own_feed_to_write(tx, principal, held.feed)
    changed |= {"decided_by": principal.subject, "updated_at": utc_now()}
    if not await submissions.change(tx.connection, held.seq, expected=SubmissionStatus.held, **changed):
        raise Conflict("This submission is not held.")
    return receipt_of(await submissions.get(tx.connection, held.seq))


async def resubmit(tx: Tx, principal: Principal, submission_id: str) -> Receipt:
    """Queue the open quarantined rows of a submission to be mapped again as the feed is declared now."""
    original = await own_submission(tx.connection, principal, submission_id)
    feed = await feed_to_submit_to(tx, principal, original.feed)
    if original.status not in (SubmissionStatus.done, SubmissionStatus.refused, SubmissionStatus.held):
        raise Conflict("The submission is not finished; wait until it is.")
    if not await receipts.resubmittable(tx.connection, original.seq, after=0, limit=1):
        raise Conflict("No row in quarantine can be mapped again; send the corrected rows instead.")
    opening = _opening(feed, SubmissionKind.resubmit, Mode.delta, SubmissionStatus.queued)
    seq = await submissions.create(tx.connection, opening | {"resubmits": original.id})
    return receipt_of(await submissions.get(tx.connection, seq))


async def discard_quarantine(tx: Tx, principal: Principal, submission_id: str) -> Receipt:
    """Give up the open quarantined rows of a submission and forget what they held."""
    found = await own_submission(tx.connection, principal, submission_id)
    await receipts.settle(tx.connection, found.seq, QuarantineStatus.discarded)
    return receipt_of(found)


def _opening(feed: Feed, kind: SubmissionKind, mode: Mode, status: SubmissionStatus) -> dict[str, Any]:
    now = utc_now()
    return {
        "id": new_id("sub"),
        "feed": feed.spec.id,
        "agency": feed.spec.agency,
        "spec_version": feed.version,
        "kind": kind,
        "mode": mode,
        "status": status,
        "traceparent": current_traceparent(),
        "created_at": now,
        "updated_at": now,
    }
