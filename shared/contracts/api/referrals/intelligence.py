"""Intelligence of an agency: graded by its analysts, its source kept apart, and passed on in a sanitised version only.

Source: the police's 3x5x2 (source, assessment, handling); seed inventory C 27; the fine for a matrix that was sent out
unredacted beside the redacted one (peers, "UK practice"): so the sanitised version is an object of its own, and nothing
takes the original.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from shared.contracts.api.referrals.contacts import Line
from shared.contracts.api.referrals.requests import NamedPremises, Says, Slug
from shared.contracts.envelope import Contract

INTELLIGENCE = r"^int_[0-9a-f]{32}$"
SANITISED = r"^san_[0-9a-f]{32}$"

Words = Annotated[str, Field(min_length=1, max_length=10_000)]


class Source(StrEnum):
    """1 reliable, 2 untested, 3 not reliable."""

    reliable = "1"
    untested = "2"
    not_reliable = "3"


class Assessment(StrEnum):
    """A known directly, B known indirectly and corroborated, C known indirectly, D not known, E suspected false."""

    known_directly = "A"
    corroborated = "B"
    known_indirectly = "C"
    not_known = "D"
    suspected_false = "E"


class Handling(StrEnum):
    """P lawful sharing permitted, C permitted with conditions."""

    permitted = "P"
    conditions = "C"


class Grading(Contract):
    """3x5x2. With conditions it goes to the named agencies alone, and each is told them."""

    source: Source
    assessment: Assessment
    handling: Handling
    conditions: Says | None = None
    agencies: tuple[Slug, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _conditions_where_they_belong(self) -> "Grading":
        if (self.handling is Handling.conditions) != bool(self.conditions):
            raise ValueError("conditions are given with handling C, and nowhere else")
        if self.agencies and self.handling is Handling.permitted:
            raise ValueError("agencies are named with handling C, and nowhere else")
        return self

    @property
    def code(self) -> str:
        return f"{self.source}{self.assessment}{self.handling}"


class NewIntelligence(Contract):
    """What came in, as it came in: with a referral that your agency received, or otherwise."""

    referral: str | None = Field(default=None, pattern=r"^ref_[0-9a-f]{32}$")
    text: Words | None = Field(
        default=None, description="The original, which never leaves your agency; of a referral, its card's unless given"
    )
    origin: Slug | None = Field(
        default=None, description="The agency that it came from, if it is not your own; of a referral, its card's"
    )
    received_on: date
    premises: NamedPremises | None = None
    business_id: str | None = Field(default=None, pattern=r"^biz_[a-z2-7]{20}$", description="As your agency sees it")

    @model_validator(mode="after")
    def _came_somehow(self) -> "NewIntelligence":
        if self.text is None and self.referral is None:
            raise ValueError("give a text, or the referral that it came with")
        if self.origin is not None and self.referral is not None:
            raise ValueError("the origin of a referral is its card's agency; leave it out")
        return self


class GradingSaid(Grading):
    grade: str = Field(description="Source, assessment and handling, e.g. 2CP")
    by: str = Field(description="The `sub` of the token of who graded it, of your own agency")
    at: AwareDatetime


class IntelligenceSaid(Contract):
    id: str
    referral: str | None
    origin: str | None
    text: str
    received_on: date
    premises: NamedPremises | None
    business_id: str | None
    made_at: AwareDatetime
    gradings: tuple[GradingSaid, ...] = Field(description="Newest first; the newest counts")
    has_source: bool = Field(description="Whether the identity of the source is kept, apart")
    sanitised: tuple[str, ...] = Field(description="Ids of the versions that may leave")


class Identity(Contract):
    """Of a source. In a place of its own, read with a reason and never without a trace."""

    name: Line
    reached: Line | None = Field(default=None, description="How")


class Reading(Contract):
    by: str
    at: AwareDatetime
    reason: str


class NewSanitised(Contract):
    text: Words = Field(description="Without anything that leads to the source")


class SanitisedSaid(Contract):
    """What may leave: graded, dated, and of no source."""

    id: str
    agency: str = Field(description="Whose analyst wrote it")
    origin: str | None
    text: str
    grade: str
    conditions: str | None
    received_on: date
    premises: NamedPremises | None
    made_at: AwareDatetime


class SanitisedPage(Contract):
    """Newest first."""

    items: tuple[SanitisedSaid, ...]
    next: str | None = None
