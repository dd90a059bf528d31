"""Typed findings and gaps: patterns in the records that the caller's audience sees, each with its rule and dates."""

from datetime import date

from pydantic import Field

from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.envelope import Contract
from shared.contracts.events.linker import FindingType
from shared.contracts.record import ObservationKind, TradingStatus


class FindingRule(Contract):
    """One rule, in words and with its numbers."""

    id: str
    type: FindingType
    title: str
    text: str
    numbers: dict[str, int]


class FindingRules(Contract):
    """The version in force. `status` tells whether people have reviewed it."""

    version: str
    in_force_from: date
    status: str
    source: str
    rules: tuple[FindingRule, ...]


class FindingSummary(Contract):
    finding_id: str
    type: FindingType
    title: str
    sentence: str
    since: date = Field(description="The day from which the records show it")
    business_ids: tuple[str, ...]
    areas: tuple[str, ...] = Field(description="Outward postcodes of its businesses")
    records: int = Field(ge=1, description="How many records show it")
    opens_at: str = Field(description="Those records, the reasons and the rule")


class FindingPage(Contract):
    """The latest first. `next` is the `cursor` of the page after this one."""

    findings: tuple[FindingSummary, ...]
    next: str | None = None


class CitedRecord(Contract):
    """A record behind a finding, and the business that it is part of."""

    record_id: str
    business_id: str
    business_name: str
    agency: str
    feed: str
    source_ref: str
    regime: str
    observation: ObservationKind
    severity: int | None
    native_rating: str | None
    status: TradingStatus
    on: date = Field(description="When it was observed, or else received")


class Finding(FindingSummary):
    reasons: tuple[str, ...] = Field(description="What it rests on, a sentence each")
    rule: FindingRule
    rules_version: str
    cited: tuple[CitedRecord, ...] = Field(description="In order of date")


class GapPage(Contract):
    """Businesses known to one agency of which you may see no record of another. `caution` says how far that goes."""

    known_to: str
    not_to: str
    caution: str
    businesses: tuple[BusinessSummary, ...]
    next: str | None = None
