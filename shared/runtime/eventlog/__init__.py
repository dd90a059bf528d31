"""The event log: ordered per key, durable on return, read by consumer groups at least once.

Two implementations behind one protocol: `embedded` (a SQLite file shared by the processes of one machine) and `kafka`.
One conformance suite runs over both, tests/integration/shared.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, urlsplit

import structlog

DEFAULT_PARTITIONS = 4

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What is appended. `value` is a CloudEvent in structured JSON; messages of one `key` stay in order."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivered(Message):
    """What is read. Offsets count 0, 1, 2 … within a topic's partition."""

    partition: int = 0
    offset: int = 0


Positions = Mapping[int, int]
"""Partition to the offset of the NEXT message to read; a partition that is not named starts at 0."""


class LogUnavailable(ConnectionError):
    """The log cannot be reached or written just now. Nothing is known to be stored; try again."""


class LogRefused(LogUnavailable):
    """The log does not accept this identity, or does not let it do this: somebody must change a password or an ACL.

    It is waited for as any other absence, so that the change needs no restart, and each refusal is logged as an error.
    """


class PartitionLost(Exception):
    """The partition went to another member of the group, so this member's commit was refused."""


class GroupActive(Exception):
    """The group has live members; stop them before its offsets are reset."""


class Subscription(Protocol):
    """One member of a consumer group. What it was given by one `poll` is its own until the next `poll`."""

    async def poll(self, limit: int, wait: float) -> list[Delivered]:
        """At most `limit` messages, ordered per partition; [] after `wait` seconds of nothing."""

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        """Record durably that the group reads next from `offset`. Raises PartitionLost."""

    async def seek(self, topic: str, partition: int, offset: int) -> None:
        """Read again from `offset`; no effect on a partition that went to another member."""

    async def pause(self, topic: str, partition: int) -> None:
        """Leave the partition out of `poll` until `resume`, or until it goes to another member."""

    async def resume(self, topic: str, partition: int) -> None:
        """Undo `pause`."""

    async def lag(self) -> Mapping[str, int]:
        """Per topic, the messages not yet committed in the partitions that this member holds."""


class EventLog(Protocol):
    """Topics are created on first use. Every method raises LogUnavailable when the log cannot be reached."""

    async def append(self, messages: Sequence[Message]) -> None:
        """Durable on return (Kafka: acks=all, idempotent; SQLite: fsync), in the order given."""

    def subscribe(self, group: str, topics: Sequence[str]) -> AbstractAsyncContextManager[Subscription]:
        """Join the group; a new group starts at the beginning. On exit the member's partitions go to the others."""

    async def fetch(self, topic: str, after: Positions, limit: int, wait: float) -> list[Delivered]:
        """At most `limit` messages from `after` on, outside any group; [] after `wait` seconds of nothing."""

    async def end(self, topic: str) -> Positions:
        """The next offset of every partition at this moment."""

    async def reset(self, group: str, topic: str) -> None:
        """The group starts again from the beginning of the topic. Raises GroupActive while it has live members."""

    async def forget(self, topic: str, before: datetime) -> None:
        """Delete what was appended before then, for good. Who reads from further back gets what there is."""

    async def close(self) -> None:
        """Release files, threads and connections."""


async def open_log(url: str) -> EventLog:
    """Open `embedded:///abs/log.db`, `kafka://host:port[,host:port]` or `kafkas://` (with TLS).

    `?partitions=` sets the size of new topics. Kafka also takes `replication=` for new topics (default 1), `ca=FILE` to
    trust for TLS, and a user before the host (`kafkas://USER@host:port`) with `password_file=FILE`, for SCRAM-SHA-512.
    A user without TLS is for a private network alone: nobody there learns the password, but all can read the messages.
    Raises ValueError for anything else, and for a password in the URL; the error says what to change.
    """
    try:
        return await _open(_split(url))
    except ValueError as error:
        _log.error("log_url_unusable", remedy=str(error))  # of what ends a process, its last words give the type alone
        raise


async def _open(parts: SplitResult) -> EventLog:
    if parts.scheme == "embedded":
        from shared.runtime.eventlog.embedded import EmbeddedLog

        return await asyncio.to_thread(EmbeddedLog, parts.path, _number(parts, "partitions", DEFAULT_PARTITIONS))
    if parts.scheme in ("kafka", "kafkas"):
        from shared.runtime.eventlog.kafka import KafkaLog  # aiokafka is loaded only where it is used
        from shared.runtime.eventlog.kafka_access import access

        reach = await asyncio.to_thread(access, parts)
        return KafkaLog(reach, _number(parts, "partitions", DEFAULT_PARTITIONS), _number(parts, "replication", 1))
    raise ValueError("The log's URL must start with embedded://, kafka:// or kafkas://")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("The log's URL is not a URL") from None  # the error quotes it


def _number(parts: SplitResult, name: str, default: int) -> int:
    value = parse_qs(parts.query).get(name)
    return int(value[0]) if value else default
