"""Risk of one business on a date, the policy behind it, and the funnel: of the records that the caller may see."""

from datetime import date

from pydantic import Field

from shared.contracts.api.linker.businesses import BusinessSummary, Statistic
from shared.contracts.envelope import Contract
from shared.contracts.events.linker import RiskBand


class PolicyReference(Contract):
    version: str
    status: str = Field(description="Whether people have reviewed it")
    address: str = Field(description="Where it stands as data")


class WeighedConcern(Contract):
    """One record's concern on that date."""

    record_id: str
    severity: int = Field(ge=0, le=4, description="On the common scale")
    native_rating: str | None = Field(description="The agency's own rating, never averaged")
    observed_on: date | None
    closed_on: date | None
    standing: str = Field(description="live, or what has become of it")
    weight: float = Field(description="Severity after decay")
    sentence: str


class CleanCheck(Contract):
    """A check that found nothing."""

    record_id: str
    observed_on: date | None
    sentence: str


class Persistence(Contract):
    times: int
    since: date
    factor: float = Field(description="How many times the heaviest concern's weight counts")
    sentence: str


class RegimeRisk(Contract):
    """One regime. Where it has no live concern, `weight` is 0."""

    regime: str
    live: bool
    weight: float = Field(ge=0, le=4)
    half_life_days: float
    persistence: Persistence | None
    concerns: tuple[WeighedConcern, ...] = Field(description="Heaviest first, those that do not count last")
    checks: tuple[CleanCheck, ...]
    sentence: str


class RiskPoint(Contract):
    """From this day on, until the next point."""

    on: date
    band: RiskBand
    score: float
    regimes: tuple[str, ...] = Field(description="Regimes with live concerns, heaviest first")
    because: str


class RiskOnDate(Contract):
    """What the records say of that date as they stand today; later corrections are in."""

    business_id: str
    as_of: date
    summary: str
    band: RiskBand
    band_rule: str
    score: float
    score_rule: str
    policy: PolicyReference
    regimes: tuple[RegimeRisk, ...]
    course: tuple[RiskPoint, ...] = Field(description="Every change of the band or of the regimes up to that date")
    next: RiskPoint | None = Field(description="The next change if nothing new is recorded")
    records: int = Field(description="Records you may see of the business; presence alone is not a concern")


class PolicyBand(Contract):
    band: RiskBand
    regimes: int = Field(description="At least so many regimes with live concerns")
    weight: float = Field(description="The heaviest of them weighs at least so much")
    sentence: str


class PolicyPersistence(Contract):
    within_days: int
    apart_days: int
    each_time: float
    after_nothing_found: float
    most: float


class Policy(Contract):
    """A risk policy as data."""

    version: str
    in_force_from: date
    in_force_until: date | None = Field(description="The day before the next policy begins")
    status: str
    source: str
    half_life_days: float
    half_life_days_by_regime: dict[str, float]
    least_severity: int
    live_above: float
    nothing_found_by_another_source: float
    persistence: PolicyPersistence
    bands: tuple[PolicyBand, ...] = Field(description="The first that fits; none where no regime has a live concern")


class AgencyCoverage(Contract):
    """How much of what is compared comes from one agency."""

    agency: str
    businesses: int = Field(description="Businesses here of which you may see a record of this agency")
    list: str


class Statistics(Contract):
    """Of the records that you may see, as of today."""

    as_of: date
    records: Statistic
    businesses: Statistic
    known_to_two_or_more: Statistic
    known_to_three_or_more: Statistic
    concerns_in_two_or_more_regimes: Statistic
    concerns_in_three_or_more_regimes: Statistic
    coverage: tuple[AgencyCoverage, ...]
    warnings: tuple[str, ...] = Field(description="Where the comparison is too small or lopsided to rely on")


class FunnelEntry(BusinessSummary):
    rank: int = Field(ge=1)
    reasons: tuple[str, ...] = Field(description="One sentence for each regime, heaviest first")
    risk: str = Field(description="Address of the risk with all that is behind it")


class Funnel(Contract):
    """From all businesses to the few to talk about this week. The same cut-offs give the same list, in one order."""

    as_of: date
    steps: tuple[Statistic, ...]
    top: tuple[FunnelEntry, ...]
    coverage: tuple[AgencyCoverage, ...]
    warnings: tuple[str, ...] = Field(description="Where the comparison is too small or lopsided to rely on")
