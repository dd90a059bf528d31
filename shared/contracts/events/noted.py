"""What a partner's people noted here and goes into the graph as a record of their agency."""

from datetime import date

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import EventData
from shared.contracts.record import Record


class Noted(EventData):
    """Said again with the same `source_ref` it is a correction. Never free text, and of no person.

    Ingest alone may read it, and its topic is sealed: the name of a business may be a person's.
    """

    agency: str = Field(description="Whose people noted it, and whose record it becomes")
    regime: str
    source_ref: str = Field(description="The id of what was noted: the record's reference for ever")
    record: Record | None = Field(description="None where it was taken back")
    erased: bool = Field(default=False, description="Nothing of it is to be left, and it is not to come back")


class WrittenDisposed(EventData):
    """The time for which an agency keeps what its people wrote is over for some items, and they were destroyed."""

    disposal: str
    agency: str
    kind: str
    category: str
    items: int = Field(ge=1)
    untouched_since: AwareDatetime
    days: int = Field(ge=1)
    rule: str = Field(description="`category` where the partnership has a rule for it, else `shipped`")
    source: str
    review_on: date | None
