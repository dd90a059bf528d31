"""CloudEvents 1.0 as a frozen model: the one shape in which anything happens.

Source: CloudEvents specification 1.0.2, JSON format, with the extensions `partitionkey`, `traceparent` and `sequence`.
"""

from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

EVENT_TYPE_PREFIX = "uk.joinedup."


class Contract(BaseModel):
    """Base of everything that crosses a service boundary: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class EventData(BaseModel):
    """Base of an event's payload. Readers ignore fields they do not know, so that a producer may add one."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


DataT = TypeVar("DataT", bound=EventData)


class Event(BaseModel, Generic[DataT]):
    """A CloudEvent. `id` is unique per `source`; `partitionkey` is the aggregate whose events stay in order."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1)
    source: str = Field(description="The service that says it, e.g. /ingest")
    type: str = Field(description="e.g. uk.joinedup.record.received.v1")
    subject: str = Field(description="The id of the aggregate it is about")
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    partitionkey: str
    traceparent: str | None = Field(default=None, description="W3C trace context of what caused it")
    data: DataT
