"""Cards, referrals, contacts, requests, intelligence, agendas, letters; what is owed to people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = "referrals"
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = (
    "absence",
    "action",
    "agenda",
    "agenda_item",
    "attendee",
    "briefing",
    "card",
    "card_indicator",
    "card_photo",
    "card_record",
    "card_trait",
    "card_untraced",
    "contact",
    "digest",
    "duty_disposal",
    "duty_erased",
    "duty_hold",
    "duty_request",
    "grading",
    "inbox",
    "indicator_version",
    "intelligence",
    "intelligence_source",
    "interest",
    "letter",
    "minute",
    "officer",
    "outbox",
    "referral",
    "referral_indicator",
    "referral_step",
    "request",
    "request_answer",
    "request_chase",
    "request_step",
    "sanitised",
    "sanitised_for",
    "source_reading",
    "withheld",
)


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("officer", sa.String(40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_absence_officer"), "absence", ["officer"], schema=SCHEMA)
    op.create_table(
        "action",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agenda", sa.String(40), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_action_agenda"), "action", ["agenda"], schema=SCHEMA)
    op.create_index(op.f("ix_referrals_action_owner"), "action", ["owner"], schema=SCHEMA)
    op.create_table(
        "agenda",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("series", sa.String(63), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("chair", sa.String(80), nullable=False),
        sa.Column("chaired_by", sa.String(320), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_agenda_chair", "agenda", ["chair", "series", "at"], schema=SCHEMA)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agenda", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ref", sa.String(40), nullable=False),
        sa.Column("says", sa.JSON()),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agenda", "kind", "ref"),
        sa.UniqueConstraint("id"),
        schema=SCHEMA,
    )
    op.create_table(
        "attendee",
        sa.Column("agenda", sa.String(40), nullable=False),
        sa.Column("officer", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.PrimaryKeyConstraint("agenda", "officer"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_attendee_agency"), "attendee", ["agency"], schema=SCHEMA)
    op.create_table(
        "briefing",
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("person", sa.String(320), nullable=False),
        sa.Column("indicator_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(320), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency", "person", "indicator_id", "version"),
        schema=SCHEMA,
    )
    op.create_table(
        "card",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("officer", sa.String(320), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("business_id", sa.String(40)),
        sa.Column("followed_at", MOMENT),
        sa.Column("picked", sa.String(500)),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(10)),
        sa.Column("seen_at", MOMENT),
        sa.Column("text", sa.Text()),
        sa.Column("reach_me", sa.String(200)),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_card_business", "card", ["business_id"], schema=SCHEMA)
    op.create_index("ix_card_officer", "card", ["agency", "officer", "filed_at", "id"], schema=SCHEMA)
    op.create_table(
        "card_indicator",
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("indicator_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("briefed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("card", "indicator_id"),
        schema=SCHEMA,
    )
    op.create_table(
        "card_photo",
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("card", "id"),
        schema=SCHEMA,
    )
    op.create_table(
        "card_record",
        sa.Column("record_id", sa.String(40), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "card"),
        schema=SCHEMA,
    )
    op.create_table(
        "card_trait",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "card"),
        schema=SCHEMA,
    )
    op.create_index("ix_card_trait_card", "card_trait", ["card"], schema=SCHEMA)
    op.create_table(
        "card_untraced",
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("agency", "card"),
        schema=SCHEMA,
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("mailbox", sa.String(200)),
        sa.Column("phone", sa.String(200)),
        sa.Column("hours", sa.String(200)),
        sa.Column("digest", sa.String(10), nullable=False),
        sa.Column("no_capacity_until", sa.Date()),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_contact_agency"), "contact", ["agency"], schema=SCHEMA)
    op.create_table(
        "digest",
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("no"),
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
        "grading",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("says", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_grading_intelligence"), "grading", ["intelligence"], schema=SCHEMA)
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
        "indicator_version",
        sa.Column("indicator_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(63)),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("indicator_id", "version"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_indicator_version_agency"), "indicator_version", ["agency"], schema=SCHEMA)
    op.create_table(
        "intelligence",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("origin", sa.String(80)),
        sa.Column("referral", sa.String(40)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("premises", sa.JSON()),
        sa.Column("business_id", sa.String(40)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_intelligence_agency"), "intelligence", ["agency"], schema=SCHEMA)
    op.create_table(
        "intelligence_source",
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("reached", sa.String(200)),
        sa.Column("kept_by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("intelligence"),
        schema=SCHEMA,
    )
    op.create_table(
        "interest",
        sa.Column("indicator_id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("indicator_id", "agency"),
        schema=SCHEMA,
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("news", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_letter_due_at"), "letter", ["due_at"], schema=SCHEMA)
    op.create_table(
        "minute",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agenda", sa.String(40), nullable=False),
        sa.Column("item", sa.String(40)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_minute_agenda"), "minute", ["agenda"], schema=SCHEMA)
    op.create_table(
        "officer",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(200)),
        sa.Column("email", sa.String(200)),
        sa.Column("subject", sa.String(320)),
        sa.Column("left_on", sa.Date()),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_officer_agency"), "officer", ["agency"], schema=SCHEMA)
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
        "referral",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("from_agency", sa.String(63), nullable=False),
        sa.Column("to_agency", sa.String(63), nullable=False),
        sa.Column("regime", sa.String(63)),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("met", sa.String(200), nullable=False),
        sa.Column("trained", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.String(40)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("look_at", MOMENT),
        sa.Column("escalations", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(320)),
        sa.Column("feedback", sa.String(20)),
        sa.Column("closed_at", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index("ix_referral_due", "referral", ["to_agency", "due_at", "id"], schema=SCHEMA)
    op.create_index("ix_referral_gave", "referral", ["to_agency", "from_agency", "met"], schema=SCHEMA)
    op.create_index("ix_referral_in", "referral", ["to_agency", "received_at", "id"], schema=SCHEMA)
    op.create_index("ix_referral_look", "referral", ["look_at"], schema=SCHEMA)
    op.create_index("ix_referral_out", "referral", ["from_agency", "received_at", "id"], schema=SCHEMA)
    op.create_index(op.f("ix_referrals_referral_card"), "referral", ["card"], schema=SCHEMA)
    op.create_table(
        "referral_indicator",
        sa.Column("referral", sa.String(40), nullable=False),
        sa.Column("indicator_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("referral", "indicator_id"),
        schema=SCHEMA,
    )
    op.create_index("ix_referral_indicator", "referral_indicator", ["indicator_id"], schema=SCHEMA)
    op.create_table(
        "referral_step",
        sa.Column("referral", sa.String(40), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("person", sa.String(320)),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("words", sa.Text()),
        sa.Column("feedback", sa.String(20)),
        sa.PrimaryKeyConstraint("referral", "no"),
        schema=SCHEMA,
    )
    op.create_index("ix_referral_step_at", "referral_step", ["at"], schema=SCHEMA)
    op.create_table(
        "request",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("asker", sa.String(80), nullable=False),
        sa.Column("answerer", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("held_by", sa.String(320), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("chase_at", MOMENT),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("authorised", sa.Boolean(), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("business_id", sa.String(40)),
        sa.Column("premises", sa.JSON()),
        sa.Column("person", sa.JSON()),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_request_answerer"), "request", ["answerer"], schema=SCHEMA)
    op.create_index(op.f("ix_referrals_request_asker"), "request", ["asker"], schema=SCHEMA)
    op.create_index(
        "ix_referrals_request_chase",
        "request",
        ["chase_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("chase_at IS NOT NULL"),
    )
    op.create_table(
        "request_answer",
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("request"),
        schema=SCHEMA,
    )
    op.create_table(
        "request_chase",
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("contact", sa.String(40)),
        sa.PrimaryKeyConstraint("request", "stage", "kind"),
        schema=SCHEMA,
    )
    op.create_table(
        "request_step",
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(320), nullable=False),
        sa.Column("says", sa.Text()),
        sa.PrimaryKeyConstraint("request", "step"),
        schema=SCHEMA,
    )
    op.create_table(
        "sanitised",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.Column("origin", sa.String(80)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grading", sa.JSON(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("premises", sa.JSON()),
        sa.Column("business_id", sa.String(40)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_sanitised_intelligence"), "sanitised", ["intelligence"], schema=SCHEMA)
    op.create_index("ix_referrals_sanitised_made", "sanitised", ["made_at", "id"], schema=SCHEMA)
    op.create_table(
        "sanitised_for",
        sa.Column("sanitised", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("sanitised", "agency"),
        schema=SCHEMA,
    )
    op.create_table(
        "source_reading",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("intelligence", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_source_reading_intelligence"), "source_reading", ["intelligence"], schema=SCHEMA)
    op.create_table(
        "withheld",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("from_agency", sa.String(63), nullable=False),
        sa.Column("to_agency", sa.String(63), nullable=False),
        sa.Column("regime", sa.String(63)),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("met", sa.String(200), nullable=False),
        sa.Column("trained", sa.Boolean(), nullable=False),
        sa.Column("indicators", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_referrals_withheld_card"), "withheld", ["card"], schema=SCHEMA)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)
