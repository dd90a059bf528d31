"""Referrals that no power lets go yet, and those that none lets their receiver have any more."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0013"
branch_labels = None
depends_on = None

SCHEMA = "referrals"


def upgrade() -> None:
    op.create_table(
        "withheld",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("from_agency", sa.String(63), nullable=False),
        sa.Column("to_agency", sa.String(63), nullable=False),
        sa.Column("regime", sa.String(63)),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("met", sa.String(200), nullable=False),
        sa.Column("trained", sa.Boolean, nullable=False),
        sa.Column("indicators", sa.JSON, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_withheld_card", "withheld", ["card"], schema=SCHEMA)
    op.add_column("referral", sa.Column("withdrawn_at", sa.DateTime(timezone=True)), schema=_altered())
    op.drop_column("card", "not_sent", schema=_altered())


def downgrade() -> None:
    op.add_column("card", sa.Column("not_sent", sa.JSON, nullable=False, server_default="[]"), schema=_altered())
    op.drop_column("referral", "withdrawn_at", schema=_altered())
    op.drop_table("withheld", schema=SCHEMA)


def _altered() -> str | None:
    """SQLite has no schemas, and Alembic translates their names in CREATE only."""
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
