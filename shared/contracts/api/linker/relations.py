"""Businesses that are not one and have something in common: relations, networks, paths. From visible records alone."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from shared.contracts.envelope import Contract
from shared.contracts.events.linker import RiskBand


class RelationType(StrEnum):
    organisation = "organisation"
    person = "person"
    landlord = "landlord"
    phone = "phone"
    email = "email"
    premises = "premises"
    building = "building"


class Tenure(StrEnum):
    """How two occupiers of one premises follow each other, as far as the records say."""

    overlapping = "overlapping"
    successive = "successive"
    unclear = "unclear"


class BusinessRef(Contract):
    business_id: str
    name: str
    area: str | None = Field(description="Outward postcode, e.g. UB1")
    band: RiskBand


class Relation(Contract):
    """What two businesses have in common. `records` are those of both that say so."""

    type: RelationType
    business: BusinessRef
    values: tuple[str, ...] = Field(
        description="What is shared: a telephone, a company number, a name with birth date …"
    )
    sentence: str
    tenure: Tenure | None = Field(description="Of occupiers of one premises only")
    since: date = Field(description="When records of both first say it")
    records: tuple[str, ...]


class WidelyShared(Contract):
    """A value that too many businesses give for them to be related by it, as is a telephone exchange's."""

    type: RelationType
    value: str
    businesses: int = Field(ge=2, description="How many businesses you may see that give it, this one included")
    list: str = Field(description="Address of their list")
    sentence: str


class Relations(Contract):
    business: BusinessRef
    relations: tuple[Relation, ...]
    widely_shared: tuple[WidelyShared, ...]


class NetworkNode(Contract):
    """`path` leads from the first business to this one, both included."""

    business: BusinessRef
    degree: int = Field(ge=0, description="Relations away from the first business")
    path: tuple[str, ...]


class NetworkEdge(Contract):
    a: str
    b: str
    type: RelationType
    sentence: str
    records: tuple[str, ...]


class Network(Contract):
    """`complete` is false where the cap left businesses out; `limits` says what was not followed, and why."""

    degrees: int
    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]
    complete: bool
    limits: tuple[str, ...]


class NetworkPath(Contract):
    """The shortest chain of relations between two businesses; empty where none was found."""

    nodes: tuple[BusinessRef, ...]
    edges: tuple[NetworkEdge, ...]
    summary: str
