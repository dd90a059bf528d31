"""What views cost the stream: one reader's risk changes as the route gives them, beside the same without views."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

from services.gateway.api.events import Place, Streams, delivered, risk_changes
from services.gateway.domain.cursor import KEY_BYTES, Cursors
from services.gateway.domain.risk import Filter, decode, may_have
from services.gateway.handlers.rules import Rules
from services.gateway.handlers.streams import RiskStream
from shared.contracts.events.linker import RISK_TOPIC
from shared.contracts.roles import Role
from shared.runtime.auth import Principal
from shared.runtime.eventlog import Message, open_log

_ROUNDS = 5
_BATCH = 1000
_RECENT = 5000  # as many as are kept in memory for readers that keep up, or fewer
_FOR_EVER = float("inf")

Reading = Callable[[], AsyncIterator[object]]
Positions = dict[int, int]


async def stream_overhead(log_url: str, rules_file: Path, agency: str, folder: Path) -> dict[str, Any]:
    """Microseconds of processor time for each change that the agency may have, of a reader that keeps up and is fed
    from memory, and of one that comes back and reads the log. Without views, there is nothing but those changes."""
    rules = Rules(rules_file)
    all_ = (await _risk_changes(log_url))[-_RECENT:]
    own = [message for message in all_ if _is_for(agency, message, rules)]
    async with _streams(folder / "together.db", all_) as together, _streams(folder / "alone.db", own) as alone:
        told: dict[str, Any] = {"own_events": len(own), "events_in_the_log": len(all_)}
        for name, kept in (("keeps_up", True), ("comes_back", False)):
            restricted = _restricted(together, rules, agency, kept=kept)
            told[name] = await _compared(restricted, _unrestricted(alone, agency, kept=kept), len(own))
    return told


def _restricted(given: "_Given", rules: Rules, agency: str, *, kept: bool) -> Reading:
    principal = Principal(agency, frozenset({Role.analyst}), "bench")
    place = given.start if kept else {}
    return lambda: risk_changes(principal, rules, given.streams, Filter(), Place(dict(place), rules.view_of(agency)))


def _unrestricted(given: "_Given", agency: str, *, kept: bool) -> Reading:
    return lambda: _everything(given.streams, agency, dict(given.start if kept else {}))


async def _compared(restricted: Reading, unrestricted: Reading, count: int) -> dict[str, Any]:
    """Turn by turn."""
    taken: dict[str, list[float]] = {"restricted": [], "unrestricted": []}
    for _ in range(1 + _ROUNDS):
        taken["restricted"].append(await _timed(restricted, count + 1))  # the first block says that it is open
        taken["unrestricted"].append(await _timed(unrestricted, count))
    middle = {name: median(each[1:]) for name, each in taken.items()}
    told = {name: {"p50_us": round(1e6 * seconds / count, 1)} for name, seconds in middle.items()}
    return told | {"ratio": round(middle["restricted"] / middle["unrestricted"], 3)}


async def _risk_changes(log_url: str) -> list[Message]:
    log, found = await open_log(log_url), []
    at: dict[int, int] = {}
    try:
        while messages := await log.fetch(RISK_TOPIC, at, _BATCH, 0.0):
            at |= {message.partition: message.offset + 1 for message in messages}
            found += [Message(RISK_TOPIC, message.key, message.value) for message in messages]
    finally:
        await log.close()
    return found


def _is_for(agency: str, message: Message, rules: Rules) -> bool:
    event = decode(message.value)
    return event is not None and may_have(event, agency, rules.view_of(agency))


@dataclass(frozen=True, slots=True)
class _Given:
    """A gateway's streams, and from where on they have everything in memory."""

    streams: Streams
    start: Positions


@asynccontextmanager
async def _streams(file: Path, messages: Sequence[Message]) -> AsyncIterator[_Given]:
    """Of a gateway that has read these as they came."""
    log = await open_log(f"embedded://{file}")
    stream, stop = RiskStream(f"embedded://{file}", len(messages), streams_per_agency=10), asyncio.Event()
    reading = asyncio.create_task(stream.run(stop))
    while not await stream.is_ready():
        await asyncio.sleep(0.01)
    begin = await stream.now()
    for start in range(0, len(messages), _BATCH):
        await log.append(messages[start : start + _BATCH])
    try:
        yield _Given(Streams(stream, Cursors(b"0" * KEY_BYTES, "bench")), begin)
    finally:
        stop.set()
        await reading
        await stream.close()
        await log.close()


async def _everything(streams: Streams, agency: str, positions: Positions) -> AsyncIterator[object]:
    async for _, event in streams.risk.follow(agency, positions, _FOR_EVER):
        yield delivered(event, streams.cursors.seal(agency, positions))


async def _timed(reading: Reading, count: int) -> float:
    """Seconds of this thread's processor time for so many: others that work on the machine are not measured."""
    began = thread_time()
    async with aclosing(reading()) as events:  # type: ignore[type-var]
        async for _ in events:
            count -= 1
            if not count:
                break
    return thread_time() - began
