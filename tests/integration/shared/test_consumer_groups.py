"""What every event log promises a consumer group: resuming, sharing out, handing over, and fencing."""

import asyncio
import signal
from collections.abc import Callable

import pytest
from aiokafka import TopicPartition

from shared.runtime.eventlog import Delivered, EventLog, GroupActive, Message, PartitionLost, Subscription, open_log
from shared.runtime.eventlog.kafka_consumers import KafkaSubscription
from tests.support.kafka import Kafka
from tests.support.readers import Worker, commit, drain, eventually, read_all

Start = Callable[..., Worker]


@pytest.fixture
def start_consumer(log_url: str, topic: str, group: str, workers: list[Worker]) -> Start:
    """Starts a process that consumes the topic as a member of the group, slowly."""

    def start(pause: float) -> Worker:
        workers.append(Worker("consume", log_url, group, topic, str(pause)))
        return workers[-1]

    return start


def spread(topic: str, count: int) -> list[Message]:
    """Messages of forty keys in turn, so that every partition gets some."""
    return [Message(topic, f"key-{number % 40}", str(number).encode()) for number in range(count)]


def identities(lines: list[str]) -> list[tuple[str, str]]:
    return [(key, value) for key, _, value in (line.partition(" ") for line in lines) if value]


async def partitions_given(subscription: Subscription, log: EventLog, topic: str) -> set[int]:
    """The partitions of what one member is given of a fresh round of messages."""
    await log.append(spread(topic, 40))
    given: set[int] = set()
    for _ in range(4):
        batch = await subscription.poll(200, 0.3)
        await commit(subscription, batch)
        given |= {message.partition for message in batch}
    return given


async def test_a_group_resumes_where_a_killed_consumer_had_committed(
    log: EventLog, topic: str, group: str, start_consumer: Start
) -> None:
    await log.append(spread(topic, 200))
    first = start_consumer(0.02)
    await first.printed(40)
    handled = identities(first.kill9())
    rest: list[tuple[str, str]] = []

    async with log.subscribe(group, [topic]) as subscription:
        await read_rest(subscription, rest, 200 - len(handled))

    everything = {(message.key, message.value.decode()) for message in await read_all(log, topic)}
    assert set(handled) | set(rest) == everything
    again = set(handled) & set(rest)
    assert len(again) <= 1, "only the message in hand may come twice"


async def read_rest(subscription: Subscription, into: list[tuple[str, str]], count: int) -> None:
    async def poll() -> None:
        while len(into) < count:
            batch = await subscription.poll(100, 0.2)
            await commit(subscription, batch)
            into.extend((message.key, message.value.decode()) for message in batch)

    await asyncio.wait_for(poll(), 30)


async def test_partitions_are_shared_with_a_member_that_joins_and_come_back_when_it_dies(
    log: EventLog, topic: str, group: str, start_consumer: Start
) -> None:
    async with log.subscribe(group, [topic]) as subscription:
        assert await eventually_partitions(subscription, log, topic, 4)
        other = start_consumer(0)
        assert await eventually_partitions(subscription, log, topic, 2)
        await eventually(lambda: len(identities(other.lines)) > 10)
        other.kill9()
        assert await eventually_partitions(subscription, log, topic, 4)


async def eventually_partitions(subscription: Subscription, log: EventLog, topic: str, count: int) -> bool:
    async def poll() -> bool:
        while len(await partitions_given(subscription, log, topic)) != count:
            pass
        return len(await partitions_given(subscription, log, topic)) == count

    return await asyncio.wait_for(poll(), 40)


async def test_nothing_is_handled_twice_or_missed_when_a_member_joins_and_leaves_in_peace(
    log: EventLog, topic: str, group: str
) -> None:
    await log.append(spread(topic, 400))
    seen: list[Delivered] = []

    async def member(share: int) -> None:
        async with log.subscribe(group, [topic]) as subscription:
            taken = 0
            while taken < share and len(seen) < 400:
                batch = await subscription.poll(10, 0.2)
                await asyncio.sleep(0.01)
                await commit(subscription, batch)
                seen.extend(batch)
                taken += len(batch)

    staying = asyncio.create_task(member(400))
    await asyncio.sleep(0.1)
    await member(60)
    await asyncio.wait_for(staying, 60)
    assert sorted(int(message.value) for message in seen) == list(range(400))


async def test_a_member_cannot_commit_a_partition_that_went_to_another(
    log: EventLog, topic: str, group: str, start_consumer: Start
) -> None:
    await log.append(spread(topic, 40))
    async with log.subscribe(group, [topic]) as subscription:
        given = {message.partition for message in await drain(subscription, 40)}
        other = start_consumer(0)
        await log.append(spread(topic, 40))

        async def lose() -> None:
            while not identities(other.lines):
                await commit_what_is_held(subscription, await subscription.poll(100, 0.2))
                await log.append(spread(topic, 40))

        await asyncio.wait_for(lose(), 30)
        lost = [partition for partition in given if await is_refused(subscription, topic, partition)]
        assert len(lost) == 2


async def commit_what_is_held(subscription: Subscription, batch: list[Delivered]) -> None:
    for message in batch:
        await subscription.commit(message.topic, message.partition, message.offset + 1)


async def is_refused(subscription: Subscription, topic: str, partition: int) -> bool:
    try:
        await subscription.commit(topic, partition, 0)
    except PartitionLost:
        return True
    return False


@pytest.mark.slow
async def test_a_member_that_hung_is_given_up_and_its_late_commit_is_refused(
    log: EventLog, topic: str, group: str, start_consumer: Start
) -> None:
    hung = start_consumer(0.3)
    await hung.printed(1)
    await log.append(spread(topic, 40))
    await hung.printed(3)
    hung.process.send_signal(signal.SIGSTOP)
    before = len(identities(hung.lines))

    async with log.subscribe(group, [topic]) as subscription:
        await drain(subscription, 40 - before, 40)
        hung.process.send_signal(signal.SIGCONT)
        await eventually(lambda: "lost" in hung.lines)
        await commit(subscription, await subscription.poll(10, 0.2))
    hung.kill9()


async def test_what_was_polled_is_its_members_own_until_its_next_poll(
    log: EventLog, topic: str, group: str, start_consumer: Start
) -> None:
    await log.append(spread(topic, 80))
    async with log.subscribe(group, [topic]) as subscription:
        in_hand = await subscription.poll(200, 10.0)
        other = start_consumer(0)
        await asyncio.sleep(4.0)
        taken = {value for _, value in identities(other.lines)}
        assert not taken & {message.value.decode() for message in in_hand}
        await commit(subscription, in_hand)


async def test_a_group_with_live_members_is_not_reset(log: EventLog, topic: str, group: str) -> None:
    await log.append(spread(topic, 20))
    async with log.subscribe(group, [topic]) as subscription:
        await drain(subscription, 20)
        with pytest.raises(GroupActive):
            await log.reset(group, topic)
        assert await subscription.lag() == {topic: 0}


async def test_a_seek_reads_again_and_a_paused_partition_is_left_out(log: EventLog, topic: str, group: str) -> None:
    await log.append([Message(topic, "a", b"0"), Message(topic, "a", b"1")])
    async with log.subscribe(group, [topic]) as subscription:
        first = await drain(subscription, 2)
        place = (topic, first[0].partition)
        await subscription.seek(*place, 0)
        await subscription.pause(*place)
        assert await subscription.poll(10, 0.5) == []
        await subscription.resume(*place)
        assert await drain(subscription, 2) == first


async def test_lag_counts_what_is_not_committed(log: EventLog, topic: str, group: str) -> None:
    await log.append(spread(topic, 40))
    async with log.subscribe(group, [topic]) as subscription:
        assert await subscription.lag() == {topic: 40}
        polled = await subscription.poll(10, 10.0)
        assert await subscription.lag() == {topic: 40}
        await commit(subscription, polled)
        assert await subscription.lag() == {topic: 40 - len(polled)}


@pytest.mark.kafka
async def test_on_kafka_what_was_polled_before_a_partition_was_lost_and_won_back_is_not_committed(
    kafka: Kafka, topic: str, group: str
) -> None:
    log = await open_log(f"kafka://{kafka.bootstrap}")
    try:
        await log.append([Message(topic, "a", b"0")])
        async with log.subscribe(group, [topic]) as subscription:
            assert isinstance(subscription, KafkaSubscription)
            (message,) = await subscription.poll(10, 10.0)
            await subscription.on_partitions_assigned([])  # as aiokafka tells of a rebalance, and of the next one
            await subscription.on_partitions_assigned([TopicPartition(topic, number) for number in range(4)])
            with pytest.raises(PartitionLost):
                await subscription.commit(topic, message.partition, 1)
    finally:
        await log.close()
