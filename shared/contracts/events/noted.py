"""What a partner's people noted here and goes into the graph as a record of their agency."""

from pydantic import Field

from shared.contracts.envelope import EventData
from shared.contracts.record import Record


class Noted(EventData):
    """Said again with the same `source_ref` it is a correction. Never free text, and of no person.

    Its topic keeps it for seven days, and ingest alone may read it: the name of a business may be a person's.
    """

    agency: str = Field(description="Whose people noted it, and whose record it becomes")
    regime: str
    source_ref: str = Field(description="The id of what was noted: the record's reference for ever")
    record: Record | None = Field(description="None where it was taken back")
