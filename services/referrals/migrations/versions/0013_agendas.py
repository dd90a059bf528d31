"""Agendas, who is there, their items, minutes and actions."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SCHEMA = "referrals"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "agenda",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("series", sa.String(63), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("chair", sa.String(80), nullable=False),
        sa.Column("chaired_by", sa.String(320), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_agenda_chair", "agenda", ["chair", "series", "at"], schema=SCHEMA)
    op.create_table(
        "attendee",
        sa.Column("agenda", sa.String(40), primary_key=True),
        sa.Column("officer", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("confirmed_at", MOMENT),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_attendee_agency", "attendee", ["agency"], schema=SCHEMA)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.String(40), nullable=False, unique=True),
        sa.Column("agenda", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("ref", sa.String(40), primary_key=True),
        sa.Column("says", sa.JSON),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    _minutes_and_actions()


def _minutes_and_actions() -> None:
    op.create_table(
        "minute",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agenda", sa.String(40), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_minute_agenda", "minute", ["agenda"], schema=SCHEMA)
    op.create_table(
        "action",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agenda", sa.String(40), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("outcome", sa.Text),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_action_agenda", "action", ["agenda"], schema=SCHEMA)
    op.create_index("ix_referrals_action_owner", "action", ["owner"], schema=SCHEMA)


def downgrade() -> None:
    for table in ("action", "minute", "agenda_item", "attendee", "agenda"):
        op.drop_table(table, schema=SCHEMA)
