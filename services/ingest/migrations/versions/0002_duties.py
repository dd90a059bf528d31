"""Requests of the people whom records name, and disposals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "ingest"
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("record", sa.Column("held", sa.String(12)), schema=_schema())
    op.create_table(
        "data_request",
        sa.Column("no", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(40), nullable=False, unique=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("right", sa.String(20), nullable=False),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(20), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("ground", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(255), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_ingest_data_request_agency", "data_request", ["agency"], schema=SCHEMA)
    op.create_table(
        "disposal",
        sa.Column("no", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(40), nullable=False, unique=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("feed", sa.String(80), nullable=False),
        sa.Column("category", sa.String(80), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("not_sent_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(10), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("review_on", sa.Date()),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_ingest_disposal_agency", "disposal", ["agency"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("disposal", schema=SCHEMA)
    op.drop_table("data_request", schema=SCHEMA)
    op.drop_column("record", "held", schema=_schema())


def _schema() -> str | None:
    """Alembic's own ALTER does not know that a SQLite file has no schema."""
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
