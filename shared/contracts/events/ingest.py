"""What ingest says. `ingest.records` is readable by the linker alone (see deploy/): it carries what linking needs."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import EventData
from shared.contracts.record import Record

RECORDS_TOPIC = "ingest.records"
FEEDS_TOPIC = "ingest.feeds"


class RecordProvenance(EventData):
    record_id: str
    feed: str
    agency: str
    regime: str
    category: str = Field(description="Data category, the thing that sharing rules speak of")
    source_ref: str
    version: int = Field(ge=1)
    received_at: AwareDatetime


class RecordReceived(RecordProvenance):
    """uk.joinedup.record.received.v1: a source reference not seen before, or seen again after its retraction."""

    record: Record


class RecordCorrected(RecordProvenance):
    """uk.joinedup.record.corrected.v1: a new version of a record; it replaces the one before."""

    record: Record


class RetractionReason(StrEnum):
    deleted = "deleted"
    left_snapshot = "left_snapshot"
    retention_ended = "retention_ended"


class RecordRetracted(RecordProvenance):
    """uk.joinedup.record.retracted.v1: the agency no longer holds it; nothing may be inferred from it any more."""

    reason: RetractionReason


class FeedStale(EventData):
    """uk.joinedup.feed.stale.v1: silence beyond the frequency that the feed declared."""

    feed: str
    agency: str
    last_received_at: AwareDatetime | None
    expected_every_hours: float
