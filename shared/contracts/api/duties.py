"""The rights of the people whom records, and what people write here, name; and the time for which both are kept."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from shared.contracts.api.audit import Disclosure
from shared.contracts.api.sharing import SLUG, ConditionKind, Level
from shared.contracts.envelope import Contract
from shared.contracts.law import Law
from shared.contracts.record import Record

MOST_RECORDS = 100


class Right(StrEnum):
    """`unrestriction` ends a restriction. `hold` is the agency's own: what is needed for a prosecution is neither
    erased nor disposed of until `unhold`."""

    erasure = "erasure"
    rectification = "rectification"
    restriction = "restriction"
    unrestriction = "unrestriction"
    hold = "hold"
    unhold = "unhold"


class ItemKind(StrEnum):
    """What people write here. `feedback`, `answer`, `attendance` and `operation_consent` have the id of what they are
    about, and are of the agency that wrote them."""

    card = "card"
    feedback = "feedback"
    intelligence = "intelligence"
    sanitised = "sanitised"
    request = "request"
    answer = "answer"
    agenda = "agenda"
    minute = "minute"
    action = "action"
    officer = "officer"
    visit = "visit"
    attendance = "attendance"
    outcome = "outcome"
    tasking_decision = "tasking_decision"
    link_decision = "link_decision"
    operation = "operation"
    operation_consent = "operation_consent"
    operation_need = "operation_need"
    primary_authority = "primary_authority"
    override = "override"


class ItemRef(Contract):
    kind: ItemKind
    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=40)


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


RequestId = Annotated[str, StringConstraints(pattern=r"^req_[0-9a-f]{32}$")]
_OF_RECORDS = (Right.restriction, Right.unrestriction)


class NewDataRequest(Contract):
    """A request about records of one of your own feeds, about what your people wrote, or about both, as you have
    decided it."""

    request_id: RequestId | None = Field(
        default=None,
        description="Yours to choose, or that of a request that not all answered: nothing is done twice",
    )
    right: Right
    feed: str | None = Field(default=None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    source_refs: tuple[str, ...] = Field(
        default=(), max_length=MOST_RECORDS, description="Of the feed's records, as your own rows have them"
    )
    items: tuple[ItemRef, ...] = Field(default=(), max_length=MOST_RECORDS, description="What your people wrote")
    asked_by: AskedBy
    case_reference: str | None = Field(
        default=None, max_length=100, pattern=r"^[A-Za-z0-9./_-]+$", description="Your own; it names nobody"
    )
    outcome: Outcome
    ground: str = Field(pattern=SLUG, description="An id of GET /v1/data-requests/grounds")
    second_ground: str | None = Field(
        default=None, pattern=SLUG, description="Where some of it is processed under the other law: that one's"
    )
    row: dict[str, str] | None = Field(
        default=None, description="Of a rectification of one record: the row as it should be, with your own columns"
    )
    words: dict[str, Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]] | None = Field(
        default=None, description="Of a rectification of one item: its words as they should be, by name"
    )
    review_on: date | None = Field(default=None, description="Of a hold: when somebody asks whether it is still needed")

    @property
    def is_granted(self) -> bool:
        return self.outcome is Outcome.granted

    @model_validator(mode="after")
    def _is_about_something(self) -> "NewDataRequest":
        if (self.feed is None) != (not self.source_refs) or not (self.source_refs or self.items):
            raise ValueError("Give a feed with source_refs, or items, or both.")
        if self.items and self.right in _OF_RECORDS:
            raise ValueError("Only records are restricted: say items of another right, or records of this one.")
        if (self.review_on is None) == (self.right is Right.hold and self.is_granted):
            raise ValueError("Give review_on with a hold, and with nothing else.")
        return self

    @model_validator(mode="after")
    def _puts_one_right(self) -> "NewDataRequest":
        granted = self.right is Right.rectification and self.is_granted
        if self.row is not None and not (granted and len(self.source_refs) == 1):
            raise ValueError("Give a row with a granted rectification of one record, and with nothing else.")
        if (self.words is not None) != (granted and bool(self.items)) or (
            self.words is not None and len(self.items) > 1
        ):
            raise ValueError("Give words with a granted rectification of one item, and with nothing else.")
        return self


class Said(StrEnum):
    """`no_answer`: it is not known whether the service did it. Ask again under the same request_id."""

    done = "done"
    refused = "refused"
    no_answer = "no_answer"


class Part(Contract):
    """What one service did of a request."""

    service: str
    said: Said
    why: str | None = None


class DataRequest(Contract):
    """What was asked and decided. It names records and items by id, which outlives what they said."""

    id: str
    right: Right
    feed: str | None
    record_ids: tuple[str, ...]
    items: tuple[ItemRef, ...]
    asked_by: AskedBy
    case_reference: str | None
    outcome: Outcome
    grounds: tuple[Ground, ...]
    review_on: date | None
    decided_by: str
    decided_at: AwareDatetime
    parts: tuple[Part, ...] = Field(default=(), description="Which service did its part; all of them, or ask again")


class Hold(Contract):
    """Why something is neither erased nor disposed of."""

    kind: ItemKind | None = Field(description="None of a record")
    item: str = Field(description="The id of the item, or of the record")
    request: str = Field(description="The request by which it was held")
    ground: Ground
    case_reference: str | None
    review_on: date
    held_by: str
    held_at: AwareDatetime


class Disposal(Contract):
    """Records, or what people wrote, that were destroyed because the time for which they were kept is over."""

    id: str
    feed: str | None
    kind: ItemKind | None
    category: str
    records: int = Field(description="How many of them")
    not_sent_since: AwareDatetime = Field(description="Nothing of them was sent, or done with them, since then")
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
    given: tuple[Disclosure, ...] = Field(default=(), description="Who was given it, newest first: from the audit log")


class HeldRow(Contract):
    """A row that could not be used, is kept in quarantine, and fits."""

    feed: str
    submission: str
    row: int
    values: dict[str, str]
    received_at: AwareDatetime


class Exemption(Contract):
    """What may keep something from being told. It is pointed out; a person decides, and nothing was left out for it."""

    id: str = Field(pattern=SLUG)
    law: Law
    statute: str
    section: str
    url: str
    says: str
    as_of: date
    legal_review: str


class Attached(Contract):
    """A photograph, as it is kept."""

    id: str
    media_type: str
    content: str = Field(description="Base64")


class HeldItem(Contract):
    """What somebody of the agency wrote, if it fits."""

    kind: ItemKind
    id: str
    category: str
    law: Law
    noted_by: str | None = Field(description="Where it comes from: who of the agency wrote it down")
    ongoing: bool = Field(description="A referral, request or visit is not over")
    says: dict[str, Any]
    attached: tuple[Attached, ...]
    recipients: tuple[Recipient, ...]
    given: tuple[Disclosure, ...] = Field(default=(), description="Who was given it, newest first: from the audit log")
    keep_until: AwareDatetime | None = Field(description="None while it is ongoing or held")
    kept_by: str = Field(description="The rule for how long, and its source")
    hold: Hold | None
    exemptions: tuple[Exemption, ...]


class Answered(Contract):
    """Whether a service was reached. What one holds that was not is missing here: ask again."""

    service: str
    answered: bool


class SubjectAccess(Contract):
    """All that the agency holds here of a person. Look through it for details of others before it is handed over."""

    agency: str
    as_of: AwareDatetime
    purpose: str = Field(description="For which the partnership shares records, unless a recipient's say otherwise")
    records: tuple[HeldRecord, ...] = ()
    rows: tuple[HeldRow, ...] = ()
    items: tuple[HeldItem, ...] = ()
    services: tuple[Answered, ...] = ()

    @property
    def is_whole(self) -> bool:
        return all(one.answered for one in self.services)
