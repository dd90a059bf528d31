"""The tables of calendar.

What partners may clash with is `place_key`: keys of the place as it was picked, nothing else. What a visit is compared
by is `reach`: keys of its own agency's view, which no other agency's answer depends on.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from shared.duties.tables import duty_tables
from shared.runtime.db import UtcDateTime
from shared.runtime.inbox import inbox_table
from shared.runtime.outbox import outbox_table

metadata = MetaData(schema="calendar")
outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
duties = duty_tables(metadata)

_ID = String(40)
_AGENCY = String(80)
_SUBJECT = String(320)
_WORD = String(40)

# `first_on` and `last_on` are days in London. The visit is of whichever business has the record `record_id`; that was
# last said at `followed_at`.
visit = Table(
    "visit",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("status", _WORD, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tier", _WORD, nullable=False),
    Column("lead", _AGENCY, nullable=False),
    Column("purpose", _WORD, nullable=False),
    Column("regimes", JSON, nullable=False),
    Column("letter_on", Date),
    Column("powers", JSON, nullable=False),
    Column("contact", Text),
    Column("referrals", JSON, nullable=False),
    Column("note", Text),
    Column("business_id", _ID),
    Column("record_id", _ID),
    Column("followed_at", UtcDateTime),
    Column("place", JSON, nullable=False),
    Column("area", String(20)),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("is_window", Boolean, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("made_by", _SUBJECT, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("knowing", Text),
    Column("cancelled", _WORD),
    Column("cancelled_by", _AGENCY),
    Column("cancelled_at", UtcDateTime),
    Column("programme", _ID),
    Column("overridden", JSON(none_as_null=True)),
    Column("imported", Boolean, nullable=False),
    Index("ix_calendar_visit_agency", "agency", "first_on"),
    Index("ix_calendar_visit_first", "first_on", "id"),
    Index("ix_calendar_visit_area", "area", "first_on"),
    Index("ix_calendar_visit_business", "business_id"),
    Index("ix_calendar_visit_record", "record_id"),
    Index("ix_calendar_visit_imported", "imported", "ends_at"),
)

place_key = Table(
    "place_key",
    metadata,
    Column("key", _ID, primary_key=True),
    Column("visit", _ID, primary_key=True),
    Index("ix_calendar_place_key_visit", "visit"),
)

reach = Table(
    "reach",
    metadata,
    Column("visit", _ID, primary_key=True),
    Column("key", _ID, primary_key=True),
    Column("how", _WORD, nullable=False),
)

# `answer` is null for the agency that made the visit. `met` are the conditions that it had met for this disclosure.
attendance = Table(
    "attendance",
    metadata,
    Column("visit", _ID, primary_key=True),
    Column("agency", _AGENCY, primary_key=True),
    Column("answer", _WORD),
    Column("met", JSON, nullable=False),
    Column("officers", Integer, nullable=False),
    Column("alone", Integer, nullable=False),
    Column("uniformed", Boolean, nullable=False),
    Column("people", JSON, nullable=False),
    Column("referrals", JSON, nullable=False),
    Column("attended", Boolean),
    Column("officers_sent", Integer),
    Column("withdrew_at", UtcDateTime),
    Index("ix_calendar_attendance_agency", "agency"),
)

outcome = Table(
    "outcome",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("visit", _ID, nullable=False),
    Column("agency", _AGENCY, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("regime", _AGENCY, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("value_pence", BigInteger),
    Column("number", Integer),
    Column("note", Text),
    Column("recorded_by", _SUBJECT, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("ix_calendar_outcome_visit", "visit"),
    Index("ix_calendar_outcome_found", "found_on", "id"),
)

# The token itself is nowhere: whoever reads the store cannot read the feeds.
calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scope", _WORD, nullable=False),
    Column("agency", _AGENCY, nullable=False),
    Column("subject", _SUBJECT, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index("ix_calendar_calendar_feed_agency", "agency", "subject"),
)

# `name` is the agency's own word for the calendar that the entry is in: it has several.
imported = Table(
    "imported",
    metadata,
    Column("agency", _AGENCY, primary_key=True),
    Column("name", _AGENCY, primary_key=True),
    Column("uid", String(300), primary_key=True),
    Column("visit", _ID, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("shown_as", _ID, nullable=False),
)

# What counts is the last to have begun (`counts_from`) of those agreed; none is ever changed but by its one review.
policy = Table(
    "policy",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("status", _WORD, nullable=False),
    Column("starts", Date, nullable=False),
    Column("counts_from", Date),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", JSON, nullable=False),
    Column("agency", _AGENCY, nullable=False),
    Column("made_by", _SUBJECT, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("reviewing_agency", _AGENCY),
    Column("reviewed_by", _SUBJECT),
    Column("reviewed_at", UtcDateTime),
    Column("review", Text),
    Index("ix_calendar_policy_counts", "counts_from"),
)
