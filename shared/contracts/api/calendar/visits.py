"""Visits: where, when, who attends, under which powers. What an answer holds depends on what its reader may see."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.contracts.api.calendar.composer import OverrideId, Overruling
from shared.contracts.api.calendar.words import Answer, CancelReason, Purpose, Tier, VisitStatus
from shared.contracts.api.sharing import SLUG, ConditionKind, NoOnwardSharing
from shared.contracts.envelope import Contract
from shared.contracts.record import Address

Slug = Annotated[str, Field(pattern=SLUG)]
Officers = Annotated[int, Field(ge=0, le=500)]
Version = Annotated[int, Field(ge=1, description="The version that you saw; a change since then is a conflict")]
_Referral = Annotated[str, Field(min_length=1, max_length=100)]
_Person = Annotated[str, Field(min_length=1, max_length=320)]
_MOST_DAYS = 60
_LONGEST_ADDRESS = 2000


class Slot(Contract):
    """From one time to another. Without an offset it is the time in London."""

    starts: datetime
    ends: datetime


class Window(Contract):
    """Some time on these days, both included, not fixed yet."""

    first: date
    last: date

    @model_validator(mode="after")
    def _is_one(self) -> "Window":
        if not 0 <= (self.last - self.first).days <= _MOST_DAYS:
            raise ValueError(f"a window ends on or after its first day, and within {_MOST_DAYS} days")
        return self


When = Slot | Window


class NewPlace(Contract):
    """A business of your view, or a place in words; with both, the words go before what the records say.

    Partners are told of it by your words or your own agency's records: they may not see the others that you see.
    """

    business_id: str | None = Field(default=None, pattern=r"^biz_[a-z2-7]{20}$")
    name: str | None = Field(default=None, min_length=1, max_length=200)
    address: Address | None = None

    @model_validator(mode="after")
    def _says_where(self) -> "NewPlace":
        if self.business_id is None and self.address is None:
            raise ValueError("give a business_id or an address")
        if self.address and len(self.address.model_dump_json()) > _LONGEST_ADDRESS:
            raise ValueError("an address is a few lines: every list of visits holds it")
        return self


class Place(Contract):
    """As picked: it does not change when records do."""

    name: str | None
    address: Address | None
    area: str | None = Field(description="Outward postcode, e.g. UB1")


class Relied(Contract):
    """A power, or a warrant by its reference, and the agencies that it names."""

    kind: Literal["power", "warrant"]
    power: str = Field(min_length=1, max_length=100, description="Of the powers catalogue, or a statute and section")
    reference: str | None = Field(default=None, max_length=100)
    agencies: tuple[Slug, ...] = Field(default=(), max_length=30)
    valid_until: date | None = None


class Contribution(Contract):
    """What one agency brings. `alone` is how many it would have sent by itself. `people` are subjects of its own
    tokens, `referrals` those to it that the visit answers: nobody else sees either."""

    officers: Officers = 0
    alone: Officers = 0
    uniformed: bool = False
    people: tuple[_Person, ...] = Field(default=(), max_length=50)
    referrals: tuple[_Referral, ...] = Field(default=(), max_length=50)


class Invitation(Contract):
    """`met` are the conditions of the legal gateway that you have met for this one disclosure."""

    agency: Slug
    met: tuple[ConditionKind, ...] = Field(default=(), max_length=len(ConditionKind))


class Invitations(Contract):
    invite: tuple[Invitation, ...] = Field(min_length=1, max_length=30)


class Terms(Contract):
    """What is planned, beside where and when."""

    purpose: Purpose
    regimes: tuple[Slug, ...] = Field(min_length=1, max_length=20)
    lead: Slug | None = Field(default=None, description="The agency that leads; your own unless you say otherwise")
    letter_on: date | None = Field(
        default=None, description="The day of the letter that announces it; none if it is not"
    )
    powers: tuple[Relied, ...] = Field(default=(), max_length=20)
    tier: Tier = Tier.full
    contact: str | None = Field(
        default=None, max_length=200, description="Whom a partner rings whose plans clash; else the partnership's desk"
    )
    referrals: tuple[str, ...] = Field(default=(), max_length=50, description="Your referrals that it answers")
    note: str | None = Field(default=None, max_length=4000, description="For your own agency")


class NewVisit(Contract):
    place: NewPlace
    when: When
    terms: Terms
    contribution: Contribution = Contribution()
    invite: tuple[Invitation, ...] = Field(default=(), max_length=30)
    override_id: OverrideId | None = Field(
        default=None, description="Of the proposal for this business that your chair decided otherwise on"
    )


class VisitChange(Contract):
    """What is given replaces what was; a confirmed visit that moves in place or time has to be confirmed again."""

    version: Version
    place: NewPlace | None = None
    when: When | None = None
    terms: Terms | None = None


class Confirmation(Contract):
    """`knowing` is the `seen` of the clashes that you were told and go ahead in spite of, with the reason."""

    version: Version
    knowing: str | None = Field(default=None, max_length=100)
    reason: str | None = Field(default=None, min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _says_why(self) -> "Confirmation":
        if self.knowing and not self.reason:
            raise ValueError("say why you go ahead: whom you rang, and what was agreed")
        return self


class Cancellation(Contract):
    version: Version
    reason: CancelReason


class Reply(Contract):
    """An agency's own answer to an invitation."""

    answer: Literal[Answer.accepted, Answer.declined]
    contribution: Contribution = Contribution()


class Joining(Contract):
    """`instead_of` is your own planned visit, which is cancelled in the same step."""

    instead_of: str | None = Field(default=None, pattern=r"^vis_[0-9a-f]{32}$")
    contribution: Contribution = Contribution()


class Attended(Contract):
    """What became of it, for your own agency."""

    attended: bool
    officers_sent: Officers = 0


class Done(Contract):
    version: Version


class Attendance(Contract):
    agency: str
    answer: Answer
    officers: int
    alone: int
    uniformed: bool
    attended: bool | None = Field(description="None until the agency says")
    officers_sent: int | None
    people: tuple[str, ...] = Field(description="Of your own agency only")
    referrals: tuple[str, ...] = Field(description="Of your own agency only: those to it that the visit answers")


class Advice(Contract):
    """Something to think of before the day. It forbids nothing."""

    code: str
    sentence: str
    source: str


class VisitDetails(Contract):
    """What those see who may see all of it."""

    lead: str
    purpose: Purpose
    regimes: tuple[str, ...]
    letter_on: date | None
    powers: tuple[Relied, ...]
    attendances: tuple[Attendance, ...]
    cancelled: CancelReason | None


class OwnDetails(Contract):
    """What only the agency that made it sees."""

    business_id: str | None
    tier: Tier
    contact: str | None
    referrals: tuple[str, ...]
    note: str | None
    knowing: str | None = Field(description="Why it was confirmed in spite of a clash")
    advice: tuple[Advice, ...]
    programme: str | None
    overridden: Overruling | None = Field(description="What was proposed, and what your chair decided instead")


class Visit(Contract):
    """`starts` and `ends` are absent where the reader may see the days only."""

    visit_id: str
    agency: str = Field(description="Which made it")
    no_onward_sharing: NoOnwardSharing
    status: VisitStatus
    place: Place
    first_day: date
    last_day: date
    starts: datetime | None
    ends: datetime | None
    is_window: bool | None = Field(description="Whether it is some time between the two, not fixed yet")
    version: int | None = Field(description="Absent where the reader may not see all of it")
    details: VisitDetails | None
    own: OwnDetails | None


class VisitPage(Contract):
    """In order of their first day. `next` is the `cursor` of the page after this one."""

    visits: tuple[Visit, ...]
    next: str | None = None


class NewProgramme(Contract):
    """A routine round: the first visit, and the rule by which it comes again (RFC 5545, RRULE) in London time. What
    falls on a day on which nobody works moves to the next working day."""

    visit: NewVisit
    rule: str = Field(max_length=200, description="e.g. FREQ=MONTHLY;INTERVAL=6;COUNT=4")


class Programme(Contract):
    programme: str
    visits: tuple[Visit, ...]
