"""Reading from Kafka: a member of a group, a groupless reader, and aiokafka's errors as the protocol's."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ssl import SSLError
from typing import TypeAlias

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import BrokerResponseError, CommitFailedError, IllegalStateError, KafkaError

from shared.runtime.eventlog import Delivered, LogRefused, LogUnavailable, PartitionLost
from shared.runtime.eventlog.kafka_access import REFUSALS

Place: TypeAlias = TopicPartition

CALL_SECONDS = 30.0
_FINISH_SECONDS = 25.0
_GRACE_SECONDS = 0.02

_log = structlog.get_logger(__name__)


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """One member of a group on Kafka."""

    def __init__(self, consumer: AIOKafkaConsumer, group: str, topics: Sequence[str]) -> None:
        self._consumer = consumer
        self._group = group
        self._topics = topics
        self._given: set[Place] = set()
        self._paused: set[Place] = set()
        self._nothing_in_hand = asyncio.Event()
        self._nothing_in_hand.set()

    async def poll(self, limit: int, wait: float) -> list[Delivered]:
        self._nothing_in_hand.set()
        with kafka_errors():
            polled = await _polled(self._consumer, limit, wait)
        if polled:
            self._nothing_in_hand.clear()
        self._given |= {Place(message.topic, message.partition) for message in polled}
        return polled

    async def commit(self, topic: str, partition: int, offset: int) -> None:
        place = Place(topic, partition)
        if place not in self._given:
            raise PartitionLost(f"{topic} partition {partition} went to another member of {self._group}")
        with kafka_errors():
            async with asyncio.timeout(CALL_SECONDS):
                await self._consumer.commit({place: offset})

    async def seek(self, topic: str, partition: int, offset: int) -> None:
        if self._holds(place := Place(topic, partition)):
            self._consumer.seek(place, offset)

    async def pause(self, topic: str, partition: int) -> None:
        if self._holds(place := Place(topic, partition)):
            self._paused.add(place)
            self._consumer.pause(place)

    async def resume(self, topic: str, partition: int) -> None:
        self._paused.discard(place := Place(topic, partition))
        if self._holds(place):
            self._consumer.resume(place)

    async def lag(self) -> Mapping[str, int]:
        lag = dict.fromkeys(self._topics, 0)
        with kafka_errors():
            async with asyncio.timeout(CALL_SECONDS):
                ends = await self._consumer.end_offsets(self._consumer.assignment())
                for place, end in ends.items():
                    lag[place.topic] += end - (await self._consumer.committed(place) or 0)
        return lag

    async def on_partitions_revoked(self, revoked: Collection[Place]) -> None:
        """Hold up the rebalance until what was polled is committed, or the group would wait no longer."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._nothing_in_hand.wait(), _FINISH_SECONDS)

    async def on_partitions_assigned(self, assigned: Collection[Place]) -> None:
        self._given &= set(assigned)
        self._paused &= set(assigned)
        self._consumer.pause(*self._paused)  # a new assignment forgets what was paused

    def release(self) -> None:
        """Nothing more will be polled, so a rebalance need not wait."""
        self._nothing_in_hand.set()

    def _holds(self, place: Place) -> bool:
        return place in self._consumer.assignment()


class Reader:
    """A groupless consumer and where it stands; it is moved only when asked to read from elsewhere."""

    def __init__(self, consumer: AIOKafkaConsumer, places: Iterable[Place]) -> None:
        consumer.assign(list(places))
        self.consumer = consumer
        self.positions = dict.fromkeys(places, -1)

    async def read(self, wanted: Mapping[Place, int], limit: int, wait: float) -> list[Delivered]:
        for place, offset in wanted.items():
            if self.positions[place] != offset:
                self.consumer.seek(place, offset)
        self.positions = dict.fromkeys(wanted, -1)  # unknown, should this be cancelled
        messages = await _polled(self.consumer, limit, wait)
        self.positions = {**wanted, **{Place(item.topic, item.partition): item.offset + 1 for item in messages}}
        return messages


async def _polled(consumer: AIOKafkaConsumer, limit: int, wait: float) -> list[Delivered]:
    """As `getmany`, but back after `wait` also while the group rebalances."""
    try:
        async with asyncio.timeout(wait + _GRACE_SECONDS):
            records = await consumer.getmany(timeout_ms=int(wait * 1000), max_records=limit)
    except TimeoutError:
        return []
    return [_delivered(record) for batch in records.values() for record in batch]


def _delivered(record: ConsumerRecord) -> Delivered:
    headers = {name: value.decode() for name, value in record.headers}
    return Delivered(record.topic, record.key.decode(), record.value, headers, record.partition, record.offset)


@contextmanager
def kafka_errors() -> Iterator[None]:
    """aiokafka's errors as the protocol's."""
    try:
        yield
    except (CommitFailedError, IllegalStateError) as error:
        raise PartitionLost("The partition went to another member of the group") from error
    except (KafkaError, TimeoutError) as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> LogUnavailable:
    if isinstance(error, (*REFUSALS, SSLError)):
        return refused(error)
    return LogUnavailable(f"Kafka cannot be used now: {type(error).__name__}")


def refused(error: Exception) -> LogRefused:
    """To be raised. Logged here, because whoever waits for the log may wait for ever: a person has to act.

    Kafka's words name a topic or a group and no identity.
    """
    reason = str(error) if isinstance(error, BrokerResponseError) else type(error).__name__
    _log.error("log_refused", reason=reason)
    return LogRefused(f"Kafka refuses us: {reason}")
