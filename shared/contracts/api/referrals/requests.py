"""Requests for information: one question to one agency about one premises or person, under one power, on a clock.

Source: seed ¶20, ¶39, ¶50, inventory 16-20: hit or no hit first, and the answer is for who asked alone.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue, model_validator

from shared.contracts.api.referrals.contacts import ContactSaid, Line, OfficerSaid
from shared.contracts.api.sharing import SLUG, NoOnwardSharing
from shared.contracts.envelope import Contract

REQUEST = r"^rfi_[0-9a-f]{32}$"
POSTCODE = r"^[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}$"

Slug = Annotated[str, Field(pattern=SLUG)]
Says = Annotated[str, Field(min_length=1, max_length=2000)]
Values = dict[Slug, JsonValue]


class FieldType(StrEnum):
    people = "people"
    text = "text"
    number = "number"
    day = "day"
    confirmation = "confirmation"


class Confirmation(StrEnum):
    confirmed = "confirmed"
    denied = "denied"
    cannot_say = "cannot_say"


class About(StrEnum):
    premises = "premises"
    person = "person"


class QuestionField(Contract):
    id: Slug
    title: str
    type: FieldType


class AnswerField(QuestionField):
    group: Slug = Field(description="The group of fields that a legal gateway must open for it")


class Clock(Contract):
    """In hours. A reminder goes out `remind_hours` before either is over, an escalation when it is."""

    hit_hours: int = Field(gt=0, description="From the sending to hit or no hit")
    answer_hours: int = Field(gt=0, description="From the hit to the answer")
    remind_hours: int = Field(gt=0)


class Kind(Contract):
    """What is asked and answered, who must authorise it, and by when."""

    id: Slug
    title: str
    source: str
    starts: date
    ends: date | None = None
    legal_review: Literal["needed", "done"]
    about: About
    topic: Slug = Field(description="Of the contact who answers")
    authority: bool = Field(description="Whether an authorising officer of your agency must approve each request")
    question: tuple[QuestionField, ...]
    answer: tuple[AnswerField, ...] = Field(min_length=1)
    clock: Clock
    keep_days: int = Field(gt=0, description="An answer is destroyed so long after it was given")


class NamedPerson(Contract):
    name: Line
    date_of_birth: date | None = None


class NamedPremises(Contract):
    """One premises, in your own words: what you learnt of it from others is not passed on unless you write it."""

    name: Line
    address: Line
    postcode: str = Field(pattern=POSTCODE)


class NewRequest(Contract):
    kind: Slug
    to: Slug = Field(description="The agency that is asked")
    premises: NamedPremises | None = None
    person: NamedPerson | None = None
    question: Values = Field(default_factory=dict, max_length=20, description="The fields that the kind asks for")
    necessity: str = Field(
        min_length=20, max_length=2000, description="Why it is necessary and proportionate in this one case"
    )
    business_id: str | None = Field(
        default=None, pattern=r"^biz_[a-z2-7]{20}$", description="For yourself: the business as you see it"
    )

    @model_validator(mode="after")
    def _about_one(self) -> "NewRequest":
        if (self.premises is None) == (self.person is None):
            raise ValueError("a request is about one premises or one person")
        return self


class Reason(Contract):
    says: Says


class Consented(Contract):
    originator_consent: bool = Field(default=False, description="What came from others is told with their consent")


class NewHit(Consented):
    hit: bool = Field(description="Whether you hold something that answers it; not yet what")


class NewAnswer(Consented):
    values: Values = Field(max_length=20, description="The fields of the kind's answer that your power opens")


class Status(StrEnum):
    awaiting_authority = "awaiting_authority"
    sent = "sent"
    hit = "hit"
    no_hit = "no_hit"
    answered = "answered"
    refused = "refused"
    withdrawn = "withdrawn"


class Step(StrEnum):
    ask = "ask"
    authorise = "authorise"
    hit = "hit"
    no_hit = "no_hit"
    answer = "answer"
    refuse = "refuse"
    withdraw = "withdraw"


class StepTaken(Contract):
    step: Step
    at: AwareDatetime
    agency: str
    by: OfficerSaid | None = Field(description="As the agency's contacts name them; nothing if they do not")
    says: str | None


class ChaseKind(StrEnum):
    reminder = "reminder"
    escalation = "escalation"


class Chase(Contract):
    """That somebody was chased. `role` is whose turn it was to answer."""

    kind: ChaseKind
    at: AwareDatetime
    role: str | None = Field(description="None if the agency has named no contact for the topic")


class RequestSummary(Contract):
    id: str
    kind: str
    asker: str
    answerer: str
    status: Status
    sent_at: AwareDatetime | None
    due_at: AwareDatetime | None = Field(description="Of the next step of who is asked")
    escalated: bool
    turnaround_hours: float | None = Field(description="From the sending to the end; none while it is open")


class RequestSaid(RequestSummary):
    """A request as one of its two agencies sees it."""

    purpose: str
    premises: NamedPremises | None
    person: NamedPerson | None
    question: Values
    business_id: str | None = Field(description="To who asked alone")
    contact: ContactSaid | None = Field(description="Who has it today at the agency that is asked")
    power: str | None = Field(description="Under which the agency may answer today; none if it may not")
    no_onward_sharing: NoOnwardSharing
    speak_to: str | None = Field(description="After a hit: the contact that the power names")
    steps: tuple[StepTaken, ...]
    chased: tuple[Chase, ...]
    answer: Values | None = Field(description="To who asked, who authorised it and who answered, and nobody else")
    withheld: str | None = Field(description="Why an answer that was given is not shown to you")


class RequestPage(Contract):
    """Newest first."""

    items: tuple[RequestSummary, ...]
    next: str | None = None


class Turnaround(Contract):
    """Of requests of one kind between two agencies that have come to an end."""

    kind: str
    asker: str
    answerer: str
    median_hours: float
    ended: int
    definition: str
    list: str = Field(description="Address of the requests behind the number")
