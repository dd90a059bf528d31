"""The embedded event log: one SQLite file shared by the processes of one machine.

A commit returns after fsync; readers notice other processes' appends by SQLite's `data_version`, which costs
microseconds to ask, so that a message is seen within milliseconds and an idle process does next to nothing.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from shared.runtime.eventlog import Delivered, LogUnavailable, Message, PartitionLost, Positions, membership
from shared.runtime.eventlog.group_commit import T, Write, Writer, as_unavailable
from shared.runtime.eventlog.sqlite_file import (
    Partition,
    connect,
    create,
    empty_wal,
    ensure_topic,
    forget,
    insert,
    next_offsets,
    partition_for,
    partitions_of,
    read,
)

_LOOK_ACTIVE = 0.003
_LOOK_IDLE = 0.025
_ACTIVE_SECONDS = 2.0
_HEALTH_SECONDS = 0.5
_STUCK_SECONDS = 300.0
"""A member whose handler has not come back for this long no longer has its lease renewed."""


class EmbeddedLog:
    """An EventLog on the file at `path`; topics that it creates get `partitions` partitions."""

    def __init__(self, path: str | Path, partitions: int) -> None:
        self._path = Path(path)
        self._partition_count = partitions
        self._topics: dict[str, list[Partition]] = {}
        self._subscriptions: dict[int, EmbeddedSubscription] = {}
        create(self._path)
        self.changes = Changes(self._path)
        self._reader = connect(self._path)
        self._reader.execute("PRAGMA query_only = ON")
        self._reader_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log-reader")
        self._writer = Writer(self._path, self._pulse, lambda: bool(self._subscriptions), membership.BEAT_SECONDS)

    async def append(self, messages: Sequence[Message]) -> None:
        placed: dict[Partition, list[Message]] = {}
        for message in messages:
            partitions = self._topics.get(message.topic) or await self.partitions(message.topic)
            placed.setdefault(partition_for(message.key, partitions), []).append(message)
        await self.write(lambda connection: insert(connection, placed))

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator["EmbeddedSubscription"]:
        subscription = EmbeddedSubscription(self, group, topics, self._partition_count)
        await subscription.join()
        self._subscriptions[id(subscription)] = subscription
        try:
            yield subscription
        finally:
            del self._subscriptions[id(subscription)]
            with suppress(LogUnavailable):  # then the lease runs out by itself
                await subscription.leave()

    async def fetch(self, topic: str, after: Positions, limit: int, wait: float) -> list[Delivered]:
        positions = {partition: after.get(partition.number, 0) for partition in await self.partitions(topic)}
        deadline = time.monotonic() + wait
        while True:
            seen = self.changes.count()
            messages = await self.read(lambda connection: read(connection, positions, limit))
            if messages or time.monotonic() >= deadline:
                return messages
            await self.changes.wait(seen, deadline)

    async def end(self, topic: str) -> Positions:
        partitions = await self.partitions(topic)
        ends = await self.read(lambda connection: next_offsets(connection, partitions))
        return {partition.number: offset for partition, offset in ends.items()}

    async def reset(self, group: str, topic: str) -> None:
        partitions = await self.partitions(topic)
        await self.write(lambda connection: membership.reset(connection, group, partitions))

    async def forget(self, topic: str, before: datetime) -> None:
        partitions = await self.partitions(topic)
        await self.write(lambda connection: forget(connection, partitions, before.timestamp()))
        await self.read(empty_wal)

    async def close(self) -> None:
        self._writer.stop()
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._reader_thread.shutdown)
        self._reader.close()
        self.changes.close()

    async def partitions(self, topic: str) -> list[Partition]:
        """The topic's partitions in order; they never change once made."""
        if topic not in self._topics:
            found = await self.read(lambda connection: partitions_of(connection, topic))
            self._topics[topic] = found or await self.write(
                lambda connection: ensure_topic(connection, topic, self._partition_count)
            )
        return self._topics[topic]

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reader_thread, query, self._reader)
        except sqlite3.Error as error:
            raise as_unavailable(error) from error

    async def write(self, write: Write[T]) -> T:
        return await self._writer.run(write)

    def _pulse(self, connection: sqlite3.Connection) -> None:
        subscriptions = list(self._subscriptions.values())
        membership.beat(connection, [item.member for item in subscriptions if not item.is_stuck()])


class EmbeddedSubscription:
    """One member of a group on the embedded log."""

    def __init__(self, log: EmbeddedLog, group: str, topics: Sequence[str], partitions: int) -> None:
        self._log = log
        self._group = group
        self._topics = topics
        self._partition_count = partitions
        self._positions: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self._generation = -1
        self._next_health_check = 0.0
        self._last_poll = time.monotonic()
        self.member = 0

    async def poll(self, limit: int, wait: float) -> list[Delivered]:
        deadline = time.monotonic() + wait
        while True:
            seen = self._log.changes.count()
            messages = await self._log.read(lambda connection: self._look(connection, limit))
            if messages is None:
                await self._settle()
            elif messages or time.monotonic() >= deadline:
                self._advance(messages)
                self._last_poll = time.monotonic()
                return messages
            else:
                await self._log.changes.wait(seen, min(deadline, self._next_health_check))

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        place = self._find(topic, partition)
        if place is None:
            raise PartitionLost(f"{topic} partition {partition} is not held by this member of {self._group}")
        member = self.member
        await self._log.write(lambda connection: membership.commit(connection, self._group, member, place, offset))

    async def seek(self, topic: str, partition: int, offset: int) -> None:
        place = self._find(topic, partition)
        if place is not None:
            self._positions[place] = offset

    async def pause(self, topic: str, partition: int) -> None:
        place = self._find(topic, partition)
        if place is not None:
            self._paused.add(place)

    async def resume(self, topic: str, partition: int) -> None:
        self._paused = {place for place in self._paused if (place.topic, place.number) != (topic, partition)}

    async def lag(self) -> Mapping[str, int]:
        found = await self._log.read(lambda connection: membership.lag(connection, self._group, self.member))
        return {topic: found.get(topic, 0) for topic in self._topics}

    async def join(self) -> None:
        """Become a member, under an id never used before, and take a share of what is free."""
        self._positions, self._paused = {}, set()
        self.member = await self._log.write(
            lambda connection: membership.join(connection, self._group, self._topics, self._partition_count)
        )
        await self._settle()

    async def leave(self) -> None:
        await self._log.write(lambda connection: membership.leave(connection, self._group, self.member))

    def is_stuck(self) -> bool:
        return time.monotonic() - self._last_poll > _STUCK_SECONDS

    def _look(self, connection: sqlite3.Connection, limit: int) -> list[Delivered] | None:
        """Messages to read, or None if the group has changed and this member must settle first."""
        if membership.generation(connection, self._group) != self._generation:
            return None
        if time.monotonic() >= self._next_health_check:
            self._next_health_check = time.monotonic() + _HEALTH_SECONDS
            if membership.has_dead(connection, self._group):
                return None
        ready = {place: offset for place, offset in self._positions.items() if place not in self._paused}
        return read(connection, ready, limit)

    async def _settle(self) -> None:
        def settle(connection: sqlite3.Connection) -> tuple[dict[Partition, int] | None, int]:
            held = membership.settle(connection, self._group, self.member)
            return held, membership.generation(connection, self._group)

        held, self._generation = await self._log.write(settle)
        if held is None:
            await self.join()
            return
        self._positions = {place: self._positions.get(place, committed) for place, committed in held.items()}
        self._paused &= held.keys()

    def _advance(self, messages: Sequence[Delivered]) -> None:
        for (topic, partition), offset in {(item.topic, item.partition): item.offset for item in messages}.items():
            place = self._find(topic, partition)
            if place is not None:
                self._positions[place] = offset + 1

    def _find(self, topic: str, number: int) -> Partition | None:
        return next((place for place in self._positions if (place.topic, place.number) == (topic, number)), None)


class Changes:
    """Notices that any process has appended, or that a group has changed."""

    _SELECT = (
        "SELECT (SELECT coalesce(sum(next), 0) FROM partition),"
        " (SELECT coalesce(sum(generation), 0) FROM consumer_group)"
    )

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._data_version = -1
        self._count = (0, 0)
        self._last_change = 0.0

    def count(self) -> tuple[int, int]:
        """Changes so far; never goes back. Takes microseconds and never waits, for it runs on the event loop."""
        with suppress(sqlite3.OperationalError):  # busy while another process recovers the file: look again later
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._data_version:
                count = self._connection.execute(self._SELECT).fetchone()
                self._data_version = version
                if count != self._count:
                    self._count, self._last_change = count, time.monotonic()
        return self._count

    async def wait(self, seen: tuple[int, int], deadline: float) -> None:
        """Return when something has changed since `seen`, or at `deadline` (time.monotonic)."""
        while self.count() == seen and (now := time.monotonic()) < deadline:
            pause = _LOOK_ACTIVE if now - self._last_change < _ACTIVE_SECONDS else _LOOK_IDLE
            await asyncio.sleep(min(pause, deadline - now))

    def close(self) -> None:
        self._connection.close()
