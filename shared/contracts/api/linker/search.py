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


class SearchResult(BusinessSummary):
    matches: tuple[SearchMatch, ...]
    summary: str = Field(description="Why it was found, in one sentence")


class SearchPage(Contract):
    """The best first. `next` is the `cursor` of the page after this one."""

    businesses: tuple[SearchResult, ...]
    unknown: tuple[str, ...] = Field(description="What was typed and stands, even alike, in no record you may see")
    next: str | None = None
