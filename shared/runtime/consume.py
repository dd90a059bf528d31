"""The consumer loop: batches from the event log to handlers, over the `EventLog` protocol alone.

A handler does its own transaction and returns when that is durable; only then is the offset committed, so a message is
handled at least once. A failing message blocks its partition and no other, and goes to `<topic>.dlq` after some tries.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import TypeVar

import structlog
from prometheus_client import Counter, Gauge

from shared.runtime.dead_letter import dead_letter, is_from, revive, topic_of
from shared.runtime.eventlog import Delivered, EventLog, LogUnavailable, PartitionLost, Subscription
from shared.runtime.transient import is_transient

BatchHandler = Callable[[Sequence[Delivered]], Awaitable[None]]
"""Given messages of one topic, of any number of partitions, in order within each; returns when they are durable."""
Backoff = Callable[[int], float]
"""Seconds to wait after the n-th try (1, 2, 3 …)."""

_POLL_SECONDS = 0.25
_LAG_SECONDS = 5.0
_REPLAY_BATCH = 500
_REPLAY_WAIT = 5.0

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_consumed = Counter("joinedup_log_consumed_total", "Messages handled", ["topic", "group"])
_failed = Counter("joinedup_log_failed_total", "Tries of one message that failed for good reason", ["topic", "group"])
_dead = Counter("joinedup_log_dead_lettered_total", "Messages given up and set aside", ["topic", "group"])
_lag = Gauge("joinedup_log_lag", "Messages appended and not yet committed, in this member's share", ["topic", "group"])


def default_backoff(tries: int) -> float:
    """0.2 s, doubling, at most 15 s."""
    return float(min(0.1 * 2 ** min(tries, 10), 15.0))


async def consume(
    log: EventLog,
    group: str,
    handlers: Mapping[str, BatchHandler],
    *,
    stop: asyncio.Event,
    tries: int = 5,
    backoff: Backoff = default_backoff,
    max_batch: int = 500,
) -> None:
    """Feed `handlers` (by topic) as a member of `group` until `stop`; what is in hand is finished first."""
    policy = _Policy(group, tries, backoff, stop)
    with suppress(_Stopped):
        async with AsyncExitStack() as stack:
            subscription = await policy.persist(lambda: stack.enter_async_context(log.subscribe(group, list(handlers))))
            await _Consumer(log, subscription, handlers, policy).run(max_batch)


async def replay_dead_letters(log: EventLog, topic: str, group: str) -> int:
    """Append again what `group` had set aside of `topic` and was not replayed yet; how many that was.

    Other groups of the topic get them again too, and their inboxes drop what they have handled.
    """
    letters = topic_of(topic)
    ends = await log.end(letters)
    replayed = 0
    async with log.subscribe(f"replay.{group}", [letters]) as subscription:
        while (await subscription.lag())[letters]:
            polled = await subscription.poll(_REPLAY_BATCH, _REPLAY_WAIT)
            batch = [letter for letter in polled if letter.offset < ends.get(letter.partition, 0)]
            if not batch:
                break
            again = [revive(letter) for letter in batch if is_from(letter, group)]
            await log.append(again)
            await _commit_last(subscription, batch)
            replayed += len(again)
    return replayed


class _Stopped(Exception):
    """`stop` was set while the log could not be reached."""


@dataclass(frozen=True, slots=True)
class _Policy:
    group: str
    tries: int
    backoff: Backoff
    stop: asyncio.Event

    async def persist(self, action: Callable[[], Awaitable[T]]) -> T:
        """Do it, for as long as it takes the log to come back. Raises _Stopped."""
        waits = 0
        while True:
            try:
                return await action()
            except LogUnavailable as error:
                if self.stop.is_set():
                    raise _Stopped from error
                waits += 1
                _log.warning("log_away", group=self.group, error=type(error).__name__, waits=waits)
                await asyncio.sleep(self.backoff(waits))


@dataclass(frozen=True, slots=True)
class _Block:
    """A partition held back at `offset`. `failures` count against the message, `waits` are the infrastructure's."""

    offset: int
    failures: int = 0
    waits: int = 0
    until: float = 0.0


Place = tuple[str, int]


class _Consumer:
    def __init__(
        self, log: EventLog, subscription: Subscription, handlers: Mapping[str, BatchHandler], policy: _Policy
    ) -> None:
        self._log = log
        self._subscription = subscription
        self._handlers = handlers
        self._policy = policy
        self._blocks: dict[Place, _Block] = {}
        self._paused: set[Place] = set()
        self._next_lag = 0.0

    async def run(self, max_batch: int) -> None:
        while not self._policy.stop.is_set():
            wait = await self._resume_due()
            messages = await self._policy.persist(partial(self._subscription.poll, max_batch, wait))
            for topic, batch in groupby(sorted(messages, key=_topic), key=_topic):
                await self._deliver(topic, list(batch))
            await self._report_lag()

    async def _deliver(self, topic: str, messages: Sequence[Delivered]) -> None:
        """The first message of a partition that was blocked is tried alone; all else goes as one batch."""
        batch: list[Delivered] = []
        for place, queue in _by_place(messages).items():
            block = self._blocks.get(place)
            if block is None or block.offset != queue[0].offset or not block.failures:
                batch += queue
            elif await self._deliver_one(queue[0]):
                batch += queue[1:]
        if batch:
            await self._deliver_batch(topic, batch)

    async def _deliver_batch(self, topic: str, batch: Sequence[Delivered]) -> None:
        try:
            await self._handlers[topic](batch)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises decides what becomes of the message
            await self._sort_out(batch, error)
        else:
            await self._done(batch)

    async def _sort_out(self, batch: Sequence[Delivered], error: Exception) -> None:
        """A batch failed: wait for the infrastructure, or find the culprit by trying one by one."""
        if is_transient(error):
            for queue in _by_place(batch).values():
                await self._wait(queue[0], error)
        elif len(batch) == 1:
            await self._fail(batch[0], error)
        else:
            for queue in _by_place(batch).values():
                await self._deliver_singly(queue)

    async def _deliver_singly(self, queue: Sequence[Delivered]) -> None:
        for message in queue:
            if not await self._deliver_one(message):
                return

    async def _deliver_one(self, message: Delivered) -> bool:
        """Whether the partition may go on."""
        try:
            await self._handlers[message.topic]([message])
        except Exception as error:  # noqa: BLE001 - as in _deliver_batch
            if is_transient(error):
                await self._wait(message, error)
                return False
            return await self._fail(message, error)
        await self._done([message])
        return True

    async def _done(self, batch: Sequence[Delivered]) -> None:
        for queue in _by_place(batch).values():
            self._clear(queue[0])
            _consumed.labels(queue[0].topic, self._policy.group).inc(len(queue))
        await self._policy.persist(lambda: _commit_last(self._subscription, batch))

    async def _fail(self, message: Delivered, error: Exception) -> bool:
        """Count a failure of the message: block its partition, or set it aside. Whether the partition may go on."""
        block = self._block_of(message)
        block = replace(block, failures=block.failures + 1)
        _failed.labels(message.topic, self._policy.group).inc()
        self._warn("message_failed", message, error, tries=block.failures)
        if block.failures < self._policy.tries:
            await self._hold(message, replace(block, until=_in(self._policy.backoff(block.failures))))
            return False
        letter = dead_letter(message, error, block.failures, self._policy.group)
        await self._policy.persist(lambda: self._log.append([letter]))
        _dead.labels(message.topic, self._policy.group).inc()
        self._clear(message)
        await self._policy.persist(lambda: _commit_last(self._subscription, [message]))
        return True

    async def _wait(self, message: Delivered, error: Exception) -> None:
        block = self._block_of(message)
        block = replace(block, waits=block.waits + 1)
        self._warn("infrastructure_away", message, error, waits=block.waits)
        await self._hold(message, replace(block, until=_in(self._policy.backoff(block.waits))))

    async def _hold(self, message: Delivered, block: _Block) -> None:
        """Leave the partition alone for a while, then read on from this message."""
        place = _place(message)
        self._blocks[place] = block
        self._paused.add(place)
        await self._subscription.seek(*place, message.offset)
        await self._subscription.pause(*place)

    def _clear(self, message: Delivered) -> None:
        self._blocks.pop(_place(message), None)
        self._paused.discard(_place(message))

    def _block_of(self, message: Delivered) -> _Block:
        block = self._blocks.get(_place(message))
        return block if block and block.offset == message.offset else _Block(message.offset)

    async def _resume_due(self) -> float:
        """Let go on those whose time has come; seconds until the next one's, at most the usual wait."""
        now = time.monotonic()
        for place in [place for place in self._paused if self._blocks[place].until <= now]:
            self._paused.remove(place)
            await self._subscription.resume(*place)
        return min([_POLL_SECONDS, *(self._blocks[place].until - now for place in self._paused)])

    async def _report_lag(self) -> None:
        if time.monotonic() < self._next_lag:
            return
        self._next_lag = _in(_LAG_SECONDS)
        with suppress(LogUnavailable):
            for topic, messages in (await self._subscription.lag()).items():
                _lag.labels(topic, self._policy.group).set(messages)

    def _warn(self, event: str, message: Delivered, error: Exception, **counts: int) -> None:
        _log.warning(
            event,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            group=self._policy.group,
            error=type(error).__name__,  # never its text, which may quote a person's details
            **counts,
        )


async def _commit_last(subscription: Subscription, batch: Iterable[Delivered]) -> None:
    """Commit each partition after its last message. One that went to another member is that member's to commit."""
    lasts = {_place(message): message.offset for message in batch}
    commits = [subscription.commit(*place, offset + 1) for place, offset in lasts.items()]
    for outcome in await asyncio.gather(*commits, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, PartitionLost):
            raise outcome


def _by_place(messages: Iterable[Delivered]) -> dict[Place, list[Delivered]]:
    queues: dict[Place, list[Delivered]] = {}
    for message in messages:
        queues.setdefault(_place(message), []).append(message)
    return queues


def _place(message: Delivered) -> Place:
    return message.topic, message.partition


def _topic(message: Delivered) -> str:
    return message.topic


def _in(seconds: float) -> float:
    return time.monotonic() + seconds
