"""Indicators: what an agency asks others' officers to note if they see it, and who was briefed on which version."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.api.sharing import SLUG
from shared.contracts.envelope import Contract

Slug = Annotated[str, Field(pattern=SLUG)]
IndicatorId = Annotated[str, Field(pattern=r"^ind_[a-z2-7]{20}$")]
Person = Annotated[str, Field(min_length=1, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")]
Sector = Annotated[str, Field(pattern=r"^[a-z][a-z ]{0,49}$")]


class IndicatorText(Contract):
    """What an officer is shown. Source: seed ¶34 (Table 2), ¶45 (officers are not to ask or to investigate)."""

    slug: Slug
    regime: Slug
    text: str = Field(min_length=1, max_length=200)
    look_for: str = Field(min_length=1, max_length=500, description="What it looks like on the spot")
    scope: str = Field(min_length=1, max_length=500, description="How far to go, and where to stop")
    sectors: tuple[Sector, ...] = Field(default=(), max_length=20, description="Kinds of business; empty for any")


class NewIndicator(IndicatorText):
    """A version of one of your agency's indicators: it takes the place of the one before on the day it starts."""

    starts: date
    ends: date | None = None


class Indicator(NewIndicator):
    indicator_id: IndicatorId
    agency: str = Field(description="Whose it is, and who gets what is noted under it")
    version: int = Field(ge=1)
    pack: str | None = Field(description="What it was adopted from")
    source: str
    instruction: Literal["Note if seen, never ask."] = "Note if seen, never ask."


class OfferedIndicator(Indicator):
    briefed: bool = Field(description="Whether you were briefed on this version")
    why: str = Field(description="Why it is among the few, in one sentence")


class PackIndicator(IndicatorText):
    for_: tuple[Slug, ...] = Field(alias="for", min_length=1, description="Classes of agency that it is written for")


class Pack(Contract):
    """Indicators that ship with the project, for an agency to adopt as its own."""

    id: Slug
    title: str
    as_of: date
    legal_review: Literal["needed"]
    source: str
    indicators: tuple[PackIndicator, ...] = Field(min_length=1)


class Adoption(Contract):
    """Make a pack's indicators your agency's own: those written for agencies of your class, or those you name."""

    starts: date
    slugs: tuple[Slug, ...] = Field(default=(), max_length=50)


class NewBriefing(Contract):
    """People of your agency who were briefed on indicators, as these stand today."""

    indicators: tuple[IndicatorId, ...] = Field(min_length=1, max_length=50)
    people: tuple[Person, ...] = Field(min_length=1, max_length=500, description="Their subjects, as in their tokens")
    day: date


class Briefing(Contract):
    indicator_id: str
    version: int
    person: str
    day: date
    recorded_by: str
    recorded_at: AwareDatetime


class BriefingPage(Contract):
    items: tuple[Briefing, ...]
    next: str | None = None


class Usefulness(Contract):
    """What came of the cards under one of your indicators."""

    indicator_id: str
    text: str
    referrals: int
    closed: int
    helped: int
    hit_rate: float | None = Field(description="Of those closed, the share that helped; none where none is closed")
    never_helped: bool = Field(description="Closed often enough to tell, and none helped: reword or end it")
    list: str = Field(description="Address of the referrals behind the numbers")
