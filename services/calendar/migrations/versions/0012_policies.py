"""Policies that officers proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCHEMA = "calendar"
AGENCY = sa.String(80)
PERSON = sa.String(320)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("counts_from", sa.Date),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("made_by", PERSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("reviewing_agency", AGENCY),
        sa.Column("reviewed_by", PERSON),
        sa.Column("reviewed_at", TIME),
        sa.Column("review", sa.Text),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_policy_counts", "policy", ["counts_from"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("policy", schema=SCHEMA)
