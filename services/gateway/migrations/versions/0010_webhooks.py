"""Webhooks, collections, and the notices that are on their way to them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEMA = "gateway"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("types", sa.JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("vouched_by", sa.String(320), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("old_secret", sa.LargeBinary),
        sa.Column("old_secret_until", TIME),
        sa.Column("disabled_because", sa.String(200)),
        sa.Column("failing_since", TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("held_until", TIME),
        schema=SCHEMA,
    )
    op.create_index("ix_gateway_webhook_agency", "webhook", ["agency"], schema=SCHEMA)
    op.create_table(
        "collection",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("client", sa.String(320), primary_key=True),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("types", sa.JSON, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "notice",
        sa.Column("event_id", sa.String(100), primary_key=True),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("basis", sa.String(40)),
        sa.Column("body", sa.LargeBinary, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_gateway_notice_at", "notice", ["at"], schema=SCHEMA)
    op.create_table(
        "delivery",
        sa.Column("receiver", sa.String(40), primary_key=True),
        sa.Column("event_id", sa.String(100), primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("last_at", TIME),
        sa.Column("answered", sa.String(40)),
        sqlite_with_rowid=False,
        schema=SCHEMA,
    )
    op.create_index("ix_gateway_delivery_due", "delivery", ["receiver", "state", "due_at"], schema=SCHEMA)
    op.create_index("ix_gateway_delivery_at", "delivery", ["receiver", "at", "event_id"], schema=SCHEMA)
    op.create_table(
        "basis",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "agency_view",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("view", sa.String(40), nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("agency_view", "basis", "delivery", "notice", "collection", "webhook"):
        op.drop_table(table, schema=SCHEMA)
