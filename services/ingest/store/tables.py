"""The tables of ingest.

Whatever grows with every row is narrow: a content is written once (`record_version`), `record` says which version is
current, and a receipt row holds no id that follows from the feed and the source reference.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from shared.duties.tables import duty_tables
from shared.runtime.db import UtcDateTime
from shared.runtime.inbox import inbox_table
from shared.runtime.outbox import outbox_table

metadata = MetaData(schema="ingest")
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)

_SERIAL = BigInteger().with_variant(Integer, "sqlite")

feed = Table(
    "feed",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("paused", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_received_at", UtcDateTime),
    Column("stale_since", UtcDateTime),
    Column("retention_checked_at", UtcDateTime),
    Column("pull_due_at", UtcDateTime),
    Column("pull_etag", String(500)),
    Column("pull_modified", String(100)),
    Column("pull_problem", Text),
)

feed_version = Table(
    "feed_version",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("spec", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(255), nullable=False),
)

# `seq` is the order in which submissions count: what a later one said of a record, an earlier one cannot undo.
# `stage` is `rows`, then for a snapshot `sweep`; `progress` is the last row that is safely in.
submission = Table(
    "submission",
    metadata,
    Column("seq", _SERIAL, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("feed", String(80), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("spec_version", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("status", String(10), nullable=False),
    Column("stage", String(10), nullable=False, default="rows"),
    Column("progress", Integer, nullable=False, default=0),
    Column("stored", Integer, nullable=False, default=0),
    Column("corrected", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("retracted", Integer, nullable=False, default=0),
    Column("rejected", Integer, nullable=False, default=0),
    Column("unidentified", Integer, nullable=False, default=0),
    Column("hold", Text),
    Column("decided_by", String(255)),
    Column("problems", Text),
    Column("resubmits", String(40)),
    Column("traceparent", String(60)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("lease_owner", String(60)),
    Column("lease_until", UtcDateTime),
    Index("ix_submission_status_feed", "status", "feed"),
    Index("ix_submission_agency", "agency", "seq"),
    sqlite_autoincrement=True,
)

submission_chunk = Table(
    "submission_chunk",
    metadata,
    Column("submission", _SERIAL, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

# `seen` is the last submission that had the record at all, `applied` the last that had a good row of it. `held`: see
# domain/outcomes.py; of an erased record nothing but its id is left.
record = Table(
    "record",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("record_id", String(30), primary_key=True),
    Column("source_ref", String(500), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("area", String(10)),
    Column("observed_on", Date),
    Column("seen", BigInteger, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("held", String(12)),
    sqlite_with_rowid=False,
)

# `content` is the canonical record as JSON; None where the version is a retraction, or was destroyed.
record_version = Table(
    "record_version",
    metadata,
    Column("feed", String(80), primary_key=True),
    Column("record_id", String(30), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("submission", BigInteger),
    Column("content", Text),
    Column("retracted", String(20)),
    Column("received_at", UtcDateTime, nullable=False),
)

receipt_row = Table(
    "receipt_row",
    metadata,
    Column("submission", BigInteger, primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True),
    Column("source_ref", String(500)),
    Column("outcome", String(10), nullable=False),
    Column("version", Integer),
    Column("issues", Text),
    sqlite_with_rowid=False,
)

# `row_values` is the agency's row as it came; None where it could not be read, or once it is discarded.
quarantine = Table(
    "quarantine",
    metadata,
    Column("submission", BigInteger, primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True),
    Column("feed", String(80), nullable=False),
    Column("row_values", Text),
    Column("errors", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_quarantine_feed", "feed", "created_at"),
)

duties = duty_tables(metadata)

idempotency = Table(
    "idempotency",
    metadata,
    Column("agency", String(80), primary_key=True),
    Column("key_hash", String(64), primary_key=True),
    Column("request_hash", String(64)),
    Column("submission", BigInteger),
    Column("status", Integer),
    Column("body", LargeBinary),
    Column("location", Text),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

__all__ = [
    "duties",
    "feed",
    "feed_version",
    "idempotency",
    "inbox",
    "metadata",
    "outbox",
    "quarantine",
    "receipt_row",
    "record",
    "record_version",
    "submission",
    "submission_chunk",
]
