"""Outcomes of a visit, each of one agency in one regime; late ones are as welcome."""

from datetime import date, datetime

from pydantic import Field

from shared.contracts.api.calendar.visits import Slug
from shared.contracts.api.calendar.words import OutcomeKind
from shared.contracts.envelope import Contract


class NewOutcome(Contract):
    """`number` is of what the kind counts: people arrested, notices served, articles seized, points of a score."""

    kind: OutcomeKind
    regime: Slug
    found_on: date = Field(description="The day on which it became known")
    value_pence: int | None = Field(default=None, ge=0, le=10**13, description="Of a penalty, a seizure or arrears")
    number: int | None = Field(default=None, ge=-1000, le=10**7)
    note: str | None = Field(default=None, max_length=4000, description="For your own agency")


class Outcome(Contract):
    outcome_id: str
    visit_id: str
    agency: str
    kind: OutcomeKind
    regime: str
    found_on: date
    late: bool = Field(description="Whether it became known so long after the visit as the policy calls late")
    recorded_at: datetime
    value_pence: int | None
    number: int | None
    note: str | None = Field(description="Of your own agency only")


class OutcomePage(Contract):
    outcomes: tuple[Outcome, ...]
    next: str | None = None


class Reliability(Contract):
    """Of the visits that you may see all of: those that the agency had agreed to attend, and what became of them."""

    agency: str
    agreed: int
    attended: int
    missed: int
    cancelled_late: int = Field(description="Its own, with less notice than the policy of working time asks for")
    not_said: int = Field(description="The visit took place, and the agency has not said whether it came")
    not_told: int = Field(
        description="Over for longer than the policy of working time allows, and nobody said that it took place"
    )
    list: str = Field(description="Address of the visits behind the numbers but for `not_told`")
    untold: str = Field(description="Address of those behind `not_told`")


class Reliabilities(Contract):
    agencies: tuple[Reliability, ...]
    since: date
    until: date
