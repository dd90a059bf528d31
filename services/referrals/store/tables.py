"""The tables of referrals. Each row is of one agency; who else may see it the sharing rules say at each read."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from shared.duties.tables import duty_tables
from shared.runtime.db import UtcDateTime
from shared.runtime.inbox import inbox_table
from shared.runtime.outbox import outbox_table

metadata = MetaData(schema="referrals")
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
duties = duty_tables(metadata)

_ID = String(40)
_AGENCY = String(63)
_PERSON = String(320)

# `spec` is the NewIndicator as JSON; the newest version that has begun and not ended is in force.
indicator_version = Table(
    "indicator_version",
    metadata,
    Column("indicator_id", _ID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("agency", _AGENCY, nullable=False, index=True),
    Column("spec", JSON, nullable=False),
    Column("pack", String(63)),
    Column("source", Text, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", _PERSON, nullable=False),
)

# An agency that wants what is seen under another's indicator too.
interest = Table(
    "interest",
    metadata,
    Column("indicator_id", _ID, primary_key=True),
    Column("agency", _AGENCY, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

briefing = Table(
    "briefing",
    metadata,
    Column("agency", _AGENCY, primary_key=True),
    Column("person", _PERSON, primary_key=True),
    Column("indicator_id", _ID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("recorded_by", _PERSON, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
)

# `business_id`, `picked` and card_record are of the view of the card's own agency, and are never shown to another.
card = Table(
    "card",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("officer", _PERSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("purpose", String(63), nullable=False),
    Column("business_id", _ID),
    Column("followed_at", UtcDateTime),
    Column("picked", String(500)),
    Column("place", JSON, nullable=False),
    Column("area", String(10)),
    Column("seen_at", UtcDateTime),
    Column("text", Text),
    Column("reach_me", String(200)),
    Index("ix_card_officer", "agency", "officer", "filed_at", "id"),
    Index("ix_card_business", "business_id"),
)

card_indicator = Table(
    "card_indicator",
    metadata,
    Column("card", _ID, primary_key=True),
    Column("indicator_id", _ID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("briefed", Boolean, nullable=False),
)

card_record = Table(
    "card_record",
    metadata,
    Column("record_id", _ID, primary_key=True),
    Column("card", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
)

# Of the place that the card names to others, so that who sees the card may know what it has in common with another.
card_trait = Table(
    "card_trait",
    metadata,
    Column("key", _ID, primary_key=True),
    Column("card", _ID, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("sentence", Text, nullable=False),
    Index("ix_card_trait_card", "card"),
)

# Filed while the linker was away: their traits are still to be asked for.
card_untraced = Table(
    "card_untraced",
    metadata,
    Column("agency", _AGENCY, primary_key=True),
    Column("card", _ID, primary_key=True),
)

card_photo = Table(
    "card_photo",
    metadata,
    Column("card", _ID, primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

# By `due_at` the next step is due, at `look_at` the clock is to be looked at; both are empty once it has ended, and
# while it is withdrawn, since no power lets the receiver have it.
# `met` are the conditions of the legal gateway that were met for this one disclosure, sorted, with commas.
referral = Table(
    "referral",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("card", _ID, nullable=False, index=True),
    Column("from_agency", _AGENCY, nullable=False),
    Column("to_agency", _AGENCY, nullable=False),
    Column("regime", String(63)),
    Column("purpose", String(63), nullable=False),
    Column("met", String(200), nullable=False),
    Column("trained", Boolean, nullable=False),
    Column("follows", _ID),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("look_at", UtcDateTime),
    Column("escalations", Integer, nullable=False),
    Column("taken_by", _PERSON),
    Column("feedback", String(20)),
    Column("closed_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    Index("ix_referral_due", "to_agency", "due_at", "id"),
    Index("ix_referral_in", "to_agency", "received_at", "id"),
    Index("ix_referral_out", "from_agency", "received_at", "id"),
    Index("ix_referral_look", "look_at"),
    Index("ix_referral_gave", "to_agency", "from_agency", "met"),
)

# A referral to be: as it will be once a power lets it go.
withheld = Table(
    "withheld",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("card", _ID, nullable=False, index=True),
    Column("from_agency", _AGENCY, nullable=False),
    Column("to_agency", _AGENCY, nullable=False),
    Column("regime", String(63)),
    Column("purpose", String(63), nullable=False),
    Column("met", String(200), nullable=False),
    Column("trained", Boolean, nullable=False),
    Column("indicators", JSON, nullable=False),
)

referral_indicator = Table(
    "referral_indicator",
    metadata,
    Column("referral", _ID, primary_key=True),
    Column("indicator_id", _ID, primary_key=True),
    Index("ix_referral_indicator", "indicator_id"),
)

referral_step = Table(
    "referral_step",
    metadata,
    Column("referral", _ID, primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agency", _AGENCY, nullable=False),
    Column("person", _PERSON),
    Column("step", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("words", Text),
    Column("feedback", String(20)),
    Index("ix_referral_step_at", "at"),
)
