"""Operations: weeks of action. Many visits, every partner's consent, what each brings, and the work that follows."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.api.calendar.composer import Words
from shared.contracts.api.calendar.powers import Slug
from shared.contracts.api.calendar.tasking import VisitId
from shared.contracts.api.calendar.visits import Invitation, Version
from shared.contracts.envelope import Contract

OperationId = Annotated[str, Field(pattern=r"^ope_[0-9a-f]{32}$")]
NeedId = Annotated[str, Field(pattern=r"^ned_[0-9a-f]{32}$")]
OfficerDays = Annotated[float, Field(ge=0, le=100_000)]
_MOST_DAYS = 92


class Team(Contract):
    """What one agency sends to each visit, and what it comes for."""

    agency: Slug
    officers: int = Field(ge=1, le=100)
    regimes: tuple[Slug, ...] = Field(min_length=1, max_length=20)


class PlannedVisits(Contract):
    """Visits of one kind, by the same agencies each."""

    what: str = Field(min_length=1, max_length=200, description="e.g. off-licences of the high street")
    visits: int = Field(ge=1, le=1000)
    teams: tuple[Team, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _names_each_once(self) -> "PlannedVisits":
        if len({team.agency for team in self.teams}) != len(self.teams):
            raise ValueError("name each agency once")
        return self


class OperationPlan(Contract):
    """`follow_up_until` ends the time in which what was found has to be worked off."""

    title: str = Field(min_length=1, max_length=200)
    starts: date
    ends: date
    follow_up_until: date
    programme: tuple[PlannedVisits, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _goes_forward(self) -> "OperationPlan":
        if not 0 <= (self.ends - self.starts).days <= _MOST_DAYS:
            raise ValueError(f"an operation ends on or after its first day, and within {_MOST_DAYS} days")
        if self.follow_up_until < self.ends:
            raise ValueError("follow-up ends with the operation or later")
        return self

    @property
    def agencies(self) -> frozenset[str]:
        return frozenset(team.agency for planned in self.programme for team in planned.teams)


class NewOperation(OperationPlan):
    """`invite` says of each other agency of the programme which conditions you have met for telling it."""

    invite: tuple[Invitation, ...] = Field(default=(), max_length=30)


class OperationChange(NewOperation):
    """Takes the place of the plan: everybody has to consent again."""

    version: Version


class Consent(StrEnum):
    asked = "asked"
    given = "given"
    refused = "refused"


class NewConsent(Contract):
    """To the version that you saw. `officer_days` are what your agency can spare for follow-up, told to the owner
    alone."""

    version: Version
    consent: Literal[Consent.given, Consent.refused]
    officer_days: OfficerDays | None = None
    said: Words | None = Field(default=None, description="To the agency that planned it")


class NeedKind(StrEnum):
    officers = "officers"
    storage = "storage"
    interpreters = "interpreters"
    vehicles = "vehicles"
    other = "other"


class NewNeed(Contract):
    """Mutual aid that your agency asks of the others (evaluation ¶54)."""

    kind: NeedKind
    amount: int = Field(ge=1, le=100_000)
    words: str = Field(
        min_length=1, max_length=300, description="e.g. officers to search on Tuesday; square metres; Urdu"
    )


class NewOffer(Contract):
    amount: int = Field(ge=0, le=100_000, description="Of what was asked; none takes the offer back")


class Offer(Contract):
    agency: str
    amount: int


class Need(NewNeed):
    need_id: str
    agency: str
    offers: tuple[Offer, ...]
    missing: int = Field(ge=0)


class PartnerConsent(Contract):
    """`said` and `officer_days` are told to the agency that planned it and to the one that says so."""

    agency: str
    consent: Consent
    said: str | None
    officer_days: float | None
    answered_at: AwareDatetime | None


class Load(Contract):
    """What the operation asks of one agency, in officer-days. `spare` is absent where you are not told."""

    agency: str
    visits: int
    visiting: float
    follow_up: float
    spare: float | None
    over: float | None = Field(description="By how much the follow-up is more than it can spare")
    parts: tuple[str, ...] = Field(description="How it is worked out, a sentence each")


class WarningKind(StrEnum):
    consent = "consent"
    over_capacity = "over_capacity"
    capacity_unknown = "capacity_unknown"
    missing = "missing"
    crowd = "crowd"


class OperationWarning(Contract):
    kind: WarningKind
    agency: str | None
    sentence: str
    blocks: bool = Field(description="Whether it cannot be approved without saying why it is in spite of this")


class OperationStatus(StrEnum):
    proposed = "proposed"
    approved = "approved"
    called_off = "called_off"


class Approval(Contract):
    """`in_spite_of` is the reason to go ahead although follow-up is more than an agency can spare. Nothing takes the
    place of a partner's consent."""

    version: Version
    in_spite_of: Words | None = None


class CallingOff(Contract):
    version: Version


class AttachedVisits(Contract):
    """Visits that your agency made, as part of the operation."""

    visits: tuple[VisitId, ...] = Field(min_length=1, max_length=500)


class Operation(OperationPlan):
    operation_id: str
    agency: str = Field(description="Which planned it")
    version: int
    status: OperationStatus
    partners: tuple[PartnerConsent, ...]
    loads: tuple[Load, ...]
    needs: tuple[Need, ...]
    warnings: tuple[OperationWarning, ...]
    visits: tuple[str, ...] = Field(description="Attached visits that you may see")
    in_spite_of: str | None = Field(description="Told to the agency that planned it")
    policy: str
    made_at: AwareDatetime
    approved_at: AwareDatetime | None


class OperationPage(Contract):
    """The latest first."""

    operations: tuple[Operation, ...]
    next: str | None = None
