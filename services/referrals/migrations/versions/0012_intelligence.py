"""Intelligence, its gradings, its sources apart, and the sanitised versions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCHEMA = "referrals"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "intelligence",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("origin", sa.String(80)),
        sa.Column("referral", sa.String(40)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("premises", sa.JSON),
        sa.Column("business_id", sa.String(40)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_intelligence_agency", "intelligence", ["agency"], schema=SCHEMA)
    op.create_table(
        "grading",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("says", sa.JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_grading_intelligence", "grading", ["intelligence"], schema=SCHEMA)
    _sources()
    _sanitised()


def _sources() -> None:
    op.create_table(
        "intelligence_source",
        sa.Column("intelligence", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("reached", sa.String(200)),
        sa.Column("kept_by", sa.String(320), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "source_reading",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_source_reading_intelligence", "source_reading", ["intelligence"], schema=SCHEMA)


def _sanitised() -> None:
    op.create_table(
        "sanitised",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("origin", sa.String(80)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("grading", sa.JSON, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("premises", sa.JSON),
        sa.Column("business_id", sa.String(40)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_sanitised_intelligence", "sanitised", ["intelligence"], schema=SCHEMA)
    op.create_index("ix_referrals_sanitised_made", "sanitised", ["made_at", "id"], schema=SCHEMA)
    op.create_table(
        "sanitised_for",
        sa.Column("sanitised", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), primary_key=True),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("sanitised_for", "sanitised", "source_reading", "intelligence_source", "grading", "intelligence"):
        op.drop_table(table, schema=SCHEMA)
