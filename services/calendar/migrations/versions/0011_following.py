"""What tasking lists and decisions are about goes where its record goes; a review that is due is listed again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCHEMA = "calendar"
TABLES = ("tasking_entry", "tasking_decision")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=_schema()) as changed:
            changed.add_column(sa.Column("record_id", sa.String(40)))
            changed.add_column(sa.Column("followed_at", sa.DateTime(timezone=True)))
        op.create_index(f"ix_calendar_{table}_record", table, ["record_id"], schema=SCHEMA)
    with op.batch_alter_table("tasking_entry", schema=_schema()) as entry:
        entry.add_column(sa.Column("review_on", sa.Date()))


def downgrade() -> None:
    with op.batch_alter_table("tasking_entry", schema=_schema()) as entry:
        entry.drop_column("review_on")
    for table in TABLES:
        op.drop_index(f"ix_calendar_{table}_record", table, schema=SCHEMA)
        with op.batch_alter_table(table, schema=_schema()) as changed:
            changed.drop_column("followed_at")
            changed.drop_column("record_id")


def _schema() -> str | None:
    return None if op.get_bind().dialect.name == "sqlite" else SCHEMA
