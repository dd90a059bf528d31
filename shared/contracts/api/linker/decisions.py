"""What people decide about two records, and which two to look at next."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.contracts.envelope import Contract

RecordId = Annotated[str, StringConstraints(pattern=r"^rec_[a-z2-7]{20}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000, pattern=r"^[^\x00]*$")]


class Verdict(StrEnum):
    same = "same"
    different = "different"
    unsure = "unsure"
    withdrawn = "withdrawn"


class Opinion(StrEnum):
    """What a person can decide about two records."""

    same = "same"
    different = "different"
    unsure = "unsure"


class DecisionRequest(Contract):
    """The same again by the same person, with nothing decided since, is the same decision."""

    records: tuple[RecordId, RecordId] = Field(description="Two records that you see, in either order")
    verdict: Opinion
    reason: Reason = Field(description="Why, for whoever reads it later")


class WithdrawalRequest(Contract):
    reason: Reason = Field(description="Why it is taken back")


class Decision(Contract):
    """Never changed. The latest of an agency on a pair counts; one that is `withdrawn` takes back the one before."""

    decision_id: str
    a: str
    b: str
    verdict: Verdict
    agency: str
    person: str = Field(description="The subject of the token of who decided")
    reason: str
    decided_at: datetime
    supersedes: str | None = Field(description="The decision of the same agency on the same records before this one")
    in_force: bool


class DecisionTaken(Contract):
    """`warnings` say what the decision clashes with: the records' own evidence, or what others decided."""

    decision: Decision
    one_business: bool = Field(description="Whether the two records are now one business for your agency")
    business_ids: tuple[str, ...] = Field(description="The business that they are in, or the two")
    warnings: tuple[str, ...]


class ComparedRecord(Contract):
    record_id: str
    business_id: str
    name: str | None
    address: str | None
    agency: str
    feed: str
    source_ref: str


class DecisionPage(Contract):
    """Newest first. `next` is the `cursor` of the page after this one."""

    decisions: tuple[Decision, ...]
    records: tuple[ComparedRecord, ...] = Field(description="Those that they are about")
    next: str | None = None


class Question(Contract):
    """Two records that only a person can tell, with what hangs on the answer."""

    a: ComparedRecord
    b: ComparedRecord
    weight: float = Field(description="Bits of evidence that they are one business: each doubles the odds")
    sentences: tuple[str, ...] = Field(description="What comparing them found, the weightiest first")
    one_business: bool = Field(description="Whether they are taken for one as things stand")
    value: float = Field(description="Uncertainty, 1 at the threshold, times what hangs on the answer (1 to 4)")
    asked_because: str
    compare: str = Field(description="Address of the comparison of the two")


class ReviewQueue(Contract):
    """The most valuable first. `next` is the `cursor` of the page after this one."""

    questions: tuple[Question, ...]
    next: str | None = None
