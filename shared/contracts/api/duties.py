"""What ingest answers about the rights of the people whom records name, and the time for which records are kept."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.api.sharing import SLUG, ConditionKind, Level
from shared.contracts.envelope import Contract
from shared.contracts.law import Law
from shared.contracts.record import Record

MOST_RECORDS = 100


class Right(StrEnum):
    """`unrestriction` ends a restriction."""

    erasure = "erasure"
    rectification = "rectification"
    restriction = "restriction"
    unrestriction = "unrestriction"


class AskedBy(StrEnum):
    """In which role, never by name. `agency`: of its own accord."""

    data_subject = "data_subject"
    representative = "representative"
    agency = "agency"
    regulator = "regulator"
    court = "court"


class Outcome(StrEnum):
    granted = "granted"
    refused = "refused"


class Ground(Contract):
    """Why a request may be granted or refused. Dated, with its source; it waits for a lawyer's review."""

    id: str = Field(pattern=SLUG)
    rights: tuple[Right, ...]
    law: Law
    outcome: Outcome
    statute: str
    section: str
    url: str
    says: str
    as_of: date
    legal_review: str


class NewDataRequest(Contract):
    """A request about records of one of your own feeds, as you have decided it."""

    right: Right
    feed: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    source_refs: tuple[str, ...] = Field(
        min_length=1, max_length=MOST_RECORDS, description="As your own rows have them"
    )
    asked_by: AskedBy
    case_reference: str | None = Field(
        default=None, max_length=100, pattern=r"^[A-Za-z0-9./_-]+$", description="Your own; it names nobody"
    )
    outcome: Outcome
    ground: str = Field(pattern=SLUG, description="An id of GET /v1/data-requests/grounds")
    row: dict[str, str] | None = Field(
        default=None, description="Of a rectification of one record: the row as it should be, with your own columns"
    )

    @model_validator(mode="after")
    def _row_belongs_to_one_rectification(self) -> "NewDataRequest":
        granted = self.right is Right.rectification and self.outcome is Outcome.granted
        if self.row is not None and not (granted and len(self.source_refs) == 1):
            raise ValueError("Give a row with a granted rectification of one record, and with nothing else.")
        return self


class DataRequest(Contract):
    """What was asked and decided. It names records by id, which outlives what they said."""

    id: str
    right: Right
    feed: str
    record_ids: tuple[str, ...]
    asked_by: AskedBy
    case_reference: str | None
    outcome: Outcome
    ground: Ground
    decided_by: str
    decided_at: AwareDatetime


class Disposal(Contract):
    """Records that were destroyed because the time for which they were kept is over."""

    id: str
    feed: str
    category: str
    records: int
    not_sent_since: AwareDatetime
    days: int
    rule: str
    source: str | None
    review_on: date | None
    disposed_at: AwareDatetime


class Subject(Contract):
    """Whom records are searched for: by a name, and by anything else that identifies. One that fits is enough."""

    name: str | None = Field(default=None, min_length=2, max_length=300, description="All of its words, in any order")
    date_of_birth: date | None = Field(
        default=None, description="Leaves out people of the name whose record gives another"
    )
    phones: tuple[str, ...] = Field(default=(), max_length=20)
    emails: tuple[str, ...] = Field(default=(), max_length=20)
    numbers: tuple[str, ...] = Field(
        default=(), max_length=20, description="Company, VAT, charity and licence numbers, and your own references"
    )

    @model_validator(mode="after")
    def _says_something(self) -> "Subject":
        if not (self.name or self.phones or self.emails or self.numbers):
            raise ValueError("Give a name, or another thing that identifies.")
        return self


class Recipient(Contract):
    """An agency that may have the record today, and under what."""

    agency: str
    level: Level
    purposes: tuple[str, ...]
    legal_gateway: str
    statute: str
    section: str
    conditions: tuple[ConditionKind, ...] = Field(description="To be met before each disclosure")


class HeldVersion(Contract):
    version: int
    received_at: AwareDatetime
    record: Record | None = Field(description="None where the version is a retraction, or was destroyed")


class HeldRecord(Contract):
    """A record that fits, with all that is still held of it."""

    record_id: str
    feed: str
    source_ref: str
    category: str
    law: Law
    restricted: bool
    retracted: bool
    source: str | None = Field(description="Where the feed says its data come from")
    recipients: tuple[Recipient, ...]
    keep_until: AwareDatetime = Field(description="It is destroyed then, unless the agency sends it again before")
    versions: tuple[HeldVersion, ...]


class HeldRow(Contract):
    """A row that could not be used, is kept in quarantine, and fits."""

    feed: str
    submission: str
    row: int
    values: dict[str, str]
    received_at: AwareDatetime


class SubjectAccess(Contract):
    """All that the agency holds here of a person. Look through it for details of others before it is handed over."""

    agency: str
    as_of: AwareDatetime
    purpose: str = Field(description="For which the partnership shares records, unless a recipient's say otherwise")
    records: tuple[HeldRecord, ...]
    rows: tuple[HeldRow, ...]
