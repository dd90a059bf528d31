"""Indicators, briefings, cards and referrals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = "referrals"
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "indicator_version",
    "interest",
    "briefing",
    "card",
    "card_indicator",
    "card_record",
    "card_trait",
    "card_untraced",
    "card_photo",
    "referral",
    "referral_indicator",
    "referral_step",
)


def upgrade() -> None:
    op.create_table(
        "indicator_version",
        sa.Column("indicator_id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("spec", sa.JSON, nullable=False),
        sa.Column("pack", sa.String(63)),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(320), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_referrals_indicator_version_agency", "indicator_version", ["agency"], schema=SCHEMA)
    op.create_table(
        "interest",
        sa.Column("indicator_id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("since", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "briefing",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("person", sa.String(320), primary_key=True),
        sa.Column("indicator_id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(320), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "card",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("officer", sa.String(320), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("business_id", sa.String(40)),
        sa.Column("followed_at", MOMENT),
        sa.Column("picked", sa.String(500)),
        sa.Column("place", sa.JSON, nullable=False),
        sa.Column("area", sa.String(10)),
        sa.Column("seen_at", MOMENT),
        sa.Column("text", sa.Text),
        sa.Column("reach_me", sa.String(200)),
        sa.Column("not_sent", sa.JSON, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_card_business", "card", ["business_id"], schema=SCHEMA)
    op.create_index("ix_card_officer", "card", ["agency", "officer", "filed_at", "id"], schema=SCHEMA)
    op.create_table(
        "card_indicator",
        sa.Column("card", sa.String(40), primary_key=True),
        sa.Column("indicator_id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("briefed", sa.Boolean, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "card_record",
        sa.Column("record_id", sa.String(40), primary_key=True),
        sa.Column("card", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(63), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "card_trait",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("card", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_card_trait_card", "card_trait", ["card"], schema=SCHEMA)
    op.create_table(
        "card_untraced",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("card", sa.String(40), primary_key=True),
        schema=SCHEMA,
    )
    op.create_table(
        "card_photo",
        sa.Column("card", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("from_agency", sa.String(63), nullable=False),
        sa.Column("to_agency", sa.String(63), nullable=False),
        sa.Column("regime", sa.String(63)),
        sa.Column("purpose", sa.String(63), nullable=False),
        sa.Column("met", sa.String(200), nullable=False),
        sa.Column("trained", sa.Boolean, nullable=False),
        sa.Column("follows", sa.String(40)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("look_at", MOMENT),
        sa.Column("escalations", sa.Integer, nullable=False),
        sa.Column("taken_by", sa.String(320)),
        sa.Column("feedback", sa.String(20)),
        sa.Column("closed_at", MOMENT),
        schema=SCHEMA,
    )
    op.create_index("ix_referral_due", "referral", ["to_agency", "due_at", "id"], schema=SCHEMA)
    op.create_index("ix_referral_gave", "referral", ["to_agency", "from_agency", "met"], schema=SCHEMA)
    op.create_index("ix_referral_in", "referral", ["to_agency", "received_at", "id"], schema=SCHEMA)
    op.create_index("ix_referral_look", "referral", ["look_at"], schema=SCHEMA)
    op.create_index("ix_referral_out", "referral", ["from_agency", "received_at", "id"], schema=SCHEMA)
    op.create_index("ix_referrals_referral_card", "referral", ["card"], schema=SCHEMA)
    op.create_table(
        "referral_indicator",
        sa.Column("referral", sa.String(40), primary_key=True),
        sa.Column("indicator_id", sa.String(40), primary_key=True),
        schema=SCHEMA,
    )
    op.create_index("ix_referral_indicator", "referral_indicator", ["indicator_id"], schema=SCHEMA)
    op.create_table(
        "referral_step",
        sa.Column("referral", sa.String(40), primary_key=True),
        sa.Column("no", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agency", sa.String(63), nullable=False),
        sa.Column("person", sa.String(320)),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("words", sa.Text),
        sa.Column("feedback", sa.String(20)),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name, schema=SCHEMA)
