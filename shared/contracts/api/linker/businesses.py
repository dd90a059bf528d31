"""Businesses, why their records are one, and figures: what the caller's audience sees."""

from datetime import date

from pydantic import Field

from shared.contracts.envelope import Contract
from shared.contracts.events.linker import RegimeConcern, RiskBand
from shared.contracts.record import Name, ObservationKind, TradingStatus


class BusinessSummary(Contract):
    business_id: str
    name: str = Field(description="The name on most of its visible records")
    area: str | None = Field(description="Outward postcode, e.g. UB1")
    records: int = Field(ge=1, description="How many records you may see of it")
    agencies: tuple[str, ...] = Field(description="Whose records those are")
    band: RiskBand
    score: float = Field(description="Regimes with live concerns, and below one the share of their weight")
    regimes: tuple[str, ...] = Field(description="Regimes with live concerns")
    first_on: date
    last_on: date


class BusinessPage(Contract):
    """The most worrying first. `next` is the `cursor` of the page after this one."""

    businesses: tuple[BusinessSummary, ...]
    next: str | None = None


class Member(Contract):
    """A record of the business, as its agency holds it."""

    record_id: str
    feed: str
    agency: str
    regime: str
    category: str
    source_ref: str
    names: tuple[Name, ...]
    address: str | None
    sector: str | None
    status: TradingStatus
    observation: ObservationKind
    severity: int | None
    native_rating: str | None = Field(description="The agency's own rating")
    observed_on: date | None
    closed_on: date | None


class Risk(Contract):
    band: RiskBand
    score: float
    as_of: date
    regimes: tuple[RegimeConcern, ...] = Field(description="With the records behind each and the reason in a sentence")


class Business(BusinessSummary):
    risk: Risk
    members: tuple[Member, ...]


class WaterfallStep(Contract):
    """One comparison of two records: what it found, and the bits it adds to the weight."""

    comparison: str
    level: str
    bits: float
    sentence: str


class Link(Contract):
    """Two records that were compared. `links` where their weight alone reaches the threshold."""

    a: str
    b: str
    weight: float = Field(description="Bits of evidence that they are one business: the sum of the waterfall")
    links: bool
    summary: str
    waterfall: tuple[WaterfallStep, ...]


class Why(Contract):
    """Why these records are one business."""

    business_id: str
    model_version: str
    threshold: float = Field(description="Bits that the average link between two groups of records must reach")
    summary: str
    links: tuple[Link, ...] = Field(description="Strongest first, at most 200")


class Statistic(Contract):
    """A number, what it counts, and the list behind it."""

    value: int
    definition: str
    list: str = Field(description="Address of the list behind the number")


class Statistics(Contract):
    """Of the records that you may see, as of today."""

    as_of: date
    records: Statistic
    businesses: Statistic
    known_to_two_or_more: Statistic
    known_to_three_or_more: Statistic
    concerns_in_two_or_more_regimes: Statistic
    concerns_in_three_or_more_regimes: Statistic


class GraphRow(Contract):
    """One line of the export: which business a record belongs to."""

    feed: str
    source_ref: str
    record_id: str
    business_id: str
