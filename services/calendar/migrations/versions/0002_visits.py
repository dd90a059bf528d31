"""Visits, who attends them, what came of them, and the feeds in which calendars read them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "calendar"
ID = sa.String(40)
AGENCY = sa.String(80)
SUBJECT = sa.String(320)
WORD = sa.String(40)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("tier", WORD, nullable=False),
        sa.Column("lead", AGENCY, nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("regimes", sa.JSON, nullable=False),
        sa.Column("letter_on", sa.Date),
        sa.Column("powers", sa.JSON, nullable=False),
        sa.Column("contact", sa.Text),
        sa.Column("referrals", sa.JSON, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("business_id", ID),
        sa.Column("record_id", ID),
        sa.Column("followed_at", TIME),
        sa.Column("place", sa.JSON, nullable=False),
        sa.Column("area", sa.String(20)),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("is_window", sa.Boolean, nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("made_by", SUBJECT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
        sa.Column("knowing", sa.Text),
        sa.Column("cancelled", WORD),
        sa.Column("cancelled_by", AGENCY),
        sa.Column("cancelled_at", TIME),
        sa.Column("programme", ID),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_visit_agency", "visit", ["agency", "first_on"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_first", "visit", ["first_on", "id"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_area", "visit", ["area", "first_on"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_business", "visit", ["business_id"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_record", "visit", ["record_id"], schema=SCHEMA)
    op.create_table(
        "place_key",
        sa.Column("key", ID, primary_key=True),
        sa.Column("visit", ID, primary_key=True),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_place_key_visit", "place_key", ["visit"], schema=SCHEMA)
    op.create_table(
        "reach",
        sa.Column("visit", ID, primary_key=True),
        sa.Column("key", ID, primary_key=True),
        sa.Column("how", WORD, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "attendance",
        sa.Column("visit", ID, primary_key=True),
        sa.Column("agency", AGENCY, primary_key=True),
        sa.Column("answer", WORD),
        sa.Column("met", sa.JSON, nullable=False),
        sa.Column("officers", sa.Integer, nullable=False),
        sa.Column("alone", sa.Integer, nullable=False),
        sa.Column("uniformed", sa.Boolean, nullable=False),
        sa.Column("people", sa.JSON, nullable=False),
        sa.Column("attended", sa.Boolean),
        sa.Column("officers_sent", sa.Integer),
        sa.Column("withdrew_at", TIME),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_attendance_agency", "attendance", ["agency"], schema=SCHEMA)
    op.create_table(
        "outcome",
        sa.Column("id", ID, primary_key=True),
        sa.Column("visit", ID, nullable=False),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("regime", AGENCY, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("value_pence", sa.BigInteger),
        sa.Column("number", sa.Integer),
        sa.Column("note", sa.Text),
        sa.Column("recorded_by", SUBJECT, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_outcome_visit", "outcome", ["visit"], schema=SCHEMA)
    op.create_index("ix_calendar_outcome_found", "outcome", ["found_on", "id"], schema=SCHEMA)
    op.create_table(
        "calendar_feed",
        sa.Column("id", ID, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("scope", WORD, nullable=False),
        sa.Column("agency", AGENCY, nullable=False),
        sa.Column("subject", SUBJECT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_calendar_feed_agency", "calendar_feed", ["agency", "subject"], schema=SCHEMA)
    op.create_table(
        "imported",
        sa.Column("agency", AGENCY, primary_key=True),
        sa.Column("uid", sa.String(300), primary_key=True),
        sa.Column("visit", ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in (
        "imported",
        "calendar_feed",
        "outcome",
        "attendance",
        "reach",
        "place_key",
        "visit",
    ):
        op.drop_table(table, schema=SCHEMA)
