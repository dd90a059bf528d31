"""Destroying what records said: in the store, in the log by the end of their keys, and in the graph by retraction."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.outcomes import Held
from services.ingest.handlers.intake import event_data
from services.ingest.store import receipts, records
from services.ingest.store.records import VersionRow
from shared.contracts.envelope import EventData
from shared.contracts.events.ingest import RecordCorrected, RecordReceived, RecordRetracted, RetractionReason
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx
from shared.runtime.telemetry import current_traceparent


async def destroy(
    tx: Tx, spec: FeedSpec, found: Sequence[Row[Any]], reason: RetractionReason, held: Held | None = None
) -> None:
    """Leave of these records of the feed, which must be locked, no more than their ids and versions. Each is told of
    as retracted, also one that was before: readers that begin anew find nothing else of it."""
    now = utc_now()
    live = [row for row in found if not row.deleted]
    versions = [VersionRow(spec.id, row.record_id, row.version + 1, None, None, held or reason, now) for row in live]
    if versions:
        await records.retract(tx.connection, spec.id, versions)
    await records.destroy(tx.connection, spec.id, [row.record_id for row in found], held)
    await receipts.forget_records(tx.connection, spec.id, [row.source_ref for row in found if row.source_ref])
    for row in found:
        tx.shred(RecordRetracted, key=row.record_id)
        _tell_retracted(tx, spec, row.record_id, row.version + (not row.deleted), reason)


async def destroy_earlier(tx: Tx, spec: FeedSpec, row: Row[Any]) -> None:
    """Leave of the record, which must be locked, what it says now."""
    newest = await records.newest_said(tx.connection, spec.id, row.record_id)
    if newest is None:
        return
    await records.forget(tx.connection, spec.id, [row.record_id], before=newest.version)
    tx.shred(RecordCorrected, key=row.record_id)
    if row.deleted or row.held:
        _tell_retracted(tx, spec, row.record_id, row.version)
    else:
        _tell(tx, RecordCorrected, spec, row, row.version, newest.content)


async def restrict(tx: Tx, spec: FeedSpec, row: Row[Any]) -> None:
    """Hold the record and tell nobody of it: readers are told that it is retracted."""
    version = await _hold(tx, spec, row, Held.restricted, None, Held.restricted)
    _tell_retracted(tx, spec, row.record_id, version)


async def unrestrict(tx: Tx, spec: FeedSpec, row: Row[Any]) -> None:
    """Tell of the record again, as it is now."""
    newest = None if row.deleted else await records.newest_said(tx.connection, spec.id, row.record_id)
    if newest is None:
        await _hold(tx, spec, row, None, None, RetractionReason.deleted)
        return
    version = await _hold(tx, spec, row, None, newest.content, None)
    _tell(tx, RecordReceived, spec, row, version, newest.content)


async def _hold(
    tx: Tx, spec: FeedSpec, row: Row[Any], held: Held | None, content: str | None, retracted: str | None
) -> int:
    """The version by which it begins or ends."""
    version = int(row.version) + 1
    await records.hold(
        tx.connection, VersionRow(spec.id, row.record_id, version, None, content, retracted, utc_now()), held
    )
    return version


def _tell(tx: Tx, kind: type[EventData], spec: FeedSpec, row: Row[Any], version: int, content: str) -> None:
    said = {"record": orjson.Fragment(content)}
    data = event_data(spec, row.record_id, row.source_ref, version, utc_now(), said)
    tx.publish_encoded(kind, data, subject=row.record_id, traceparent=current_traceparent())


def _tell_retracted(
    tx: Tx, spec: FeedSpec, record_id: str, version: int, reason: RetractionReason = RetractionReason.deleted
) -> None:
    """Without its reference, and without saying more of why than readers need."""
    data = event_data(spec, record_id, "", version, utc_now(), {"reason": reason.value})
    tx.publish_encoded(RecordRetracted, data, subject=record_id, traceparent=current_traceparent())
