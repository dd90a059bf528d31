"""GET /v1/events/risk-changes: the changes of risk that the caller's audience may see, as Server-Sent Events."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from opentelemetry.trace import SpanKind

from services.gateway.api.caller import CurrentRules, StreamReader
from services.gateway.domain.cursor import BadCursor, Cursors
from services.gateway.domain.risk import Filter, RiskEvent, is_area, may_have
from services.gateway.handlers.streams import RiskStream
from shared.contracts.api.gateway import RISK_CHANGED, RiskChange
from shared.contracts.events.linker import RiskBand
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid, Malformed
from shared.runtime.telemetry import span
from shared.runtime.web import problems

router = APIRouter(tags=["events"])


class Origin(StrEnum):
    start = "start"
    now = "now"


@dataclass(frozen=True, slots=True)
class Streams:
    """What the route needs of the application."""

    risk: RiskStream
    cursors: Cursors


def _streams(request: Request) -> Streams:
    streams: Streams = request.app.state.streams
    return streams


CurrentStreams = Annotated[Streams, Depends(_streams)]


def _place(caller: StreamReader, streams: CurrentStreams) -> Iterator[None]:
    """Held for as long as the stream is open: given back when the answer has ended."""
    with streams.risk.place(caller.agency):
        yield


def _filter(
    band: Annotated[list[RiskBand], Query(description="The band is now one of these")] = [],  # noqa: B006
    regime: Annotated[list[str], Query(description="One of these regimes has a live concern")] = [],  # noqa: B006
    area: Annotated[list[str], Query(description="Outward postcode (UB1) or postcode area (UB)")] = [],  # noqa: B006
) -> Filter:
    areas = frozenset(text.strip().upper() for text in area)
    if not all(is_area(text) for text in areas):
        raise Invalid(errors=[FieldProblem(field="query.area", code="area", remedy="Give UB, UB1 or the like.")])
    return Filter(frozenset(band), frozenset(regime), areas)


async def _positions(
    caller: StreamReader,
    streams: CurrentStreams,
    origin: Annotated[Origin, Query(alias="from", description="Where to begin without a cursor")] = Origin.now,
    after: Annotated[str | None, Query(description="A cursor, for clients that cannot set headers")] = None,
    last_event_id: Annotated[str | None, Header(description="The cursor of the last event received")] = None,
) -> dict[int, int]:
    """Where the stream begins: after the cursor if there is one, header before query; else at `from`."""
    cursor = last_event_id or after
    if not cursor:
        return {} if origin is Origin.start else await streams.risk.now()
    try:
        positions = streams.cursors.open(caller.agency, cursor)
        await streams.risk.check(positions)
    except BadCursor as error:
        raise Malformed("The cursor is not one of this stream; leave it out and choose from=start or now.") from error
    return positions


@router.get(
    "/v1/events/risk-changes",
    response_class=EventSourceResponse,
    responses=problems(429),
    dependencies=[Depends(_place)],
    summary="Changes of risk as they happen",
)
async def risk_changes(
    caller: StreamReader,
    rules: CurrentRules,
    streams: CurrentStreams,
    wanted: Annotated[Filter, Depends(_filter)],
    positions: Annotated[dict[int, int], Depends(_positions)],
) -> AsyncIterator[RiskChange | ServerSentEvent]:
    """Your own audience's view only. Each event's `id` is a cursor: give the last one back as `Last-Event-ID` and the
    stream goes on exactly there. The first block has a cursor and no data. The stream ends with the token."""
    yield ServerSentEvent(comment="open", id=streams.cursors.seal(caller.agency, positions))
    async for entry in streams.risk.follow(positions, caller.expires_at):
        event = entry.event
        if event and wanted.wants(event) and may_have(event, caller.agency, rules.audiences()):
            yield _delivered(event, streams.cursors.seal(caller.agency, positions))


def _delivered(event: RiskEvent, cursor: str) -> ServerSentEvent:
    with span("risk-changes deliver", event.traceparent, SpanKind.PRODUCER):
        return ServerSentEvent(event=RISK_CHANGED, raw_data=event.body, id=cursor)
