"""What the ingest API answers. A feed's own specification is ingest's; everything else that crosses is here."""

from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Contract
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Record


class SubmissionKind(StrEnum):
    record = "record"
    batch = "batch"
    file = "file"
    pull = "pull"
    resubmit = "resubmit"


class SubmissionStatus(StrEnum):
    """`held`: every row is in, and a snapshot's retractions wait for a person. `failed`: our fault, not yours."""

    receiving = "receiving"
    queued = "queued"
    working = "working"
    held = "held"
    done = "done"
    refused = "refused"
    failed = "failed"


class RowOutcome(StrEnum):
    stored = "stored"
    corrected = "corrected"
    unchanged = "unchanged"
    retracted = "retracted"
    rejected = "rejected"


class QuarantineStatus(StrEnum):
    open = "open"
    resubmitted = "resubmitted"
    discarded = "discarded"


class Counts(Contract):
    """Rows by outcome. `retracted` also counts the records that left a snapshot, which have no row."""

    stored: int = Field(default=0, ge=0)
    corrected: int = Field(default=0, ge=0)
    unchanged: int = Field(default=0, ge=0)
    retracted: int = Field(default=0, ge=0)
    rejected: int = Field(default=0, ge=0)


class RowResult(Contract):
    row: int = Field(ge=1, description="The row's number in what was sent, from 1")
    outcome: RowOutcome
    source_ref: str | None = Field(default=None, description="None where the row could not be identified")
    record_id: str | None = None
    version: int | None = Field(default=None, description="The record's version after this row")
    issues: tuple[FieldProblem, ...] = Field(
        default=(), description="Why it was rejected, or what was doubtful in a row that was kept"
    )


class Hold(Contract):
    """Why a snapshot's retractions wait: confirm or discard them."""

    reason: str
    would_retract: int = Field(ge=1)
    share: float = Field(ge=0, le=1, description="Of the records that the feed had before this snapshot")


class Receipt(Contract):
    """What became of a submission."""

    id: str
    feed: str
    kind: SubmissionKind
    mode: str = Field(description="snapshot or delta")
    spec_version: int
    status: SubmissionStatus
    progress: int = Field(ge=0, description="The last row that is safely in")
    counts: Counts
    hold: Hold | None = None
    problems: tuple[FieldProblem, ...] = Field(default=(), description="Why the whole submission was refused")
    resubmits: str | None = Field(default=None, description="The submission whose quarantined rows these are")
    rows: tuple[RowResult, ...] = Field(default=(), description="Of a record or a batch; for a file see /rows")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None


class QuarantinedRow(Contract):
    """A rejected row as the agency sent it. `values` is None where the row could not be read as columns."""

    row: int
    values: dict[str, str] | None
    errors: tuple[FieldProblem, ...]
    status: QuarantineStatus


ItemT = TypeVar("ItemT")


class Page(Contract, Generic[ItemT]):
    """`next` is the `cursor` of the following page; None on the last."""

    items: tuple[ItemT, ...]
    next: str | None = None


class FeedSummary(Contract):
    id: str
    title: str
    agency: str
    regime: str
    category: str
    version: int = Field(ge=1)
    paused: bool


class FeedVersion(Contract):
    version: int = Field(ge=1)
    spec: dict[str, Any]
    created_at: AwareDatetime
    created_by: str


class FeedStatus(Contract):
    """How fresh a feed is. `age_hours` is counted from the last arrival, None if nothing ever arrived."""

    feed: str
    paused: bool
    records: int = Field(ge=0, description="Records that the agency holds now")
    last_received_at: AwareDatetime | None
    age_hours: float | None
    expected_every_hours: float
    stale: bool
    open_quarantine: int = Field(ge=0)
    waiting_submissions: int = Field(ge=0, description="Received and not yet finished, held ones included")
    pull_due_at: AwareDatetime | None = None
    pull_problem: FieldProblem | None = None


class RecordVersion(Contract):
    """`record` is None for a retraction, and once retention has ended and the content was erased."""

    version: int = Field(ge=1)
    received_at: AwareDatetime
    record: Record | None
    retracted: str | None = Field(default=None, description="The reason, if this version is a retraction")


class RecordHistory(Contract):
    """A record as the agency sent it, with every version, newest first."""

    record_id: str
    feed: str
    source_ref: str
    version: int
    deleted: bool
    versions: tuple[RecordVersion, ...]


class PreviewRow(Contract):
    row: int
    source_ref: str | None = None
    record: Record | None = None
    deleted: bool = False
    errors: tuple[FieldProblem, ...] = ()
    warnings: tuple[FieldProblem, ...] = ()


class Preview(Contract):
    """What the mapping would make of the sample. Nothing was stored."""

    rows: tuple[PreviewRow, ...]
    problems: tuple[FieldProblem, ...] = Field(default=(), description="Why the sample as a whole would be refused")
    absent_columns: tuple[str, ...] = Field(default=(), description="Mapped columns that no row of the sample has")


class AreaCount(Contract):
    area: str | None = Field(description="Outward postcode, e.g. UB1; None where the records do not say")
    records: int


class FeedCoverage(Contract):
    """What a feed holds: how much, from where, for which period, how old."""

    feed: str
    agency: str
    regime: str
    category: str
    records: int
    areas: tuple[AreaCount, ...]
    earliest: date | None = Field(description="Earliest date of observation")
    latest: date | None
    last_received_at: AwareDatetime | None
    age_hours: float | None
    stale: bool


class AgencyCount(Contract):
    agency: str
    records: int


class Coverage(Contract):
    """What you may know of who has submitted what, and whether a comparison of it would mislead."""

    agencies: tuple[AgencyCount, ...]
    feeds: tuple[FeedCoverage, ...]
    warnings: tuple[str, ...]
    definition: str
