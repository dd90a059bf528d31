"""Businesses and figures: what the caller's audience sees."""

from datetime import date

from pydantic import Field

from shared.contracts.api.sharing import NoOnwardSharing
from shared.contracts.envelope import Contract
from shared.contracts.events.linker import RegimeConcern, RiskBand
from shared.contracts.law import Law
from shared.contracts.record import Name, ObservationKind, Person, TradingStatus


class BusinessSummary(Contract):
    business_id: str
    name: str = Field(description="The name on most of its visible records")
    area: str | None = Field(description="Outward postcode, e.g. UB1")
    address: str | None = Field(description="The address on most of its visible records")
    records: int = Field(ge=1, description="How many records you may see of it")
    agencies: tuple[str, ...] = Field(description="Whose records those are")
    band: RiskBand
    score: float = Field(description="Regimes with live concerns, and below one the share of their weight")
    regimes: tuple[str, ...] = Field(description="Regimes with live concerns")
    first_on: date
    last_on: date
    opens_at: str = Field(description="Its records, and the reasons for its band and score")


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
    law: Law = Field(description="Under which its agency processes it, by the partnership's rules")
    no_onward_sharing: NoOnwardSharing
    source_ref: str
    names: tuple[Name, ...]
    address: str | None
    latitude: float | None = Field(default=None, description="Degrees north (WGS 84), where its agency gives it")
    longitude: float | None = Field(default=None, description="Degrees east")
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    websites: tuple[str, ...] = ()
    company_number: str | None = None
    vat_number: str | None = None
    charity_number: str | None = None
    licence_numbers: tuple[str, ...] = ()
    people: tuple[Person, ...] = Field(description="Who answers for it, in which role, since and until when")
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
    opens_at: str = Field(description="Every concern and check with what it weighs, as of this or any other day")
    regimes: tuple[RegimeConcern, ...] = Field(description="With the records behind each and the reason in a sentence")


class Business(BusinessSummary):
    risk: Risk
    why: str = Field(description="Why its records are one business, link by link")
    history: str = Field(description="How it came to be")
    relations: str = Field(description="Businesses with which it has something in common")
    findings: str = Field(description="Patterns that it is part of")
    members: tuple[Member, ...]


class Statistic(Contract):
    """A number, what it counts, and the list behind it."""

    value: int
    definition: str
    list: str = Field(description="Address of the list behind the number")


class GraphRow(Contract):
    """One line of the export: which business a record belongs to."""

    feed: str
    source_ref: str
    record_id: str
    business_id: str
