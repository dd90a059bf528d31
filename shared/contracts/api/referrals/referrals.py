"""Referrals: one card at one receiving agency."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from shared.contracts.api.referrals.cards import Desk, Photo, Place
from shared.contracts.api.referrals.life import Feedback, State, Step
from shared.contracts.api.sharing import NoOnwardSharing
from shared.contracts.envelope import Contract


class Box(StrEnum):
    """`in`: referrals to your agency. `out`: from it."""

    received = "in"
    sent = "out"


class ReferralSummary(Contract):
    referral_id: str
    card_id: str
    from_agency: str
    to_agency: str
    regime: str | None
    indicators: tuple[str, ...] = Field(description="Ids")
    state: State
    version: int = Field(description="For If-Match, in quotes")
    name: str | None
    area: str | None
    trained: bool = Field(description="Whether the officer was briefed on an indicator of it")
    received_at: AwareDatetime
    due_at: AwareDatetime | None
    overdue: bool
    feedback: Feedback | None
    taken_by: str | None = Field(description="Who of your own agency took the last step")


class ReferralPage(Contract):
    """Those that are due first come first; closed ones last, newest first."""

    items: tuple[ReferralSummary, ...]
    next: str | None = None


class IndicatorSeen(Contract):
    indicator_id: str
    version: int
    text: str


class Beside(Contract):
    """A card that your agency may see, and what it has in common with what you look at."""

    card_id: str
    referral_id: str | None
    agency: str
    filed_at: AwareDatetime
    sentence: str


class Related(Beside):
    """Beside another card."""

    duplicate: bool = Field(description="The same business and indicator, within days")


class Event(Contract):
    """A step of its life. `person` is named to that person's own agency."""

    at: AwareDatetime
    agency: str
    person: str | None
    step: str
    state: State
    words: str | None
    feedback: Feedback | None


class Referral(ReferralSummary):
    """As your agency may see it: what a legal gateway does not give is absent, and `under` says which gave it."""

    desk: Desk
    follows: str | None = Field(description="The referral that was passed on as this one, of your agency")
    seen: tuple[IndicatorSeen, ...]
    place: Place | None
    seen_at: AwareDatetime | None
    text: str | None
    reach_me: str | None
    photos: tuple[Photo, ...]
    related: tuple[Related, ...]
    history: tuple[Event, ...]
    next_steps: tuple[Step, ...] = Field(description="What your agency can do now")
    clock: str | None = Field(description="What is to be done by `due_at`")
    under: tuple[str, ...] = Field(description="Legal gateways, none for your agency's own")
    no_onward_sharing: NoOnwardSharing
