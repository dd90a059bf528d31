"""Models: by what records are linked, where it comes from, and what each weight means."""

from datetime import date

from pydantic import Field

from shared.contracts.envelope import Contract


class ModelSummary(Contract):
    version: str
    in_force: bool = Field(description="Whether records are linked by it today")
    state: str = Field(description="What is done with it, in words: in force, published, how far a switch has come")
    made_on: date
    based_on: str | None = Field(description="The version that training went on from")
    source: str = Field(description="Where its numbers come from, in words")
    details: str = Field(description="Address of the whole model")


class Models(Contract):
    """Published models, the newest first. A version never changes."""

    models: tuple[ModelSummary, ...]


class ModelData(Contract):
    name: str
    kind: str = Field(description="real or synthetic")
    records: int | None
    licence: str | None


class LevelWeight(Contract):
    """What it counts for that two records compare so."""

    level: str
    m: float = Field(description="How often two records of one business compare so; only its ratio to u counts")
    u: float = Field(description="How often two records of different businesses do")
    bits: float = Field(description="log2(m/u): added to the weight of a pair")
    sentence: str = Field(description="What is said of two records that give A and B")


class ComparisonWeights(Contract):
    comparison: str
    levels: tuple[LevelWeight, ...]


class Thresholds(Contract):
    """In bits, each of which doubles the odds."""

    links_from: float
    asked_from: float = Field(description="A pair from here to below `asked_to` is put before a person")
    asked_to: float
    never_compared: float = Field(description="Counted in a business for two of its records that were never compared")
    one_feed: float = Field(description="Added for two records of one feed, unless the feed is known to repeat itself")
    crowd: int = Field(description="Where more records than this hang together, links hold from more bits")
    sure: float = Field(description="Up to how many bits these are in a crowd")


class Ceiling(Contract):
    level: str
    bits: float = Field(
        description="At most so much do name, contacts, numbers and people add where premises compare so"
    )


class ModelDetail(ModelSummary):
    review: str
    weaknesses: tuple[str, ...]
    figures: dict[str, float]
    data: tuple[ModelData, ...]
    prior: float = Field(description="Bits before anything is compared")
    thresholds: Thresholds
    comparisons: tuple[ComparisonWeights, ...]
    identity_ceilings: tuple[Ceiling, ...]
    words: int = Field(description="Words of names whose frequency it knows: what is rare counts for more")
    hubs: int = Field(description="Values that many businesses give, and that are no evidence")
    hub_list: str = Field(description="Address of those among them that your records carry")


class Hub(Contract):
    """A value that many businesses give, and that is therefore no evidence of anything."""

    kind: str = Field(
        description="phone, email, domain, company_number, vat_number, charity_number, person or premises"
    )
    value: str
    in_words: str = Field(description="The same as one of these records writes it")
    records: int = Field(description="Records that you see and that carry it")
    list: str = Field(description="Address of the list of the businesses that they are part of")


class HubPage(Contract):
    """Values on the most of your records first, of those on several. `next` is the `cursor` of the page after."""

    hubs: tuple[Hub, ...]
    next: str | None = None
