"""Feeds, submissions, rows and records; what is owed to people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "ingest"
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    "duty_disposal",
    "duty_erased",
    "duty_hold",
    "duty_request",
    "feed",
    "feed_version",
    "idempotency",
    "inbox",
    "outbox",
    "quarantine",
    "receipt_row",
    "record",
    "record_version",
    "submission",
    "submission_chunk",
)


def upgrade() -> None:
    op.create_table(
        "duty_disposal",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(80)),
        sa.Column("kind", sa.String(30)),
        sa.Column("category", sa.String(80), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("not_sent_since", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(10), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("review_on", sa.Date()),
        sa.Column("disposed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "id"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_erased",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "kind", "item"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_hold",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("ground", sa.JSON(), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("held_by", sa.String(320), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "kind", "item"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_request",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("right", sa.String(20), nullable=False),
        sa.Column("feed", sa.String(80)),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(20), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "id"),
        schema=SCHEMA,
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_received_at", MOMENT),
        sa.Column("stale_since", MOMENT),
        sa.Column("retention_checked_at", MOMENT),
        sa.Column("pull_due_at", MOMENT),
        sa.Column("pull_etag", sa.String(500)),
        sa.Column("pull_modified", sa.String(100)),
        sa.Column("pull_problem", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_ingest_feed_agency"), "feed", ["agency"], schema=SCHEMA)
    op.create_table(
        "feed_version",
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("feed", "version"),
        schema=SCHEMA,
    )
    op.create_table(
        "idempotency",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("request_hash", sa.String(64)),
        sa.Column("submission", sa.BigInteger()),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("location", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "key_hash"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_ingest_idempotency_created_at"), "idempotency", ["created_at"], schema=SCHEMA)
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.String(100), nullable=False),
        sa.Column("handled_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_table(
        "quarantine",
        sa.Column("submission", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("row_values", sa.Text()),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("submission", "row"),
        schema=SCHEMA,
    )
    op.create_index("ix_quarantine_feed", "quarantine", ["feed", "created_at"], schema=SCHEMA)
    op.create_table(
        "receipt_row",
        sa.Column("submission", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_ref", sa.String(500)),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("issues", sa.Text()),
        sa.PrimaryKeyConstraint("submission", "row"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record",
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("record_id", sa.String(30), nullable=False),
        sa.Column("source_ref", sa.String(500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(10)),
        sa.Column("observed_on", sa.Date()),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("held", sa.String(12)),
        sa.PrimaryKeyConstraint("feed", "record_id"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record_version",
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("record_id", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submission", sa.BigInteger()),
        sa.Column("content", sa.Text()),
        sa.Column("retracted", sa.String(20)),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("feed", "record_id", "version"),
        schema=SCHEMA,
    )
    op.create_table(
        "submission",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("spec_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("retracted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("unidentified", sa.Integer(), nullable=False),
        sa.Column("hold", sa.Text()),
        sa.Column("decided_by", sa.String(255)),
        sa.Column("problems", sa.Text()),
        sa.Column("resubmits", sa.String(40)),
        sa.Column("traceparent", sa.String(60)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("lease_owner", sa.String(60)),
        sa.Column("lease_until", MOMENT),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        schema=SCHEMA,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submission_agency", "submission", ["agency", "seq"], schema=SCHEMA)
    op.create_index("ix_submission_status_feed", "submission", ["status", "feed"], schema=SCHEMA)
    op.create_table(
        "submission_chunk",
        sa.Column("submission", NUMBER, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("submission", "n"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
