"""The tables of contacts, requests, intelligence and agendas."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, String, Table, Text

from services.referrals.store.tables import metadata
from shared.runtime.db import UtcDateTime

officer = Table(
    "officer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("phone", String(200)),
    Column("email", String(200)),
    Column("subject", String(320)),
    Column("left_on", Date),
)

absence = Table(
    "absence",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("officer", String(40), nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
)

# A row is one filling of a role: a succession ends it and begins another, so who had what on a day stays known.
contact = Table(
    "contact",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("role", String(200), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("people", JSON, nullable=False),
    Column("mailbox", String(200)),
    Column("phone", String(200)),
    Column("hours", String(200)),
    Column("digest", String(10), nullable=False),
    Column("no_capacity_until", Date),
    Column("since", Date, nullable=False),
    Column("until", Date),
)

# `since` is when it came into its state, `chase_at` the next moment at which somebody is to be chased. `held_by` is the
# person who has it now: who made it, until they leave.
request = Table(
    "request",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(63), nullable=False),
    Column("asker", String(80), nullable=False, index=True),
    Column("answerer", String(80), nullable=False, index=True),
    Column("purpose", String(63), nullable=False),
    Column("status", String(20), nullable=False),
    Column("held_by", String(320), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("chase_at", UtcDateTime),
    Column("escalated", Boolean, nullable=False, default=False),
    Column("authorised", Boolean, nullable=False, default=False),
    Column("consented", Boolean, nullable=False, default=False),
    Column("business_id", String(40)),
    Column("premises", JSON),
    Column("person", JSON),
    Column("question", JSON, nullable=False),
)
Index("ix_referrals_request_chase", request.c.chase_at, postgresql_where=request.c.chase_at.is_not(None))

# Each step is taken once at most, so who took it, when and why is a row that is never changed.
request_step = Table(
    "request_step",
    metadata,
    Column("request", String(40), primary_key=True),
    Column("step", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agency", String(80), nullable=False),
    Column("subject", String(320), nullable=False),
    Column("says", Text),
)

request_chase = Table(
    "request_chase",
    metadata,
    Column("request", String(40), primary_key=True),
    Column("stage", String(20), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("contact", String(40)),
)

# Apart, so that no list of requests ever holds an answer.
request_answer = Table(
    "request_answer",
    metadata,
    Column("request", String(40), primary_key=True),
    Column("values", JSON, nullable=False),
)

# `text` is the original. It is shown to its own agency's analysts, and nothing takes it from here.
intelligence = Table(
    "intelligence",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("origin", String(80)),
    Column("referral", String(40)),
    Column("text", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("premises", JSON),
    Column("business_id", String(40)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(320), nullable=False),
)

grading = Table(
    "grading",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("intelligence", String(40), nullable=False, index=True),
    Column("says", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
)

# Who the source is, and who looked: apart from all that is said of what it told.
intelligence_source = Table(
    "intelligence_source",
    metadata,
    Column("intelligence", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("reached", String(200)),
    Column("kept_by", String(320), nullable=False),
)

source_reading = Table(
    "source_reading",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("intelligence", String(40), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
    Column("reason", Text, nullable=False),
)

# A copy of what may leave, so that no query for it ever touches the original.
sanitised = Table(
    "sanitised",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("intelligence", String(40), nullable=False, index=True),
    Column("agency", String(80), nullable=False),
    Column("origin", String(80)),
    Column("text", Text, nullable=False),
    Column("grading", JSON, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("premises", JSON),
    Column("business_id", String(40)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", String(320), nullable=False),
    Index("ix_referrals_sanitised_made", "made_at", "id"),
)

# Of a version that is handled with conditions, who may have it besides its own agency.
sanitised_for = Table(
    "sanitised_for",
    metadata,
    Column("sanitised", String(40), primary_key=True),
    Column("agency", String(80), primary_key=True),
)

agenda = Table(
    "agenda",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("series", String(63), nullable=False),
    Column("title", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("chair", String(80), nullable=False),
    Column("chaired_by", String(320), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Index("ix_referrals_agenda_chair", "chair", "series", "at"),
)

attendee = Table(
    "attendee",
    metadata,
    Column("agenda", String(40), primary_key=True),
    Column("officer", String(40), primary_key=True),
    Column("agency", String(80), nullable=False, index=True),
    Column("confirmed_at", UtcDateTime),
)

# `ref` is a business as the chair's agency sees it, or a sanitised version. `says` is what the chair was shown of a
# risk, and `sources` whose records of which category that rests on: it is for those who may have every one of them.
agenda_item = Table(
    "agenda_item",
    metadata,
    Column("id", String(40), nullable=False, unique=True),
    Column("agenda", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("ref", String(40), primary_key=True),
    Column("says", JSON),
    Column("sources", JSON, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

minute = Table(
    "minute",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agenda", String(40), nullable=False, index=True),
    Column("item", String(40)),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
)

action = Table(
    "action",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agenda", String(40), nullable=False, index=True),
    Column("item", String(40)),
    Column("says", Text, nullable=False),
    Column("agency", String(80), nullable=False),
    Column("owner", String(40), nullable=False, index=True),
    Column("due", Date, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("outcome", Text),
)
