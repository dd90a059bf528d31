"""Visits know whether they were taken in from their agency's own calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SCHEMA = "calendar"


def upgrade() -> None:
    with op.batch_alter_table("visit", schema=_schema()) as visit:
        visit.add_column(sa.Column("imported", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_calendar_visit_imported", "visit", ["imported", "ends_at"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_index("ix_calendar_visit_imported", "visit", schema=SCHEMA)
    with op.batch_alter_table("visit", schema=_schema()) as visit:
        visit.drop_column("imported")


def _schema() -> str | None:
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
