"""Concern cards: what an officer saw, in ninety seconds. Nothing is graded, and nothing more than needed is asked."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from shared.contracts.api.referrals.contacts import Line
from shared.contracts.api.referrals.indicators import IndicatorId, Person, Slug
from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.sharing import ConditionKind
from shared.contracts.envelope import Contract

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]


class Place(Contract):
    """The business as the officer saw it: the sign, the address, where they stood. It travels with the card."""

    name: Line | None = None
    address: Line | None = None
    postcode: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ]{1,9}$")] | None = None
    phone: Line | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)

    @model_validator(mode="after")
    def _says_something(self) -> "Place":
        if not self.is_said:
            raise ValueError("say a name, an address, a postcode or both coordinates")
        return self

    @property
    def is_said(self) -> bool:
        here = self.latitude is not None and self.longitude is not None
        return bool(self.name or self.address or self.postcode or here)


class NewCard(Contract):
    """`id` is yours: filing again under it is filing once. Give `business_id`, `place` or both, and an indicator or
    words.

    A business that you picked is named to others by `place`, or by your own agency's records of it where you leave that
    out: they may not see what you see.
    """

    id: UUID
    business_id: Annotated[str, Field(pattern=r"^biz_[a-z2-7]{20}$")] | None = None
    place: Place | None = None
    indicators: tuple[IndicatorId, ...] = Field(default=(), max_length=20)
    to: tuple[Slug, ...] = Field(default=(), max_length=10, description="Agencies that you address yourself")
    text: Words | None = None
    seen_at: AwareDatetime | None = None
    reach_me: Line | None = Field(default=None, description="Your name and number, for those who get the card")
    officer: Person | None = Field(default=None, description="Of whom your agency's own system files it; else you")
    met: tuple[ConditionKind, ...] = Field(
        default=(), max_length=len(ConditionKind), description="Conditions of a power that are met for this card"
    )

    @model_validator(mode="after")
    def _says_what_and_where(self) -> "NewCard":
        if self.business_id is None and self.place is None:
            raise ValueError("pick a business or describe it")
        if not self.indicators and self.text is None:
            raise ValueError("choose an indicator or write what you saw")
        return self


class Desk(Contract):
    """The role that has it today, and who answers there."""

    contact_id: str | None = Field(description="None where the agency has named no role: then all its people have it")
    role: str
    mailbox: str | None
    hours: str | None
    person: str | None
    phone: str | None
    says: str = Field(description="What to expect, in one sentence")


class Holder(Contract):
    """An agency that has the card, as a referral."""

    referral_id: str
    agency: str
    title: str
    desk: Desk
    indicators: tuple[str, ...] = Field(description="Under which it went there, in words")
    state: State
    due_at: AwareDatetime | None
    feedback: Feedback | None


class NotSent(Contract):
    """An agency that would have got it, and the power that is missing."""

    agency: str
    title: str
    says: tuple[str, ...]


class CardReceipt(Contract):
    """Who has it. `says` is that in one sentence."""

    card_id: str
    filed_at: AwareDatetime
    has_it: tuple[Holder, ...]
    not_sent: tuple[NotSent, ...]
    says: str


class Photo(Contract):
    """Kept without its metadata: no place, no device, no time."""

    photo_id: str
    media_type: str
    width: int
    height: int


class StoryPart(StrEnum):
    """From the tip to what it came to, as the seed tells of one in its Box 4."""

    referral = "referral"
    clock = "clock"
    outcome = "outcome"
    feedback = "feedback"


class Told(Contract):
    """A line of the card's history, for its officer."""

    at: AwareDatetime
    part: StoryPart
    agency: str
    says: str
    words: str | None = Field(default=None, description="What the agency wrote to you")


class CardSummary(Contract):
    card_id: str
    filed_at: AwareDatetime
    name: str | None
    area: str | None
    indicators: tuple[str, ...]
    has_it: tuple[Holder, ...]


class Card(CardSummary):
    """A card of your own agency, whole."""

    officer: str
    business_id: str | None = Field(description="In your agency's view, today")
    place: Place
    seen_at: AwareDatetime | None
    text: str | None
    reach_me: str | None
    photos: tuple[Photo, ...]
    not_sent: tuple[NotSent, ...]
    history: tuple[Told, ...] = Field(description="Oldest first")


class CardPage(Contract):
    items: tuple[CardSummary, ...]
    next: str | None = None


class MyFigures(Contract):
    """What came of your own cards. Nobody else is shown this."""

    cards: int
    referrals: int
    closed: int
    helped: int
    hit_rate: float | None


def without_id(card: NewCard) -> dict[str, Any]:
    """What a card says, for telling whether two of one id say the same."""
    return card.model_dump(mode="json", exclude={"id"})
