"""Taking rows in: the one path by which a record, a batch, a file or a pull changes the feed's records.

Everything of a chunk of rows (versions, receipts, quarantine, events) belongs to one transaction. A record is encoded
once: the same JSON is hashed, stored and told.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import orjson

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.mapping import MapRow, Rejected
from services.ingest.domain.outcomes import ERASED, SUPERSEDED, Held, Place, State, Verdict, decide_row
from services.ingest.domain.readers import BadRow, Row
from services.ingest.domain.values import parse_postcode
from services.ingest.store import receipts, records
from services.ingest.store.receipts import QuarantineRow, ReceiptRow
from services.ingest.store.records import CurrentRow, VersionRow
from shared.contracts.api.ingest import QuarantineStatus, RowOutcome
from shared.contracts.events.ingest import RecordCorrected, RecordReceived, RecordRetracted, RetractionReason
from shared.contracts.identifiers import record_id
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Record
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx
from shared.runtime.outbox import MAX_EVENT_BYTES

_CHANGES = {RowOutcome.stored: RecordReceived, RowOutcome.corrected: RecordCorrected}
_REJECTED = Verdict(RowOutcome.rejected, None)
_MAX_CONTENT_BYTES = MAX_EVENT_BYTES - (64 << 10)
"""Rows are limited, but a mapping may repeat a column; what is left out here is for the provenance and the envelope."""
_TOO_LARGE = FieldProblem(
    field="row",
    code="record_too_large",
    remedy=f"Map each column once, or shorten the row: a record may have {_MAX_CONTENT_BYTES} bytes.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that was read and mapped. `content` is None where the row is bad or says that its record was deleted."""

    number: int
    source_ref: str | None = None
    record_id: str | None = None
    content: str | None = None
    content_hash: str | None = None
    area: str | None = None
    observed_on: date | None = None
    errors: tuple[FieldProblem, ...] = ()
    warnings: tuple[FieldProblem, ...] = ()
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of which submission, under which specification, and the trace that brought them."""

    spec: FeedSpec
    place: Place
    traceparent: str | None


@dataclass(slots=True)
class Taken:
    """What a chunk of rows came to: what to write, and what to tell the sender."""

    current: list[CurrentRow] = field(default_factory=list)
    versions: list[VersionRow] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    rows: list[ReceiptRow] = field(default_factory=list)
    quarantined: list[QuarantineRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def prepare(spec: FeedSpec, map_row: MapRow, row: Row | BadRow) -> Entry:
    """Map a row and encode its record. Pure, and where most of a bulk load's time goes."""
    if isinstance(row, BadRow):
        return Entry(row.number, errors=row.errors)
    mapped = map_row(row.values)
    reference = mapped.source_ref
    identity = record_id(spec.id, reference) if reference is not None else None
    if isinstance(mapped, Rejected):
        return Entry(row.number, reference, identity, errors=mapped.errors, values=row.values)
    if mapped.record is None:
        return Entry(row.number, reference, identity, warnings=mapped.warnings, values=row.values)
    return entry_of(mapped.record, row.number, mapped.source_ref, identity, mapped.warnings, row.values)


def entry_of(
    record: Record,
    number: int,
    source_ref: str | None,
    identity: str | None,
    warnings: tuple[FieldProblem, ...] = (),
    values: Mapping[str, str] | None = None,
) -> Entry:
    """A canonical record, encoded."""
    content = record.model_dump_json(exclude_defaults=True)
    encoded = content.encode()
    if len(encoded) > _MAX_CONTENT_BYTES:
        return Entry(number, source_ref, identity, errors=(_TOO_LARGE,), values=values)
    return Entry(
        number,
        source_ref,
        identity,
        content,
        hashlib.sha256(encoded).hexdigest(),
        outward_postcode(record),
        record.observation.observed_on,
        warnings=warnings,
        values=values,
    )


def outward_postcode(record: Record) -> str | None:
    if record.address is None or record.address.postcode is None:
        return None
    postcode, valid = parse_postcode(record.address.postcode)
    return postcode.partition(" ")[0] if valid else None


async def take_in(tx: Tx, batch: Batch, entries: Sequence[Entry]) -> Taken:
    """Decide every row, and write what follows. The feed must be locked."""
    feed, number, now = batch.spec.id, batch.place.number, utc_now()
    identities = {entry.record_id for entry in entries if entry.record_id}
    states = await records.states(tx.connection, feed, sorted(identities))
    taken = Taken()
    for entry in entries:
        _take_row(tx, batch, entry, states, taken, now)
    await records.save(tx.connection, taken.current, taken.versions)
    await records.confirm(tx.connection, feed, taken.confirmed, number, now)
    await records.mark_seen(tx.connection, feed, taken.seen, number)
    await receipts.add(tx.connection, taken.rows, taken.quarantined)
    return taken


def _take_row(tx: Tx, batch: Batch, entry: Entry, states: dict[str, State], taken: Taken, now: datetime) -> None:
    number, identity = batch.place.number, entry.record_id
    state = states.get(identity) if identity else None
    unusable = entry.errors or identity is None
    verdict = _REJECTED if unusable else decide_row(state, entry.content_hash, batch.place)
    issues = (*entry.errors, *entry.warnings, *((verdict.issue,) if verdict.issue else ()))
    outcome = verdict.outcome
    if verdict.issue is ERASED:
        entry = Entry(entry.number, record_id=identity)  # neither receipt nor quarantine may hold what was erased
    if outcome is RowOutcome.rejected or identity is None:
        _reject(batch, entry, issues, state, taken, now)
    elif outcome is not RowOutcome.unchanged:
        states[identity] = _change(tx, batch, entry, identity, verdict, taken, now, held=state.held if state else None)
    elif state is not None and verdict.issue is not SUPERSEDED and state.applied != number:
        taken.confirmed.append(identity)
        states[identity] = replace(state, applied=number)
    taken.counts[outcome] += 1
    encoded = _encode(issues) if issues else None
    taken.rows.append(ReceiptRow(number, entry.number, entry.source_ref, outcome.value, verdict.version, encoded))


def _reject(
    batch: Batch, entry: Entry, issues: Sequence[FieldProblem], state: State | None, taken: Taken, now: datetime
) -> None:
    if entry.record_id is None:
        taken.counts["unidentified"] += 1
    elif state is not None:
        taken.seen.append(entry.record_id)
    values = None if entry.values is None else json.dumps(entry.values)
    status = QuarantineStatus.open.value
    taken.quarantined.append(
        QuarantineRow(batch.place.number, entry.number, batch.spec.id, values, _encode(issues), status, now)
    )


def _change(
    tx: Tx, batch: Batch, entry: Entry, identity: str, verdict: Verdict, taken: Taken, now: datetime, held: Held | None
) -> State:
    """The record's state from now on. Of a restricted one nobody is told."""
    feed, number, version = batch.spec.id, batch.place.number, verdict.version or 1
    reference, content, digest = entry.source_ref or "", entry.content, entry.content_hash or ""
    deleted = content is None
    reason = RetractionReason.deleted.value if deleted else None
    taken.current.append(
        CurrentRow(
            feed, identity, reference, version, digest, deleted, entry.area, entry.observed_on, number, number, now
        )
    )
    taken.versions.append(VersionRow(feed, identity, version, number, content, reason, now))
    if held is None:
        said = {"reason": reason} if content is None else {"record": orjson.Fragment(content)}
        data = event_data(batch.spec, identity, reference, version, now, said)
        kind = _CHANGES.get(verdict.outcome, RecordRetracted)
        tx.publish_encoded(kind, data, subject=identity, traceparent=batch.traceparent)
    return State(version, digest, deleted, number, held)


def event_data(
    spec: FeedSpec, identity: str, source_ref: str, version: int, now: datetime, said: dict[str, Any]
) -> bytes:
    """The JSON of a record event: its provenance, and what it says."""
    provenance: dict[str, Any] = {
        "record_id": identity,
        "feed": spec.id,
        "agency": spec.agency,
        "regime": spec.regime,
        "category": spec.category,
        "source_ref": source_ref,
        "version": version,
        "received_at": now,
    }
    return orjson.dumps(provenance | said, option=orjson.OPT_UTC_Z)


def _encode(problems: Sequence[FieldProblem]) -> str:
    return orjson.dumps([problem.model_dump() for problem in problems]).decode()
