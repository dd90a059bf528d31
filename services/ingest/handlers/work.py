"""The steps by which a worker gets through a submission, each in one transaction and safe to be the last one done.

A step saves rows, receipts, events and progress together, and only while the worker has the lease: whoever takes over
after a death goes on at the next row, with nothing lost and nothing twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Row as DbRow
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.feed import FeedSpec, Mode
from services.ingest.domain.mapping import MapRow
from services.ingest.domain.outcomes import Place, hold_reason
from services.ingest.domain.readers import BadRow, Refused, Row, read_rows
from services.ingest.handlers.feeds import compiled
from services.ingest.handlers.intake import Batch, Entry, prepare, take_in
from services.ingest.handlers.retract import retract
from services.ingest.store import feeds, receipts, records, submissions
from shared.contracts.api.ingest import Hold, QuarantineStatus, SubmissionKind, SubmissionStatus
from shared.contracts.events.ingest import RetractionReason
from shared.contracts.problem import FieldProblem
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx

ROWS, SWEEP = "rows", "sweep"
FAILED = FieldProblem(
    field="submission",
    code="internal",
    remedy="The fault is ours. Rows up to the receipt's progress are in; send the file again when we have mended it.",
)


class LeaseLost(Exception):
    """Another worker has the submission now; what this one was about to save is not saved."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed submission with what is needed to work it."""

    seq: int
    feed: str
    spec: FeedSpec
    map_row: MapRow
    place: Place
    owner: str
    snapshot: bool
    sweeping: bool
    progress: int
    resubmits: int | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows that were read and mapped together, and whether the file ended or was refused after them."""

    entries: Sequence[Entry]
    ended: bool
    problems: tuple[FieldProblem, ...] = ()


async def claim(tx: Tx, owner: str, lease: timedelta) -> Job | None:
    """The next submission to work, now leased to `owner`."""
    now = utc_now()
    found = await submissions.claim(tx.connection, owner, now, now + lease)
    return None if found is None else await _job(tx.connection, found, owner)


async def _job(connection: AsyncConnection, found: DbRow[Any], owner: str) -> Job:
    spec, map_row = compiled(await feeds.spec_of(connection, found.feed, found.spec_version))
    since = await submissions.seq_of(connection, found.resubmits) if found.resubmits else found.seq
    return Job(
        seq=found.seq,
        feed=found.feed,
        spec=spec,
        map_row=map_row,
        place=Place(found.seq, since),
        owner=owner,
        snapshot=found.mode == Mode.snapshot and found.kind in (SubmissionKind.file, SubmissionKind.pull),
        sweeping=found.stage == SWEEP,
        progress=found.progress,
        resubmits=since if found.resubmits else None,
        traceparent=found.traceparent,
    )


def rows_of_file(job: Job, file: BinaryIO) -> Iterator[Row | BadRow]:
    """The rows after those that are in already."""
    return read_rows(job.spec, file, start_after=job.progress)


async def rows_of_quarantine(connection: AsyncConnection, job: Job, after: int, limit: int) -> list[Row]:
    """Rows of the submission that this one resubmits, under their old numbers."""
    found = await receipts.resubmittable(connection, job.place.since, after, limit)
    return [Row(row.row, orjson.loads(row.row_values)) for row in found]


def read_portion(job: Job, rows: Iterator[Row | BadRow], size: int) -> Portion:
    """Read and map the next rows. Blocking; a file that is refused midway gives what came before."""
    entries: list[Entry] = []
    try:
        for row in rows:
            entries.append(prepare(job.spec, job.map_row, row))
            if len(entries) == size:
                return Portion(entries, ended=False)
    except Refused as refusal:
        return Portion(entries, ended=True, problems=refusal.errors)
    return Portion(entries, ended=True)


async def save_portion(tx: Tx, job: Job, entries: Sequence[Entry], lease: timedelta) -> None:
    """Take the rows in. Raises LeaseLost."""
    await feeds.lock(tx.connection, job.feed)
    taken = await take_in(tx, Batch(job.spec, job.place, job.traceparent), entries)
    if job.resubmits is not None:
        rows = [entry.number for entry in entries]
        await receipts.settle(tx.connection, job.resubmits, QuarantineStatus.resubmitted, rows)
    await _save(tx, job, taken.counts, progress=entries[-1].number, lease_until=utc_now() + lease)


async def end_rows(tx: Tx, job: Job, problems: Sequence[FieldProblem]) -> bool:
    """All rows are in. Whether the submission goes on to retract what its snapshot omits."""
    await submissions.drop_chunks(tx.connection, job.seq)
    if problems:
        text = orjson.dumps([problem.model_dump() for problem in problems]).decode()
        await _finish(tx, job, SubmissionStatus.refused, problems=text)
        return False
    if not job.snapshot:
        await _finish(tx, job, SubmissionStatus.done)
        return False
    return await _weigh_snapshot(tx, job)


async def _weigh_snapshot(tx: Tx, job: Job) -> bool:
    """Finish if nothing is missing, hold if too much is, else go on to the sweep."""
    feed = await feeds.lock(tx.connection, job.feed)
    missing = await records.missing_count(tx.connection, job.feed, job.seq)
    if not missing or feed is None:
        await _finish(tx, job, SubmissionStatus.done)
        return False
    so_far = await submissions.get(tx.connection, job.seq)
    before = max(await records.live(tx.connection, job.feed) - so_far.stored, missing)
    guard = compiled(feed.spec)[0].retract_guard_share
    if reason := hold_reason(missing, before, guard, so_far.unidentified):
        hold = Hold(reason=reason, would_retract=missing, share=missing / before)
        await _save(tx, job, {}, stage=SWEEP, status=SubmissionStatus.held, hold=hold.model_dump_json())
        return False
    await _save(tx, job, {}, stage=SWEEP)
    return True


async def sweep(tx: Tx, job: Job, size: int, lease: timedelta) -> bool:
    """Retract up to `size` records that left the snapshot; whether that was the last of them."""
    await feeds.lock(tx.connection, job.feed)
    found = await records.missing(tx.connection, job.feed, job.seq, size)
    await retract(tx, job.spec, found, RetractionReason.left_snapshot, job.seq, job.traceparent)
    counts = {"retracted": len(found)}
    if len(found) < size:
        await _finish(tx, job, SubmissionStatus.done, counts)
        return True
    await _save(tx, job, counts, lease_until=utc_now() + lease)
    return False


async def release(tx: Tx, job: Job) -> None:
    """Leave it at its last saved row to whoever comes next."""
    await _save(tx, job, {}, lease_until=None)


async def fail(tx: Tx, job: Job) -> None:
    """Our own fault: tell the sender, and let the feed's next submission come."""
    await submissions.drop_chunks(tx.connection, job.seq)
    await _finish(tx, job, SubmissionStatus.failed, problems=orjson.dumps([FAILED.model_dump()]).decode())


async def _finish(
    tx: Tx, job: Job, status: SubmissionStatus, counts: dict[str, int] | None = None, **values: Any
) -> None:
    await _save(tx, job, counts or {}, status=status, finished_at=utc_now(), lease_until=None, **values)


async def _save(tx: Tx, job: Job, counts: dict[str, int], **values: Any) -> None:
    values["updated_at"] = utc_now()
    if not await submissions.save_progress(tx.connection, job.seq, job.owner, counts, **values):
        raise LeaseLost
