"""A proposal for a joint visit: who attends and why, who leads and why, how many officers, what clashes."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.api.calendar.powers import Notice, PremisesKind, Slug
from shared.contracts.api.calendar.words import Purpose
from shared.contracts.envelope import Contract

BusinessId = Annotated[str, Field(pattern=r"^biz_[a-z2-7]{20}$")]
OverrideId = Annotated[str, Field(pattern=r"^ovr_[0-9a-f]{32}$")]
Words = Annotated[str, Field(min_length=3, max_length=2000)]


class Manner(Contract):
    """How an agency comes."""

    approach: Purpose
    uniformed: bool


class WarrantHeld(Contract):
    """A warrant that was granted already."""

    holder: Slug = Field(description="The agency it was granted to")
    power: Slug = Field(description="Of the powers catalogue")
    names: tuple[Slug, ...] = Field(default=(), max_length=20, description="Other agencies that it names")
    premises: tuple[PremisesKind, ...] = Field(min_length=1)
    valid_until: date


class Override(Contract):
    """What the chair decides otherwise, and why. Only a tasking chair may."""

    reason: Words
    lead: Slug | None = None
    add: tuple[Slug, ...] = Field(default=(), max_length=20)
    leave_out: tuple[Slug, ...] = Field(default=(), max_length=20)
    officers: dict[Slug, Annotated[int, Field(ge=1, le=200)]] = Field(default={}, max_length=20)

    @model_validator(mode="after")
    def _is_one_decision(self) -> "Override":
        if set(self.leave_out) & {*self.add, *self.officers, self.lead}:
            raise ValueError("an agency is left out, or comes: not both")
        return self


class ComposeRequest(Contract):
    business_id: BusinessId = Field(description="Of your agency's view")
    premises: tuple[PremisesKind, ...] = Field(default=(PremisesKind.business,), min_length=1)
    purpose: Purpose = Purpose.enforcement
    announced: bool = Field(default=False, description="Whether the business is told beforehand")
    force: bool = Field(default=False, description="Whether refusal is likely, or a search is wanted")
    warrants: tuple[WarrantHeld, ...] = Field(default=(), max_length=20)
    people_sought: dict[Slug, Annotated[int, Field(ge=1, le=100)]] = Field(
        default={}, max_length=20, description="By agency: how many people it expects to deal with"
    )
    manners: dict[Slug, Manner] = Field(default={}, max_length=20, description="By agency, where not the usual one")
    override: Override | None = None


class Ease(StrEnum):
    """How an agency gets in, the easiest first."""

    open = "open"
    named = "named"
    notice = "notice"
    written_authority = "written_authority"
    warrant = "warrant"
    consent = "consent"


class EntryPlan(Contract):
    ease: Ease = Field(description="Into the hardest of the premises")
    sentences: tuple[str, ...] = Field(description="For each kind of premises, how and under which power")
    powers: tuple[str, ...] = Field(description="Of the powers catalogue")
    notice: tuple[Notice, ...] = ()


class AttendanceReason(Contract):
    regime: str
    sentence: str
    records: tuple[str, ...] = Field(description="Those you see that say so")


class SanctionSaid(Contract):
    power: str
    statute: str
    section: str
    says: str
    reach: int = Field(ge=1, le=5)
    without_prosecution: bool


class LookFor(Contract):
    """An indicator: to be noted if seen, never asked for."""

    indicator_id: str
    agency: str = Field(description="Which asks for it")
    regime: str
    text: str
    look_for: str
    scope: str
    instruction: str


class FollowUp(Contract):
    """Officer-days of one agency after the visit, on average."""

    officer_days: float = Field(ge=0)
    parts: tuple[str, ...] = Field(description="How it is worked out, a sentence each")


class Attendee(Contract):
    agency: str
    title: str
    leads: bool
    reasons: tuple[AttendanceReason, ...]
    entry: EntryPlan
    officers: int = Field(ge=1)
    would_have_sent: int = Field(ge=1, description="On a tip of its own")
    officers_because: str
    manner: Manner
    sanctions: tuple[SanctionSaid, ...] = Field(description="The most disruptive first; civil before criminal")
    looks_for: tuple[LookFor, ...]
    follow_up: FollowUp


class LeftOut(Contract):
    agency: str
    title: str
    why: str


class WarrantAdvice(Contract):
    """Who is best placed to ask a court, and who should be named."""

    agency: str
    power: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]


class TeamClashKind(StrEnum):
    approach = "approach"
    uniform = "uniform"
    notice = "notice"
    crowd = "crowd"
    everybody = "everybody"
    entry = "entry"


class TeamClash(Contract):
    kind: TeamClashKind
    agencies: tuple[str, ...]
    sentence: str
    remedy: str


class Team(Contract):
    """Who comes, with how many. Of why nothing is kept: it rests on records that may be withdrawn."""

    lead: str | None
    officers: dict[str, int] = Field(description="By agency")


class Overridden(Contract):
    """What was proposed, and what the chair put in its place."""

    by_reason: str
    changes: tuple[str, ...]
    proposed: Team
    decided: Team


class Overruling(Overridden):
    """As it is kept with the visit that was planned from it, for the agency whose chair it was."""

    by: str
    at: AwareDatetime


class Proposal(Contract):
    """Worked out from the records that your agency may see and from dated policies. Nothing of it is kept but what a
    chair decided otherwise: name its `override_id` where you plan the visit."""

    business_id: str
    name: str
    day: date
    attendees: tuple[Attendee, ...] = Field(description="The lead first")
    lead_because: tuple[str, ...]
    officers: int
    would_have_sent: int
    left_out: tuple[LeftOut, ...]
    warrants: tuple[WarrantAdvice, ...]
    clashes: tuple[TeamClash, ...]
    note_if_seen: tuple[LookFor, ...] = Field(description="For agencies that do not come")
    not_known: tuple[str, ...] = Field(description="What could not be asked for in time; ask again")
    primary_authority: tuple[str, ...] = Field(description="What to do first where the business has one")
    overridden: Overridden | None = None
    override_id: OverrideId | None = None
    policies: tuple[str, ...] = Field(description="The versions of the policies, with their status")
    caution: str
