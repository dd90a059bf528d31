"""The partnership's report: figures with definitions and lists, a baseline, a comparison, and what confounds them."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from shared.contracts.envelope import Contract


class FigureKey(StrEnum):
    visits = "visits"
    joint_visits = "joint-visits"
    agencies_a_visit = "agencies-a-visit"
    officers_saved = "officers-saved"
    duplicates_avoided = "duplicates-avoided"
    visits_avoided = "visits-avoided"
    wasted_share = "wasted-share"
    planning_days = "planning-days"
    days_to_tasking = "days-to-tasking"
    letters = "letters"
    in_operations = "in-operations"
    without_outcome = "without-outcome"
    late_outcomes = "late-outcomes"
    cancelled = "cancelled"
    overridden = "overridden"


class Unit(StrEnum):
    number = "number"
    officers = "officers"
    share = "share"
    days = "days"
    agencies = "agencies"


class Figure(Contract):
    """`value` is absent where there is nothing to work it out from. `of` is how many things stand in the list."""

    key: FigureKey
    title: str
    definition: str
    unit: Unit
    value: float | None
    of: int
    list: str = Field(description="Address of the list that it was worked out from")


class Listed(Contract):
    """One thing behind a figure, and what it adds to it."""

    kind: str = Field(description="visit, outcome or decision")
    id: str
    on: date
    adds: float = Field(description="1 for each of a count; officers; days; for a share 1 or 0")
    address: str


class ReportList(Contract):
    """The things behind one number."""

    definition: str
    since: date
    until: date
    area: str | None
    items: tuple[Listed, ...]


class OutcomeCount(Contract):
    """`number` is of what the kind counts, where it was said; `value_pence` of money."""

    agency: str
    kind: str
    outcomes: int
    number: int
    value_pence: int
    list: str


class BalanceKey(StrEnum):
    visits_for_others = "visits-for-others"
    officers_lent = "officers-lent"
    outcomes_for_others = "outcomes-for-others"
    outcomes_from_others = "outcomes-from-others"
    visits_joined_by_others = "visits-joined-by-others"


class BalanceFigure(Contract):
    key: BalanceKey
    gives: bool = Field(description="What the agency brings; otherwise what it has of the partnership")
    definition: str
    value: float
    list: str


class Balance(Contract):
    """What one agency gives to the partnership, and what it gets."""

    agency: str
    figures: tuple[BalanceFigure, ...]
    warning: str | None = Field(description="Where it gives and gets nothing")


class Confounder(Contract):
    sentence: str
    list: str | None


class Column(Contract):
    """One period in one area."""

    title: str
    since: date
    until: date
    area: str | None
    figures: tuple[Figure, ...]


class PartnershipReport(Contract):
    """Of the visits that your agency may see all of, the outcomes that it may see, and its own decisions: another
    agency's report may say other numbers. `columns` begin with the period itself."""

    title: str
    agency: str
    made_on: date
    columns: tuple[Column, ...]
    outcomes: tuple[OutcomeCount, ...]
    balances: tuple[Balance, ...]
    confounders: tuple[Confounder, ...]
    source: str
