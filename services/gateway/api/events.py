"""GET /v1/events/risk-changes: the changes of risk that the caller's audience may see, as Server-Sent Events."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from opentelemetry.trace import SpanKind

from services.gateway.api.caller import CurrentRules, StreamReader
from services.gateway.domain.cursor import BadCursor, Cursors
from services.gateway.domain.risk import Filter, RiskEvent, is_area, may_have
from services.gateway.handlers.rules import Rules
from services.gateway.handlers.streams import RiskStream
from shared.contracts.api.gateway import RISK_CHANGED, VIEW_CHANGED, RiskChange, ViewChanged
from shared.contracts.events.linker import RiskBand
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid, Malformed
from shared.runtime.telemetry import span
from shared.runtime.web import problems

_LOOK_AGAIN = 0.001
"""Seconds for which the view that a reader has is taken to be the same: of a burst, each change asking costs as much as
all else that is done with it."""

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


@dataclass(slots=True)
class Place:
    """How far a reader has come, and in which view it was told what it was told."""

    positions: dict[int, int]
    view: str

    def seal(self, agency: str, cursors: Cursors) -> str:
        """The cursor of here: the view first, then the partitions in order."""
        return cursors.seal(agency, {0: _number(self.view)} | {no + 1: at for no, at in self.positions.items()})


@lru_cache(maxsize=256)
def _number(view: str) -> int:
    return int.from_bytes(blake2b(view.encode(), digest_size=8).digest())


async def _place_of(
    caller: StreamReader,
    streams: CurrentStreams,
    rules: CurrentRules,
    origin: Annotated[Origin, Query(alias="from", description="Where to begin without a cursor")] = Origin.now,
    after: Annotated[str | None, Query(description="A cursor, for clients that cannot set headers")] = None,
    last_event_id: Annotated[str | None, Header(description="The cursor of the last event received")] = None,
) -> Place:
    """Where the stream begins: after the cursor if there is one, header before query; else at `from`."""
    cursor, view = last_event_id or after, rules.view_of(caller.agency)
    if not cursor:
        return Place({} if origin is Origin.start else await streams.risk.now(), view)
    try:
        held = streams.cursors.open(caller.agency, cursor)
        positions = {slot - 1: at for slot, at in held.items() if slot}
        await streams.risk.check(positions)
    except BadCursor as error:
        raise Malformed("The cursor is not one of this stream; leave it out and choose from=start or now.") from error
    return Place(positions, view if held.get(0) == _number(view) else "")


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
    place: Annotated[Place, Depends(_place_of)],
) -> AsyncIterator[RiskChange | ViewChanged | ServerSentEvent]:
    """Your own audience's view only. Each event's `id` is a cursor: give the last one back as `Last-Event-ID` and the
    stream goes on exactly there. The first block has a cursor and no data. The stream ends with the token.

    Once the sharing rules give your agency another view, a `view.changed` comes before anything else, and then what was
    `released` or `withdrawn`: read your list again when it comes."""
    agency, positions = caller.agency, place.positions
    yield ServerSentEvent(comment="open", id=place.seal(agency, streams.cursors))
    if not place.view:
        yield _view_changed(place, agency, rules, streams)
    view, looked_at = place.view, 0.0
    async for entry, event in streams.risk.follow(agency, positions, caller.expires_at):
        if (now := monotonic()) - looked_at > _LOOK_AGAIN:
            view, looked_at = rules.view_of(agency), now
        if place.view != view:
            before = Place(positions | {entry.partition: entry.offset}, "")
            yield _view_changed(before, agency, rules, streams)
            view = place.view = before.view
        if wanted.wants(event) and may_have(event, agency, view):
            yield delivered(event, place.seal(agency, streams.cursors))


def _view_changed(place: Place, agency: str, rules: Rules, streams: Streams) -> ServerSentEvent:
    place.view = rules.view_of(agency)
    cursor = place.seal(agency, streams.cursors)
    return ServerSentEvent(event=VIEW_CHANGED, raw_data=ViewChanged().model_dump_json(), id=cursor)


def delivered(event: RiskEvent, cursor: str) -> ServerSentEvent:
    """As it is sent, with the cursor behind it."""
    with span("risk-changes deliver", event.traceparent, SpanKind.PRODUCER):
        return ServerSentEvent(event=RISK_CHANGED, raw_data=event.body, id=cursor)
