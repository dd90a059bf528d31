"""The stream of risk changes: one task reads the topic for everybody, and a reader is no more than its position.

A reader that keeps up is fed from the ring in memory; one that fell behind, or came back, reads the log itself until it
has caught up. So a slow reader loses nothing and holds nothing.
"""

import asyncio
import time
from collections import Counter as Counts
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from prometheus_client import Counter, Gauge

from services.gateway.domain.cursor import BadCursor
from services.gateway.domain.ring import Ring
from services.gateway.domain.risk import Entry, RiskEvent, decode
from shared.contracts.events.linker import RISK_TOPIC
from shared.runtime.errors import TooMany, Unavailable
from shared.runtime.eventlog import Delivered, EventLog, LogRefused, open_log
from shared.runtime.telemetry import log
from shared.runtime.transient import is_transient

_BATCH = 200
_TAIL_WAIT = 0.5
_CATCH_UP_WAIT = 0.2
_RETRY = 0.5
_LOOK_AGAIN = 60.0

_open_streams = Gauge("joinedup_gateway_streams", "Streams open now")
_ring_size = Gauge("joinedup_gateway_ring_events", "Events kept in memory for readers that keep up")
_lag = Gauge("joinedup_gateway_tail_lag", "Events in the log that the gateway has not read yet")
_unreadable = Counter("joinedup_gateway_unreadable_total", "Messages of the risk topic that are no risk change")


class RiskStream:
    """Of one process. `run` must be running for anything to be read."""

    def __init__(self, log_url: str, ring_events: int, streams_per_agency: int) -> None:
        self._log_url = log_url
        self._ring_events = ring_events
        self._limit = streams_per_agency
        self._readers: Counts[str] = Counts()
        self._log: EventLog | None = None
        self._ring: Ring | None = None
        self._changed = asyncio.Event()
        self._ended = False
        self._refused = False

    async def run(self, stop: asyncio.Event) -> None:
        """Read the topic until `stop`, which ends all readers; a log that is away is waited for."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._end_when(stop))
            while not stop.is_set():
                try:
                    await self._tail(stop)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    self._refused = isinstance(error, LogRefused)  # will not pass by itself, so it shows in /readyz
                    log(__name__).warning("log_away", error=type(error).__name__)
                    await asyncio.sleep(_RETRY)

    async def close(self) -> None:
        if self._log:
            await self._log.close()

    async def is_ready(self) -> bool:
        return self._ring is not None and not self._refused and not self._ended

    async def now(self) -> dict[int, int]:
        """The position after everything that is in the log at this moment."""
        return dict(await self._opened().end(RISK_TOPIC))

    async def check(self, positions: Mapping[int, int]) -> None:
        """Raises BadCursor if the log does not reach that far: it is not the log that the cursor was made from."""
        end = await self.now()
        if any(position > end.get(partition, 0) for partition, position in positions.items()):
            raise BadCursor

    @contextmanager
    def place(self, agency: str) -> Iterator[None]:
        """One of the streams that `agency` may have open. Raises TooMany."""
        if self._readers[agency] >= self._limit:
            raise TooMany("Your agency has as many streams open as it may.", headers={"Retry-After": "30"})
        self._readers[agency] += 1
        _open_streams.inc()
        try:
            yield
        finally:
            self._readers[agency] -= 1
            _open_streams.dec()

    async def follow(
        self, agency: str, positions: dict[int, int], until: float
    ) -> AsyncIterator[tuple[Entry, RiskEvent]]:
        """Every risk change that `agency` was told of from `positions` on, and new ones as they come, until `until`
        (Unix seconds) or the end of the process. `positions` moves along, past those of others too: when a change is
        given, it is the position after that change."""
        while not self._ended and time.time() < until:
            changed = self._changed
            entries = await self._next(agency, positions)
            for entry in entries:
                positions[entry.partition] = entry.offset + 1
                event = entry.event
                if event is None or agency not in event.agencies:
                    continue
                yield entry, event
                if self._ended or time.time() >= until:
                    return
            if not entries:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), min(max(until - time.time(), 0), _LOOK_AGAIN))

    async def _next(self, agency: str, positions: Mapping[int, int]) -> Sequence[Entry]:
        log_ = self._opened()
        entries = None if self._ring is None else self._ring.after(positions, _BATCH)
        if entries is None:
            entries = _entries(await log_.fetch(RISK_TOPIC, positions, _BATCH, _CATCH_UP_WAIT), agency)
        return entries

    async def _tail(self, stop: asyncio.Event) -> None:
        if self._log is None:
            self._log = await open_log(self._log_url)
        positions = await self.now()
        self._ring = Ring(self._ring_events, positions)
        while not stop.is_set():
            messages = await self._log.fetch(RISK_TOPIC, positions, _BATCH, _TAIL_WAIT)
            self._refused = False
            if messages:
                self._ring.add(_entries(messages))
                positions |= {message.partition: message.offset + 1 for message in messages}
                self._announce()
            await self._report(positions, full=len(messages) == _BATCH)

    async def _report(self, positions: Mapping[int, int], *, full: bool) -> None:
        _ring_size.set(len(self._ring) if self._ring is not None else 0)
        end = await self.now() if full else positions
        _lag.set(sum(end.values()) - sum(positions.values()))

    async def _end_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._ended = True
        self._announce()

    def _announce(self) -> None:
        """Wake those who wait, each for the event that was current when it last looked."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _opened(self) -> EventLog:
        if self._log is None:
            raise Unavailable("The event log is not open yet.", headers={"Retry-After": "1"})
        return self._log


def _entries(messages: Sequence[Delivered], agency: str | None = None) -> list[Entry]:
    return [_entry(message, agency) for message in messages]


def _entry(message: Delivered, agency: str | None) -> Entry:
    try:
        event = decode(message.value, agency)
    except ValueError as error:
        _unreadable.inc()
        log(__name__).error(
            "unreadable", partition=message.partition, offset=message.offset, error=type(error).__name__
        )
        event = None
    return Entry(message.partition, message.offset, event)
