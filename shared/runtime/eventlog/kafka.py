"""The event log on Apache Kafka, by aiokafka.

Idempotent producer with acks=all; offsets are committed by hand; a member keeps what it was given through a rebalance
until its next poll, so that what it is handling is committed before the partition goes to another.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAlreadyExistsError,
    for_code,
)

from shared.runtime.eventlog import Delivered, GroupActive, Message, PartitionLost, Positions
from shared.runtime.eventlog.kafka_access import Access
from shared.runtime.eventlog.kafka_consumers import (
    CALL_SECONDS,
    KafkaSubscription,
    Place,
    Reader,
    kafka_errors,
    refused,
    unavailable,
)

_LONG_POLL_MS = 100
"""aiokafka has one fetch in flight per broker, so a partition that is read again may wait this long for its turn."""
_SESSION_MS = 6000
_HEARTBEAT_MS = 1000
_REBALANCE_MS = 30_000
_MAX_POLL_INTERVAL_MS = 300_000
_RETRY_MS = 50
_PRODUCE_TIMEOUT_MS = 15_000
_BATCH_BYTES = 512 * 1024
_MESSAGE_BYTES = 5 << 20
"""More than the largest event (see the outbox), so that there is room for headers when it is set aside."""
_TOPIC = {"max.message.bytes": str(_MESSAGE_BYTES), "retention.ms": "-1"}
"""Kafka's own week of retention would leave a rebuild with a week's records."""
_IDLE_READERS = 8
_LOOK_AGAIN = 0.02


class KafkaLog:
    """An EventLog on the brokers that `access` reaches. Topics that it may not create must be there already."""

    def __init__(self, access: Access, partitions: int, replication: int) -> None:
        self._access = access
        self._client = {"bootstrap_servers": access.servers, "retry_backoff_ms": _RETRY_MS, **access.security}
        self._partition_count = partitions
        self._replication = replication
        self._topics: dict[str, list[Place]] = {}
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._stopping: set[asyncio.Task[None]] = set()
        self._readers: list[Reader] = []

    async def append(self, messages: Sequence[Message]) -> None:
        for topic in {message.topic for message in messages}:
            await self._places(topic)
        producer = await self._started_producer()
        try:
            await _send(producer, messages)
        except MessageSizeTooLargeError as error:
            raise ValueError("A message is larger than Kafka takes; send it in parts") from error
        except KafkaError as error:
            self._retire(producer)  # its sequence numbers may no longer fit the broker's
            raise unavailable(error) from error

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator[KafkaSubscription]:
        for topic in topics:
            await self._places(topic)
        consumer = self._consumer(group)
        subscription = KafkaSubscription(consumer, group, topics)
        consumer.subscribe(topics, listener=subscription)
        try:
            await self._start(consumer)
            yield subscription
        finally:
            subscription.release()
            await consumer.stop()

    async def fetch(self, topic: str, after: Positions, limit: int, wait: float) -> list[Delivered]:
        wanted = {place: after.get(place.partition, 0) for place in await self._places(topic)}
        async with self._reader(wanted) as reader:
            return await reader.read(wanted, limit, wait)

    async def end(self, topic: str) -> Positions:
        places = await self._places(topic)
        async with self._reader(dict.fromkeys(places, 0)) as reader:
            ends = await reader.consumer.end_offsets(places)
        return {place.partition: ends[place] for place in places}

    async def reset(self, group: str, topic: str) -> None:
        places = await self._places(topic)
        consumer = self._consumer(group)
        consumer.assign(places)
        try:
            await self._start(consumer)
            with kafka_errors():
                await consumer.commit(dict.fromkeys(places, 0))
        except PartitionLost as error:  # a commit from outside is refused while the group has members
            raise GroupActive(f"{group} has live members; stop them first") from error
        finally:
            await consumer.stop()

    async def forget(self, topic: str, before: datetime) -> None:
        places = await self._places(topic)
        moment = int(before.timestamp() * 1000)
        async with self._reader(dict.fromkeys(places, 0)) as reader:
            since = await reader.consumer.offsets_for_times(dict.fromkeys(places, moment))
            ends = await reader.consumer.end_offsets(places)
        older = {place: since[place].offset if since[place] else ends[place] for place in places}
        async with self._admin() as admin:
            await admin.delete_records({place: RecordsToDelete(offset) for place, offset in older.items()})

    async def close(self) -> None:
        if self._producer is not None:
            self._retire(self._producer)
        stops = [*self._stopping, *(reader.consumer.stop() for reader in self._readers)]
        self._readers = []
        await asyncio.gather(*stops, return_exceptions=True)

    async def _places(self, topic: str) -> list[Place]:
        """The topic's partitions in order; made on first use."""
        if topic not in self._topics:
            async with self._admin() as admin:
                await self._create(admin, topic)
                self._topics[topic] = await _described(admin, topic)
        return self._topics[topic]

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(**self._client)
        try:
            await self._start(admin)
            with kafka_errors():
                yield admin
        finally:
            await admin.close()

    async def _create(self, admin: AIOKafkaAdminClient, topic: str) -> None:
        if topic in await admin.list_topics():
            return
        wanted = NewTopic(topic, self._partition_count, self._replication, topic_configs=_TOPIC)
        response = await admin.create_topics([wanted])
        for _, code, *_ in response.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(topic)

    async def _started_producer(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._client,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=0,
                    max_batch_size=_BATCH_BYTES,
                    max_request_size=_MESSAGE_BYTES,
                    request_timeout_ms=_PRODUCE_TIMEOUT_MS,
                )
                await self._start(producer)
                self._producer = producer
            return self._producer

    def _retire(self, producer: AIOKafkaProducer) -> None:
        """Stop it behind the scenes; the next append starts another."""
        if self._producer is producer:
            self._producer = None
        task = asyncio.create_task(producer.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    def _consumer(self, group: str | None) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            **self._client,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_LONG_POLL_MS,
            session_timeout_ms=_SESSION_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            rebalance_timeout_ms=_REBALANCE_MS,
            max_poll_interval_ms=_MAX_POLL_INTERVAL_MS,
        )

    async def _start(self, client: AIOKafkaAdminClient | AIOKafkaConsumer | AIOKafkaProducer) -> None:
        """Raises LogUnavailable, with nothing of the client left behind."""
        try:
            with kafka_errors():
                await client.start()
        except BaseException as error:
            await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())
            if isinstance(error.__cause__, KafkaConnectionError) and (refusal := await self._access.refusal()):
                raise refused(refusal) from refusal
            raise

    @asynccontextmanager
    async def _reader(self, wanted: Mapping[Place, int]) -> AsyncIterator[Reader]:
        """A groupless consumer of these partitions: the one that stands at these positions, if there is one."""
        fitting = [reader for reader in self._readers if reader.positions.keys() == wanted.keys()]
        reader = next((item for item in fitting if item.positions == wanted), fitting[0] if fitting else None)
        if reader is None:
            reader = Reader(self._consumer(None), wanted)
            await self._start(reader.consumer)
        else:
            self._readers.remove(reader)
        try:
            with kafka_errors():
                yield reader
        finally:
            self._readers.append(reader)
            if len(self._readers) > _IDLE_READERS:
                await self._readers.pop(0).consumer.stop()


async def _send(producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
    acknowledgements = []
    try:
        for message in messages:
            headers = [(name, value.encode()) for name, value in message.headers.items()]
            acknowledgements.append(
                await producer.send(message.topic, message.value, key=message.key.encode(), headers=headers)
            )
    finally:
        outcomes = await asyncio.gather(*acknowledgements, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _described(admin: AIOKafkaAdminClient, topic: str) -> list[Place]:
    """The topic's partitions in order, once each has a leader."""
    async with asyncio.timeout(CALL_SECONDS):
        while True:
            (description,) = await admin.describe_topics([topic])
            partitions = description["partitions"]
            if partitions and all(partition["leader"] >= 0 for partition in partitions):
                return sorted(Place(topic, partition["partition"]) for partition in partitions)
            await asyncio.sleep(_LOOK_AGAIN)
