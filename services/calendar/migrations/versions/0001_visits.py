"""Visits, their partners and outcomes; feeds, policies, tasking, operations; what is owed to people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "calendar"
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    "attendance",
    "calendar_feed",
    "chair_override",
    "duty_disposal",
    "duty_erased",
    "duty_hold",
    "duty_request",
    "imported",
    "inbox",
    "operation",
    "operation_need",
    "operation_offer",
    "operation_partner",
    "operation_visit",
    "outbox",
    "outcome",
    "place_key",
    "policy",
    "primary_authority",
    "reach",
    "tasking_decision",
    "tasking_entry",
    "tasking_list",
    "visit",
)


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("visit", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("answer", sa.String(40)),
        sa.Column("met", sa.JSON(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("uniformed", sa.Boolean(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("referrals", sa.JSON(), nullable=False),
        sa.Column("attended", sa.Boolean()),
        sa.Column("officers_sent", sa.Integer()),
        sa.Column("withdrew_at", MOMENT),
        sa.PrimaryKeyConstraint("visit", "agency"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_attendance_agency", "attendance", ["agency"], schema=SCHEMA)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_calendar_feed_agency", "calendar_feed", ["agency", "subject"], schema=SCHEMA)
    op.create_table(
        "chair_override",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_disposal",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(80)),
        sa.Column("kind", sa.String(30)),
        sa.Column("category", sa.String(80), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("not_sent_since", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(10), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("review_on", sa.Date()),
        sa.Column("disposed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "id"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_erased",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "kind", "item"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_hold",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("ground", sa.JSON(), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("held_by", sa.String(320), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "kind", "item"),
        schema=SCHEMA,
    )
    op.create_table(
        "duty_request",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("right", sa.String(20), nullable=False),
        sa.Column("feed", sa.String(80)),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(20), nullable=False),
        sa.Column("case_reference", sa.String(100)),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "id"),
        schema=SCHEMA,
    )
    op.create_table(
        "imported",
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("uid", sa.String(300), nullable=False),
        sa.Column("visit", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("shown_as", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("agency", "name", "uid"),
        schema=SCHEMA,
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.String(100), nullable=False),
        sa.Column("handled_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id"),
        schema=SCHEMA,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.Column("follow_up_until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approved_at", MOMENT),
        sa.Column("in_spite_of", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_operation_agency", "operation", ["agency", "made_at", "id"], schema=SCHEMA)
    op.create_table(
        "operation_need",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_operation_need_operation", "operation_need", ["operation"], schema=SCHEMA)
    op.create_table(
        "operation_offer",
        sa.Column("need", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("need", "agency"),
        schema=SCHEMA,
    )
    op.create_table(
        "operation_partner",
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("met", sa.JSON(), nullable=False),
        sa.Column("consent", sa.String(10), nullable=False),
        sa.Column("officer_days", sa.Float()),
        sa.Column("said", sa.Text()),
        sa.Column("answered_by", sa.String(320)),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("operation", "agency"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_operation_partner_agency", "operation_partner", ["agency"], schema=SCHEMA)
    op.create_table(
        "operation_visit",
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("visit", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("operation", "visit"),
        schema=SCHEMA,
    )
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("visit", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("regime", sa.String(80), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("value_pence", sa.BigInteger()),
        sa.Column("number", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("recorded_by", sa.String(320), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_outcome_found", "outcome", ["found_on", "id"], schema=SCHEMA)
    op.create_index("ix_calendar_outcome_visit", "outcome", ["visit"], schema=SCHEMA)
    op.create_table(
        "place_key",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("visit", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("key", "visit"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_place_key_visit", "place_key", ["visit"], schema=SCHEMA)
    op.create_table(
        "policy",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.Date()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("reviewing_agency", sa.String(80)),
        sa.Column("reviewed_by", sa.String(320)),
        sa.Column("reviewed_at", MOMENT),
        sa.Column("review", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_policy_counts", "policy", ["counts_from"], schema=SCHEMA)
    op.create_table(
        "primary_authority",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("trait", sa.String(40), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("noted_by", sa.String(320), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_primary_authority_agency", "primary_authority", ["agency", "noted_at"], schema=SCHEMA)
    op.create_table(
        "reach",
        sa.Column("visit", sa.String(40), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("how", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("visit", "key"),
        schema=SCHEMA,
    )
    op.create_table(
        "tasking_decision",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("list", sa.String(40), nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("record_id", sa.String(40)),
        sa.Column("followed_at", MOMENT),
        sa.Column("matched_on", sa.Date()),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("because", sa.String(40)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lead", sa.String(80)),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("visits_avoided", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(40)),
        sa.Column("review_on", sa.Date()),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(320), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_calendar_tasking_decision_agency", "tasking_decision", ["agency", "decided_at", "id"], schema=SCHEMA
    )
    op.create_index(
        "ix_calendar_tasking_decision_business", "tasking_decision", ["agency", "business_id"], schema=SCHEMA
    )
    op.create_index("ix_calendar_tasking_decision_list", "tasking_decision", ["list"], schema=SCHEMA)
    op.create_index("ix_calendar_tasking_decision_record", "tasking_decision", ["record_id"], schema=SCHEMA)
    op.create_table(
        "tasking_entry",
        sa.Column("list", sa.String(40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("business_id", sa.String(40), nullable=False),
        sa.Column("record_id", sa.String(40)),
        sa.Column("followed_at", MOMENT),
        sa.Column("regimes", sa.Integer(), nullable=False),
        sa.Column("matched_on", sa.Date()),
        sa.Column("review_on", sa.Date()),
        sa.PrimaryKeyConstraint("list", "rank"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_tasking_entry_business", "tasking_entry", ["agency", "business_id"], schema=SCHEMA)
    op.create_index("ix_calendar_tasking_entry_record", "tasking_entry", ["record_id"], schema=SCHEMA)
    op.create_table(
        "tasking_list",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_tasking_list_agency", "tasking_list", ["agency", "made_at", "id"], schema=SCHEMA)
    op.create_table(
        "visit",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.Column("lead", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("regimes", sa.JSON(), nullable=False),
        sa.Column("letter_on", sa.Date()),
        sa.Column("powers", sa.JSON(), nullable=False),
        sa.Column("contact", sa.Text()),
        sa.Column("referrals", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("business_id", sa.String(40)),
        sa.Column("record_id", sa.String(40)),
        sa.Column("followed_at", MOMENT),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(20)),
        sa.Column("latitude", sa.Double()),
        sa.Column("longitude", sa.Double()),
        sa.Column("is_window", sa.Boolean(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("knowing", sa.Text()),
        sa.Column("cancelled", sa.String(40)),
        sa.Column("cancelled_by", sa.String(80)),
        sa.Column("cancelled_at", MOMENT),
        sa.Column("programme", sa.String(40)),
        sa.Column("overridden", sa.JSON(none_as_null=True)),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_calendar_visit_agency", "visit", ["agency", "first_on"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_area", "visit", ["area", "first_on"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_business", "visit", ["business_id"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_first", "visit", ["first_on", "id"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_imported", "visit", ["imported", "ends_at"], schema=SCHEMA)
    op.create_index("ix_calendar_visit_record", "visit", ["record_id"], schema=SCHEMA)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
