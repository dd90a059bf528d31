"""Whoever attends a visit says which of its own referrals it answers; who overrode a proposal, and when."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SCHEMA = "calendar"


def upgrade() -> None:
    with op.batch_alter_table("attendance", schema=_schema()) as attendance:
        attendance.add_column(sa.Column("referrals", sa.JSON, nullable=False, server_default="[]"))
    op.drop_table("chair_override", schema=SCHEMA)
    _overrides(
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("chair_override", schema=SCHEMA)
    _overrides()
    with op.batch_alter_table("attendance", schema=_schema()) as attendance:
        attendance.drop_column("referrals")


def _overrides(*more: sa.Column[Any]) -> None:
    """Those that no visit has taken along yet: without who and when, they cannot be kept."""
    op.create_table(
        "chair_override",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        *more,
        schema=SCHEMA,
    )


def _schema() -> str | None:
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
