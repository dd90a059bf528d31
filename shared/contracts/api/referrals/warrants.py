"""Is what we have enough to ask for a warrant? Source: seed ¶20, ¶39, ¶50, ¶52; inventory 18, 76, 77."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.api.referrals.intelligence import SANITISED, Assessment, Source
from shared.contracts.api.referrals.requests import REQUEST, NamedPerson, NamedPremises, Slug
from shared.contracts.envelope import Contract


class WarrantPolicy(Contract):
    version: Slug
    starts: date
    legal_review: Literal["needed", "done"]
    source: str
    current_days: int = Field(gt=0, description="Intelligence that came in longer ago is stale")
    sources: tuple[Source, ...] = Field(description="Of intelligence that is enough")
    assessments: tuple[Assessment, ...]


class WarrantQuestion(Contract):
    """What you would put to a magistrate. None of it is kept."""

    request: str | None = Field(
        default=None, pattern=REQUEST, description="An answered request of yours that names people at the premises"
    )
    offender: NamedPerson | None = Field(default=None, description="Unless the request names them")
    premises: NamedPremises | None = Field(default=None, description="Unless the request is about them")
    intelligence: tuple[Annotated[str, Field(pattern=SANITISED)], ...] = Field(default=(), max_length=50)
    executing: Slug | None = Field(default=None, description="The agency that applies for it and executes it")
    joined: tuple[Slug, ...] = Field(default=(), max_length=50, description="Those that would be named on it")


class WarrantCheck(Contract):
    check: str
    met: bool
    says: str
    rests_on: tuple[str, ...] = Field(description="Addresses")


class WarrantReadiness(Contract):
    ready: bool = Field(description="Whether every check is met; a magistrate decides all the same")
    checks: tuple[WarrantCheck, ...]
    policy: WarrantPolicy
