"""Mentions, keys, pairs; audiences with their members and businesses; the outbox and the inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "linker"
TABLES = (
    "retired",
    "record",
    "rebuild",
    "pair",
    "outbox",
    "mention",
    "member",
    "inbox",
    "business",
    "block",
    "audience",
)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "audience",
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("visible", sa.JSON(), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("filled_to", sa.BigInteger()),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("audience"),
        schema=SCHEMA,
    )
    op.create_table(
        "block",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "record"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_table(
        "business",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", sa.String(20)),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("agencies", sa.Text(), nullable=False),
        sa.Column("agency_count", sa.Integer(), nullable=False),
        sa.Column("regimes", sa.Text(), nullable=False),
        sa.Column("regime_count", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(10), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("concerns", sa.JSON(), nullable=False),
        sa.Column("first_on", sa.Date()),
        sa.Column("last_on", sa.Date()),
        sa.Column("sectors", sa.Text(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("risk_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "no"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_index("ix_linker_business_id", "business", ["business_id", "audience"], unique=True, schema=SCHEMA)
    op.create_index(
        "ix_linker_business_priority",
        "business",
        ["audience", sa.literal_column("priority DESC"), "business_id"],
        schema=SCHEMA,
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.String(100), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_table(
        "member",
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("record", "audience"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_index("ix_linker_member_business", "member", ["business", "audience"], schema=SCHEMA)
    op.create_table(
        "mention",
        sa.Column("no", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(100), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("regime", sa.String(100), nullable=False),
        sa.Column("category", sa.String(100), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("area", sa.String(20)),
        sa.Column("sector", sa.Text()),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("severity", sa.Integer()),
        sa.Column("native_rating", sa.Text()),
        sa.Column("observed_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("record_id"),
        schema=SCHEMA,
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
        "pair",
        sa.Column("model", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("a", NUMBER, autoincrement=False, nullable=False),
        sa.Column("b", NUMBER, autoincrement=False, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("a", "model", "b"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_table(
        "record",
        sa.Column("no", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("record_id"),
        schema=SCHEMA,
    )
    op.create_table(
        "rebuild",
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("until", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("topic"),
        schema=SCHEMA,
    )
    op.create_table(
        "retired",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("into", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("risk_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "business_id"),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
