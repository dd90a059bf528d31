"""Requests for information."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "referrals"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _request()
    op.create_table(
        "request_step",
        sa.Column("request", sa.String(40), primary_key=True),
        sa.Column("step", sa.String(20), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(320), nullable=False),
        sa.Column("says", sa.Text),
        schema=SCHEMA,
    )
    op.create_table(
        "request_chase",
        sa.Column("request", sa.String(40), primary_key=True),
        sa.Column("stage", sa.String(20), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("contact", sa.String(40)),
        schema=SCHEMA,
    )
    op.create_table(
        "request_answer",
        sa.Column("request", sa.String(40), primary_key=True),
        sa.Column("values", sa.JSON, nullable=False),
        schema=SCHEMA,
    )


def _request() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("asker", sa.String(80), nullable=False),
        sa.Column("answerer", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("held_by", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("chase_at", MOMENT),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("authorised", sa.Boolean, nullable=False),
        sa.Column("consented", sa.Boolean, nullable=False),
        sa.Column("business_id", sa.String(40)),
        sa.Column("premises", sa.JSON),
        sa.Column("person", sa.JSON),
        sa.Column("question", sa.JSON, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_request_asker", "request", ["asker"], schema=SCHEMA)
    op.create_index("ix_referrals_request_answerer", "request", ["answerer"], schema=SCHEMA)
    waits = sa.text("chase_at IS NOT NULL")
    op.create_index("ix_referrals_request_chase", "request", ["chase_at"], schema=SCHEMA, postgresql_where=waits)


def downgrade() -> None:
    for table in ("request_answer", "request_chase", "request_step", "request"):
        op.drop_table(table, schema=SCHEMA)
