"""Reading an event log in tests, in this process and in others."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from threading import Thread

from shared.runtime.eventlog import Delivered, EventLog, Subscription
from tests.support.processes import kill9, start_module


class Worker:
    """A `tests.support.log_worker` process and the lines that it has printed so far."""

    def __init__(self, *arguments: str) -> None:
        self.process = start_module("tests.support.log_worker", *arguments)
        self.lines: list[str] = []
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    async def printed(self, count: int, seconds: float = 30.0) -> None:
        """Wait until it has printed `count` lines."""
        await eventually(lambda: len(self.lines) >= count, seconds)

    async def finished(self, seconds: float = 60.0) -> None:
        await eventually(lambda: self.process.poll() is not None, seconds)
        assert self.process.returncode == 0

    def kill9(self) -> list[str]:
        """Kill it; all that it had printed."""
        kill9(self.process)
        self._reading.join()
        return self.lines

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.decode().strip())


async def eventually(condition: object, seconds: float = 20.0) -> None:
    """Wait until `condition()` is true, or fail."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true after {seconds:g} s"
        await asyncio.sleep(0.02)


async def read_all(log: EventLog, topic: str) -> list[Delivered]:
    """Every message that the topic holds now."""
    ends = await log.end(topic)
    positions = dict.fromkeys(ends, 0)
    messages: list[Delivered] = []
    while positions != ends:
        batch = await log.fetch(topic, positions, 1000, 5.0)
        assert batch, "the log holds less than its end says"
        messages += batch
        positions |= {message.partition: message.offset + 1 for message in batch}
    return messages


async def drain(subscription: Subscription, count: int, seconds: float = 30.0) -> list[Delivered]:
    """Poll and commit until `count` messages have come."""
    deadline = time.monotonic() + seconds
    messages: list[Delivered] = []
    while len(messages) < count:
        assert time.monotonic() < deadline, f"{len(messages)} of {count} messages after {seconds:g} s"
        batch = await subscription.poll(100, 0.2)
        await commit(subscription, batch)
        messages += batch
    return messages


async def commit(subscription: Subscription, batch: Iterable[Delivered]) -> None:
    for (topic, partition), offset in {(item.topic, item.partition): item.offset for item in batch}.items():
        await subscription.commit(topic, partition, offset + 1)


def values_by_key(messages: Iterable[Delivered]) -> dict[str, list[int]]:
    values: dict[str, list[int]] = defaultdict(list)
    for message in messages:
        values[message.key].append(int(message.value))
    return dict(values)


def assert_contiguous(messages: Iterable[Delivered]) -> None:
    """Offsets of each partition are 0, 1, 2 … in the order read."""
    offsets: dict[int, list[int]] = defaultdict(list)
    for message in messages:
        offsets[message.partition].append(message.offset)
    for seen in offsets.values():
        assert seen == list(range(len(seen)))
