"""One box to find a business by whatever is known of it."""

from pydantic import Field

from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.envelope import Contract


class SearchMatch(Contract):
    """What was typed, and where it or something near it stands."""

    typed: str
    field: str = Field(description="The field of a record, e.g. phone number")
    closeness: str = Field(description="exact, one letter different, two letters different, begins with it …")
    phrase: str = Field(description="Both in words, e.g. owner's name (one letter different: singh)")
    records: tuple[str, ...] = Field(description="The records where it stands")


class Distance(Contract):
    """How far away the nearest of its records is that you may see."""

    metres: int = Field(ge=0)
    about: bool = Field(
        description="It gives no position: it stands where the nearest record of its postcode does that you may see"
    )
    records: tuple[str, ...] = Field(description="Its records that stand there")


class SearchResult(BusinessSummary):
    matches: tuple[SearchMatch, ...]
    distance: Distance | None = Field(default=None, description="From the point asked for, if there was one")
    summary: str = Field(description="Why it was found, in one sentence")


class SearchPage(Contract):
    """The best first, or the nearest where `near` was asked for. `next` is the `cursor` of the page after this one."""

    businesses: tuple[SearchResult, ...]
    unknown: tuple[str, ...] = Field(description="What was typed and stands, even alike, in no record you may see")
    next: str | None = None
