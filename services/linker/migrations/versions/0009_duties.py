"""Requests of the people whom items name, disposals, holds, and what was destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCHEMA = "linker"
MOMENT = sa.DateTime(timezone=True)
TABLES = ("duty_request", "duty_disposal", "duty_hold", "duty_erased")


def upgrade() -> None:
    op.create_table(
        "duty_request",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
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
        schema=SCHEMA,
    )
    op.create_table(
        "duty_disposal",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
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
        schema=SCHEMA,
    )
    op.create_table(
        "duty_hold",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("ground", sa.JSON(), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("held_by", sa.String(320), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_erased",
        sa.Column("agency", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(30), primary_key=True),
        sa.Column("item", sa.String(40), primary_key=True),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
