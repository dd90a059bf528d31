"""Retracting many records at once: those that left a snapshot, those whose retention has ended."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.ingest.domain.feed import FeedSpec
from services.ingest.handlers.intake import event_data
from services.ingest.store import records
from services.ingest.store.records import VersionRow
from shared.contracts.events.ingest import RecordRetracted, RetractionReason
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx


async def retract(
    tx: Tx,
    spec: FeedSpec,
    found: Sequence[Row[Any]],
    reason: RetractionReason,
    submission: int | None = None,
    traceparent: str | None = None,
) -> None:
    """Retract these live records of the feed, which must be locked, and tell of each."""
    if not found:
        return
    now = utc_now()
    versions = [
        VersionRow(spec.id, row.record_id, row.version + 1, submission, None, reason.value, now) for row in found
    ]
    await records.retract(tx.connection, spec.id, versions)
    for row in found:
        data = event_data(spec, row.record_id, row.source_ref, row.version + 1, now, {"reason": reason.value})
        tx.publish_encoded(RecordRetracted, data, subject=row.record_id, traceparent=traceparent)
