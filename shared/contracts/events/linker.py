"""What the linker says, once per audience: agencies with the same visibility share one event."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from shared.contracts.envelope import Contract, EventData
from shared.contracts.events.noted import WrittenDisposed

BUSINESSES_TOPIC = "linker.businesses"
RISK_TOPIC = "linker.risk"
FINDINGS_TOPIC = "linker.findings"


class RiskBand(StrEnum):
    none = "none"
    low = "low"
    medium = "medium"
    high = "high"


class Audience(Contract):
    """The agencies that see exactly the same records today. `id` is derived from what they may see."""

    id: str
    agencies: tuple[str, ...]


class Cause(StrEnum):
    """Why something is told. `changed`: a record or decision came, went or changed, or the day did. `released` and
    `withdrawn`: nothing of that happened, but what the agencies may see did, and they see more of it, or less."""

    changed = "changed"
    released = "released"
    withdrawn = "withdrawn"


class AudienceData(EventData):
    audience: Audience
    business_id: str
    sequence: int = Field(
        ge=1,
        description="1, 2, 3 … per audience and business: a gap is a loss. A cause other than `changed` begins the "
        "count anew; after its 1 there may be another",
    )
    cause: Cause = Cause.changed


class BusinessChanged(AudienceData):
    """uk.joinedup.business.changed.v1: its members are now these."""

    record_ids: tuple[str, ...]


class BusinessMerged(AudienceData):
    """uk.joinedup.business.merged.v1: `business_id` is no more; its records are part of `into`."""

    into: str


class BusinessSplit(AudienceData):
    """uk.joinedup.business.split.v1: some of its records are now businesses of their own."""

    parts: tuple[str, ...]


class BusinessWithdrawn(AudienceData):
    """uk.joinedup.business.withdrawn.v1: none of its records is visible any more."""


class RegimeConcern(Contract):
    regime: str
    severity: int = Field(ge=0, le=4, description="Worst live severity on the common scale")
    weight: float = Field(description="Severity after decay, 0–4")
    records: tuple[str, ...] = Field(description="The records behind it")
    reason: str = Field(description="One sentence in plain English")


class RiskChanged(AudienceData):
    """uk.joinedup.risk.changed.v1: the band or the set of regimes with live concerns changed.

    Of no name: that of a business may be a person's, and the log keeps what it is told.
    """

    visible: bool = Field(default=True, description="False where the audience sees it no more")
    area: str | None = Field(description="Outward postcode, e.g. UB1")
    as_of: date
    band: RiskBand
    previous_band: RiskBand
    score: float
    regimes: tuple[RegimeConcern, ...]


class FindingType(StrEnum):
    """The typed patterns that alert; `new_occupier` is of premises that are a tainted building."""

    multi_regime = "multi_regime"
    phoenix = "phoenix"
    tainted_building = "tainted_building"
    new_occupier = "new_occupier"
    shared_landlord = "shared_landlord"
    network = "network"


class FindingData(EventData):
    """Of no person: who wants to know more asks for the finding, which opens to its records."""

    audience: Audience
    finding_id: str = Field(description="Derived from its type and what it is about, so the same when it comes back")
    type: FindingType
    business_ids: tuple[str, ...]
    cause: Cause = Cause.changed


class FindingRaised(FindingData):
    """uk.joinedup.finding.raised.v1: the records that this audience sees now show the pattern."""

    title: str = Field(description="Of the rule, in plain English")
    areas: tuple[str, ...] = Field(description="Outward postcodes of its businesses")
    since: date = Field(description="The day from which the records show it")
    continues: str | None = Field(
        default=None, description="The finding that goes on under this id, because its business has another id now"
    )


class FindingEnded(FindingData):
    """uk.joinedup.finding.ended.v1: they show it no more."""


class ReasonsDisposed(WrittenDisposed):
    """uk.joinedup.reasons.disposed.v1: of decisions on records that hold no more; of interest to the agency alone."""
