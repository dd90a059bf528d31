"""The tables of tasking and operations.

What is stored of a business is its id in the view of the agency that decided; what partners know of it is asked of the
graph again whenever somebody looks, so that a rule that is revoked takes it away here too.
"""

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, String, Table, Text

from services.calendar.store.tables import metadata
from shared.runtime.db import UtcDateTime

_ID = String(40)
_AGENCY = String(80)
_PERSON = String(320)

tasking_list = Table(
    "tasking_list",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("day", Date, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("made_by", _PERSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index("ix_calendar_tasking_list_agency", "agency", "made_at", "id"),
)

# It is about whichever business has the record `record_id`, one behind its heaviest concern; `regimes` is 0 where it is
# listed for nothing but a review that was due on `review_on`.
tasking_entry = Table(
    "tasking_entry",
    metadata,
    Column("list", _ID, primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("business_id", _ID, nullable=False),
    Column("record_id", _ID),
    Column("followed_at", UtcDateTime),
    Column("regimes", Integer, nullable=False),
    Column("matched_on", Date),
    Column("review_on", Date),
    Index("ix_calendar_tasking_entry_business", "agency", "business_id"),
    Index("ix_calendar_tasking_entry_record", "record_id"),
)

# A later decision on an entry takes the place of an earlier one: `stands` is false from then on.
tasking_decision = Table(
    "tasking_decision",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("list", _ID, nullable=False),
    Column("business_id", _ID, nullable=False),
    Column("record_id", _ID),
    Column("followed_at", UtcDateTime),
    Column("matched_on", Date),
    Column("decision", String(20), nullable=False),
    Column("because", String(40)),
    Column("reason", Text, nullable=False),
    Column("lead", _AGENCY),
    Column("agencies", JSON, nullable=False),
    Column("visits_avoided", Integer, nullable=False),
    Column("visit", _ID),
    Column("review_on", Date),
    Column("decided_on", Date, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("decided_by", _PERSON, nullable=False),
    Column("stands", Boolean, nullable=False),
    Index("ix_calendar_tasking_decision_agency", "agency", "decided_at", "id"),
    Index("ix_calendar_tasking_decision_business", "agency", "business_id"),
    Index("ix_calendar_tasking_decision_list", "list"),
    Index("ix_calendar_tasking_decision_record", "record_id"),
)

# `said` goes along with the visit that is planned from it, and leaves this table.
chair_override = Table(
    "chair_override",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("business_id", _ID, nullable=False),
    Column("said", JSON, nullable=False),
    Column("decided_by", _PERSON, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
)

primary_authority = Table(
    "primary_authority",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("trait", _ID, nullable=False),
    Column("said", JSON, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date),
    Column("noted_by", _PERSON, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Index("ix_calendar_primary_authority_agency", "agency", "noted_at"),
)

operation = Table(
    "operation",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("title", String(200), nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("programme", JSON, nullable=False),
    Column("follow_up_until", Date, nullable=False),
    Column("made_by", _PERSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("approved_at", UtcDateTime),
    Column("in_spite_of", Text),
    Index("ix_calendar_operation_agency", "agency", "made_at", "id"),
)

# `met` are the conditions of the legal gateway that were met for this one disclosure. The owner has a row too.
operation_partner = Table(
    "operation_partner",
    metadata,
    Column("operation", _ID, primary_key=True),
    Column("agency", _AGENCY, primary_key=True),
    Column("met", JSON, nullable=False),
    Column("consent", String(10), nullable=False),
    Column("officer_days", Float),
    Column("said", Text),
    Column("answered_by", _PERSON),
    Column("answered_at", UtcDateTime),
    Index("ix_calendar_operation_partner_agency", "agency"),
)

operation_need = Table(
    "operation_need",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("operation", _ID, nullable=False),
    Column("agency", _AGENCY, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("words", String(300), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Index("ix_calendar_operation_need_operation", "operation"),
)

operation_offer = Table(
    "operation_offer",
    metadata,
    Column("need", _ID, primary_key=True),
    Column("agency", _AGENCY, primary_key=True),
    Column("amount", Integer, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
)

# `agency` made the visit, and attached it.
operation_visit = Table(
    "operation_visit",
    metadata,
    Column("operation", _ID, primary_key=True),
    Column("visit", _ID, primary_key=True),
    Column("agency", _AGENCY, nullable=False),
)
