"""Mentions, keys, pairs and decisions; audiences with their businesses and findings; what is owed to people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "linker"
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    "audience",
    "behind",
    "block",
    "business",
    "decision",
    "duty_disposal",
    "duty_erased",
    "duty_hold",
    "duty_request",
    "finding",
    "finding_basis",
    "finding_due",
    "linking",
    "member",
    "mention",
    "move",
    "moved",
    "outbox",
    "pair",
    "posting",
    "published_model",
    "rebuild",
    "record",
    "retired",
    "trait",
)


def upgrade() -> None:
    op.create_table(
        "audience",
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("visible", sa.JSON(), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("filled_to", sa.BigInteger()),
        sa.Column("fresh", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("audience"),
        schema=SCHEMA,
    )
    op.create_table(
        "behind",
        sa.Column("no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("near", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        schema=SCHEMA,
    )
    op.create_table(
        "block",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "record"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
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
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_linker_business_id", "business", ["business_id", "audience"], unique=True, schema=SCHEMA)
    op.create_index(
        "ix_linker_business_priority",
        "business",
        ["audience", sa.literal_column("priority DESC"), "business_id"],
        schema=SCHEMA,
    )
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("a", sa.String(40), nullable=False),
        sa.Column("b", sa.String(40), nullable=False),
        sa.Column("a_no", NUMBER, nullable=False),
        sa.Column("b_no", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("supersedes", sa.String(40)),
        sa.PrimaryKeyConstraint("decision_id"),
        sa.UniqueConstraint("supersedes"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_linker_decision_a_no"), "decision", ["a_no"], schema=SCHEMA)
    op.create_index(op.f("ix_linker_decision_b_no"), "decision", ["b_no"], schema=SCHEMA)
    op.create_index(
        "ix_linker_decision_newest",
        "decision",
        [sa.literal_column("decided_at DESC"), sa.literal_column("decision_id DESC")],
        schema=SCHEMA,
    )
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
        "finding",
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.String(40), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("rules_version", sa.String(100), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("business_ids", sa.JSON(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "finding_id"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_linker_finding_since", "finding", ["audience", sa.literal_column("since DESC"), "finding_id"], schema=SCHEMA
    )
    op.create_table(
        "finding_basis",
        sa.Column("basis", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("basis", "audience", "finding_id"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "finding_due",
        sa.Column("no", NUMBER, autoincrement=True, nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("audience", sa.BigInteger()),
        sa.PrimaryKeyConstraint("no"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_linker_finding_due_audience"), "finding_due", ["audience"], schema=SCHEMA)
    op.create_table(
        "linking",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("in_force", sa.String(63), nullable=False),
        sa.Column("other", sa.String(63)),
        sa.Column("phase", sa.String(20)),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one"),
        schema=SCHEMA,
    )
    op.create_table(
        "member",
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.Column("audience", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("record", "audience"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
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
        schema=SCHEMA,
    )
    op.create_table(
        "move",
        sa.Column("source", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("done_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "target"),
        schema=SCHEMA,
    )
    op.create_table(
        "moved",
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("record"),
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
        sa.Column("doubt", sa.Integer()),
        sa.PrimaryKeyConstraint("a", "model", "b"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_linker_pair_doubt",
        "pair",
        ["model", "doubt", "a", "b"],
        schema=SCHEMA,
        sqlite_where=sa.text("doubt IS NOT NULL"),
        postgresql_where=sa.text("doubt IS NOT NULL"),
    )
    op.create_table(
        "posting",
        sa.Column("source", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("word", sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql"), nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("source", "word", "record"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "published_model",
        sa.Column("version", sa.String(63), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version"),
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
        "record",
        sa.Column("no", NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
        sa.UniqueConstraint("record_id"),
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
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trait",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "record"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
