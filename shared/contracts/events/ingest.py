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
    """uk.joinedup.record.retracted.v1: nothing may be inferred from it any more. `deleted` also of one that its
    agency may not share any more; `source_ref` is empty where what the record said was destroyed."""

    reason: RetractionReason


class FeedStale(EventData):
    """uk.joinedup.feed.stale.v1: silence beyond the frequency that the feed declared."""

    feed: str
    agency: str
    last_received_at: AwareDatetime | None
    expected_every_hours: float


class RecordsDisposed(EventData):
    """uk.joinedup.records.disposed.v1: time for which some records of a feed were kept is over, and they were
    destroyed: in the store of ingest, in the log and, by their retraction, in the graph."""

    disposal: str
    feed: str
    agency: str
    category: str
    records: int = Field(ge=1)
    not_sent_since: AwareDatetime = Field(description="The agency had not sent any of them since then")
    days: int = Field(ge=1, description="For which they were kept")
    rule: str = Field(description="What set that time: `feed`, or `category` where the partnership's rule is shorter")
    source: str | None
