"""Risk changes for tests: put into the log as the linker's relay would, and read as a dashboard would."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import orjson

from shared.contracts.envelope import Event, EventData
from shared.contracts.events import BY_DATA
from shared.contracts.events.linker import Audience, Cause, RegimeConcern, RiskBand, RiskChanged
from shared.runtime.clock import new_id, today, utc_now
from shared.runtime.eventlog import EventLog, Message
from shared.sharing import load_partnership, views
from tests.integration.gateway.served import PARTNERSHIP

STREAM = "/v1/events/risk-changes"


def audience_of(agency: str, partnership: str = PARTNERSHIP) -> Audience:
    view = next(view for view in views(load_partnership(partnership), today()) if agency in view.agencies)
    return Audience(id=view.id, agencies=view.agencies)


def change(agency: str, business: str = "biz_1", sequence: int = 1, **given: Any) -> Message:
    """A risk change for the audience of `agency`."""
    concern = RegimeConcern(regime="fire", severity=3, weight=2.5, records=("rec_1",), reason="No alarm was found.")
    fields: dict[str, Any] = {
        "audience": audience_of(agency),
        "area": "UB1",
        "as_of": date(2026, 11, 22),
        "band": RiskBand.high,
        "previous_band": RiskBand.low,
        "score": 3.5,
        "regimes": (concern,),
    }
    traceparent = given.pop("traceparent", None)
    return event(RiskChanged(business_id=business, sequence=sequence, **(fields | given)), business, traceparent)


def event(data: EventData, key: str, traceparent: str | None = None) -> Message:
    """`data` as its producer's relay would put it into the log."""
    spec = BY_DATA[type(data)]
    said = Event[EventData](
        id=new_id("evt"),
        source=spec.source,
        type=spec.type,
        subject=key,
        time=utc_now(),
        partitionkey=key,
        traceparent=traceparent,
        data=data,
    )
    return Message(spec.topic, key, said.model_dump_json(serialize_as_any=True).encode())


def farewell(audience: Audience, business: str = "biz_1") -> Message:
    """What is told of a business that its readers see no more."""
    nothing: dict[str, Any] = {"visible": False, "area": None, "regimes": (), "band": RiskBand.none, "score": 0.0}
    return change("fire", business, 2, audience=audience, cause=Cause.withdrawn, **nothing)


def concern_of(regime: str) -> tuple[RegimeConcern, ...]:
    return (RegimeConcern(regime=regime, severity=2, weight=1.0, records=("rec_1",), reason="As found."),)


async def say(log: EventLog, changes: Iterable[Message]) -> None:
    await log.append(list(changes))


@dataclass
class Block:
    """One block of an event stream as it was on the wire."""

    event: str | None = None
    id: str | None = None
    data: Any = None
    comment: str | None = None
    raw: list[str] = field(default_factory=list)


class Reader:
    """An open stream. `cursor` is the id seen last, as a browser would keep it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.cursor: str | None = None
        self._lines = response.aiter_lines()

    async def blocks(self) -> AsyncIterator[Block]:
        block = Block()
        async for line in self._lines:
            if not line:
                yield block
                block = Block()
                continue
            block.raw.append(line)
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                block.data = orjson.loads(value)
            elif name == "id":
                block.id = self.cursor = value
            elif name == "event":
                block.event = value
            elif not name:
                block.comment = value

    async def next(self) -> dict[str, Any]:
        """The data of the next event."""
        return dict((await self.next_block()).data)

    async def next_block(self) -> Block:
        async for block in self.blocks():
            if block.data is not None:
                return block
        raise EOFError("the stream ended")

    async def take(self, count: int) -> list[dict[str, Any]]:
        return [await self.next() for _ in range(count)]


@asynccontextmanager
async def stream(
    url: str, headers: dict[str, str], cursor: str | None = None, timeout: float = 20, **params: Any
) -> AsyncIterator[Reader]:
    """Open the stream; its first block, which is no event, has been read."""
    headers = headers | ({"Last-Event-ID": cursor} if cursor else {})
    async with (
        httpx.AsyncClient(timeout=timeout) as client,
        client.stream("GET", f"{url}{STREAM}", headers=headers, params=params) as response,
    ):
        if response.status_code != 200:
            await response.aread()
            raise Refused(response)
        reader = Reader(response)
        opening = await anext(reader.blocks())
        assert opening.comment == "open"
        yield reader


class Refused(Exception):
    """The answer was no stream."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.text)
        self.response = response
