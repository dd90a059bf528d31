"""Tasking: the few businesses to talk about this week, what was decided on each and why, and when to look again."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.api.calendar.composer import BusinessId, Words
from shared.contracts.api.calendar.powers import Slug
from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.envelope import Contract

ListId = Annotated[str, Field(pattern=r"^tsk_[0-9a-f]{32}$")]
VisitId = Annotated[str, Field(pattern=r"^vis_[0-9a-f]{32}$")]
Regimes = Annotated[int, Field(ge=1, le=50)]


class NewTaskingList(Contract):
    """Businesses with live concerns in `narrow` or more regimes, filled up to `top` from those with `wide` or more; and
    behind them those that your agency wanted to look at again by today."""

    narrow: Regimes = 3
    wide: Regimes = 2
    top: int = Field(default=10, ge=1, le=50)
    area: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9]{1,10}$", description="Outward postcode, or UB for all"
    )
    sector: str | None = Field(default=None, pattern=r"^[A-Za-z ]{1,50}$")

    @model_validator(mode="after")
    def _narrows(self) -> "NewTaskingList":
        if self.narrow < self.wide:
            raise ValueError("narrow asks for at least as many regimes as wide")
        return self


class Decision(StrEnum):
    visit = "visit"
    no_visit = "no_visit"
    refer = "refer"
    watch = "watch"


class Because(StrEnum):
    """Why there is no visit: it is an outcome too (evaluation ¶48)."""

    dealt_with = "dealt_with"
    better_information = "better_information"
    stale_intelligence = "stale_intelligence"
    another_agency_visits = "another_agency_visits"
    primary_authority = "primary_authority"
    no_power = "no_power"
    no_capacity = "no_capacity"
    contact_suffices = "contact_suffices"
    other = "other"


class NewTaskingDecision(Contract):
    """`visits_avoided` are those that agencies would have made on their own. A later decision takes the place of an
    earlier one; both are kept."""

    decision: Decision
    reason: Words
    lead: Slug | None = Field(default=None, description="Of a visit or a referral")
    agencies: tuple[Slug, ...] = Field(
        default=(), max_length=20, description="Those that are to attend beside the lead"
    )
    because: Because | None = Field(default=None, description="Of no visit")
    visits_avoided: int = Field(default=0, ge=0, le=20)
    visit_id: VisitId | None = Field(default=None, description="The visit that it led to")
    review_on: date | None = None

    @model_validator(mode="after")
    def _says_what_its_decision_needs(self) -> "NewTaskingDecision":
        if self.decision in (Decision.visit, Decision.refer) and self.lead is None:
            raise ValueError("name the agency that leads")
        if (self.decision is Decision.no_visit) is (self.because is None):
            raise ValueError("say because of what there is no visit, and of nothing else")
        if self.visits_avoided and self.decision is Decision.visit:
            raise ValueError("a visit avoids none")
        if self.decision is Decision.watch and self.review_on is None:
            raise ValueError("say when to look again")
        return self


class TaskingDecision(NewTaskingDecision):
    decision_id: str
    list_id: str
    business_id: str
    matched_on: date | None
    days_from_match: int | None = Field(description="From the day on which the records first matched so")
    decided_on: date
    decided_at: AwareDatetime
    decided_by: str
    stands: bool = Field(description="Whether no later decision on this list took its place")


class TaskingDecisionPage(Contract):
    """The latest first."""

    decisions: tuple[TaskingDecision, ...]
    next: str | None = None


class NewPrimaryAuthority(Contract):
    """An entry of the public Primary Authority register, noted so that visits are routed."""

    name: str = Field(min_length=1, max_length=200, description="Of the business or group")
    company_number: str = Field(pattern=r"^[A-Z0-9]{6,10}$")
    authority: str = Field(min_length=1, max_length=200)
    regimes: tuple[Slug, ...] = Field(min_length=1, max_length=20)
    contact: str = Field(min_length=1, max_length=200, description="A mailbox or number, not a person")
    inspection_plan: str | None = Field(default=None, max_length=500, pattern=r"^https://")
    starts: date
    ends: date | None = None


class PrimaryAuthority(NewPrimaryAuthority):
    primary_authority_id: str


class PrimaryAuthorities(Contract):
    entries: tuple[PrimaryAuthority, ...]


class PrimaryAuthorityMark(Contract):
    """The business is in a primary authority's care for these regimes: route through it."""

    authority: str
    regimes: tuple[str, ...]
    contact: str
    inspection_plan: str | None
    sentence: str


class TaskingEntry(Contract):
    """`business` is what you may see of it today: none, once your view no longer holds it. What was decided stays."""

    rank: int = Field(ge=1)
    business_id: BusinessId
    listed_because: str
    business: BusinessSummary | None
    reasons: tuple[str, ...]
    matched_on: date | None = Field(description="When concerns in so many regimes first stood together, this time")
    review_on: date | None = Field(description="When your agency wanted to look at it again, where that is due")
    primary_authority: tuple[PrimaryAuthorityMark, ...]
    decision: TaskingDecision | None
    before: tuple[TaskingDecision, ...] = Field(description="What earlier lists decided on it, the latest first")


class TaskingListSummary(Contract):
    list_id: str
    day: date
    asked: NewTaskingList
    entries: int
    decided: int
    made_by: str
    made_at: AwareDatetime


class TaskingListPage(Contract):
    lists: tuple[TaskingListSummary, ...]
    next: str | None = None


class TaskingList(TaskingListSummary):
    """Your agency's own. What partners may know of it they learn by an invitation to a visit."""

    agenda: tuple[TaskingEntry, ...]
