"""What every event log promises, asked of both implementations: order, durability, waiting, replay."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.runtime.clock import utc_now
from shared.runtime.consume import consume
from shared.runtime.eventlog import Delivered, EventLog, LogUnavailable, Message, open_log
from tests.support.kafka import Kafka
from tests.support.readers import Worker, assert_contiguous, drain, eventually, read_all, values_by_key


def numbered(topic: str, key: str, count: int, start: int = 0) -> list[Message]:
    return [Message(topic, key, str(number).encode()) for number in range(start, start + count)]


async def test_messages_of_one_key_keep_their_order_under_concurrent_appenders(log: EventLog, topic: str) -> None:
    async def append(key: str) -> None:
        for start in range(0, 200, 10):
            await log.append(numbered(topic, key, 10, start))

    await asyncio.gather(*(append(f"key-{number}") for number in range(8)))

    messages = await read_all(log, topic)
    assert values_by_key(messages) == {f"key-{number}": list(range(200)) for number in range(8)}
    assert len({(message.key, message.partition) for message in messages}) == 8
    assert len({message.partition for message in messages}) > 1
    assert_contiguous(messages)


async def test_two_processes_may_append_at_once(log: EventLog, log_url: str, topic: str, workers: list[Worker]) -> None:
    await log.end(topic)
    workers += [Worker("append", log_url, topic, name, "500") for name in ("one", "two")]
    for worker in workers:
        await worker.finished()

    messages = await read_all(log, topic)
    assert_contiguous(messages)
    expected = {f"{name}-{key}": list(range(key, 500, 5)) for name in ("one", "two") for key in range(5)}
    assert values_by_key(messages) == expected


async def test_a_message_comes_back_whole(log: EventLog, topic: str) -> None:
    await log.append([Message(topic, "clé", b"\x00\xff{}", {"traceparent": "00-ab-cd-01", "name": "Ŵ"})])

    (message,) = await read_all(log, topic)
    assert (message.key, message.value) == ("clé", b"\x00\xff{}")
    assert message.headers == {"traceparent": "00-ab-cd-01", "name": "Ŵ"}
    assert message.offset == 0


async def test_fetch_starts_where_it_is_told_and_holds_its_limit(log: EventLog, topic: str) -> None:
    await log.append(numbered(topic, "a", 30))
    (partition,) = [number for number, end in (await log.end(topic)).items() if end]

    first = await log.fetch(topic, {}, 10, 5.0)
    later = await log.fetch(topic, {partition: 25}, 100, 5.0)
    again = await log.fetch(topic, {partition: 3}, 4, 5.0)

    assert [int(message.value) for message in first] == list(range(10))
    assert [int(message.value) for message in later] == [25, 26, 27, 28, 29]
    assert [message.offset for message in again] == [3, 4, 5, 6]


async def test_the_end_is_where_the_next_message_goes(log: EventLog, topic: str) -> None:
    before = await log.end(topic)
    assert before == dict.fromkeys(range(4), 0)

    await log.append(numbered(topic, "a", 3))
    after = await log.end(topic)
    assert sorted(after.values()) == [0, 0, 0, 3]
    assert await log.fetch(topic, after, 10, 0.0) == []

    await log.append(numbered(topic, "a", 1, start=3))
    (message,) = await log.fetch(topic, after, 10, 5.0)
    assert int(message.value) == 3
    assert message.offset == after[message.partition]


async def test_fetch_waits_and_returns_when_a_message_comes(log: EventLog, topic: str) -> None:
    end = await log.end(topic)
    started = time.monotonic()
    waiting = asyncio.create_task(log.fetch(topic, end, 10, 20.0))
    await asyncio.sleep(0.5)
    assert not waiting.done()

    await log.append(numbered(topic, "a", 1))
    assert len(await waiting) == 1
    assert time.monotonic() - started < 5.0


async def test_fetch_gives_up_after_its_wait(log: EventLog, topic: str) -> None:
    end = await log.end(topic)
    await log.fetch(topic, end, 10, 0.0)
    started = time.monotonic()
    assert await log.fetch(topic, end, 10, 0.4) == []
    assert 0.3 < time.monotonic() - started < 1.5


async def test_a_message_is_seen_by_another_process_within_a_quarter_of_a_second(
    log: EventLog, log_url: str, topic: str, group: str, workers: list[Worker]
) -> None:
    workers.append(Worker("consume", log_url, group, topic, "0"))
    await workers[0].printed(1)
    await asyncio.sleep(3.0)  # long enough for it to be idle
    await log.append(numbered(topic, "a", 1))
    appended = time.monotonic()
    await workers[0].printed(2)
    assert time.monotonic() - appended < 0.25


async def test_poll_waits_and_returns_when_a_message_comes(log: EventLog, topic: str, group: str) -> None:
    async with log.subscribe(group, [topic]) as subscription:
        assert await subscription.poll(10, 0.2) == []
        waiting = asyncio.create_task(subscription.poll(10, 20.0))
        await asyncio.sleep(0.3)
        started = time.monotonic()
        await log.append(numbered(topic, "a", 1))
        assert len(await waiting) == 1
        assert time.monotonic() - started < 5.0


async def test_a_group_reads_again_from_the_start_after_a_reset(log: EventLog, topic: str, group: str) -> None:
    await log.append(numbered(topic, "a", 20))
    async with log.subscribe(group, [topic]) as subscription:
        first = await drain(subscription, 20)
    async with log.subscribe(group, [topic]) as subscription:
        assert await subscription.poll(10, 1.0) == []

    await log.reset(group, topic)
    async with log.subscribe(group, [topic]) as subscription:
        assert await drain(subscription, 20) == first


async def test_groups_read_independently(log: EventLog, topic: str, group: str) -> None:
    await log.append(numbered(topic, "a", 5))
    for name in (f"{group}-one", f"{group}-two"):
        async with log.subscribe(name, [topic]) as subscription:
            assert len(await drain(subscription, 5)) == 5
            assert await subscription.lag() == {topic: 0}


async def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(
    log: EventLog, log_url: str, topic: str, workers: list[Worker]
) -> None:
    await log.end(topic)
    workers.append(Worker("append", log_url, topic, "writer", "1000000"))
    await workers[0].printed(300)
    acknowledged = len(workers[0].kill9())
    await log.close()

    reopened = await open_log(log_url)
    try:
        messages = await read_all(reopened, topic)
        await reopened.append(numbered(topic, "after", 1))
        assert len(await read_all(reopened, topic)) == len(messages) + 1
    finally:
        await reopened.close()
    assert_contiguous(messages)
    kept = sorted(int(message.value) for message in messages)
    assert kept[:acknowledged] == list(range(acknowledged))
    assert len(kept) <= acknowledged + 1


@pytest.mark.kafka
@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_when_the_broker_is_killed(kafka: Kafka, topic: str, group: str) -> None:
    log = await open_log(f"kafka://{kafka.bootstrap}")
    acknowledged = 0
    handled: set[int] = set()
    stop, stop_appending = asyncio.Event(), asyncio.Event()

    async def append() -> None:
        nonlocal acknowledged
        while not stop_appending.is_set():
            with suppress(LogUnavailable):
                await log.append(numbered(topic, "a", 1, acknowledged))
                acknowledged += 1

    async def handle(batch: Sequence[Delivered]) -> None:
        handled.update(int(message.value) for message in batch)

    appending = asyncio.create_task(append())
    consuming = asyncio.create_task(consume(log, group, {topic: handle}, stop=stop))
    try:
        await eventually(lambda: len(handled) > 100)
        await asyncio.to_thread(kafka.kill9)
        before = acknowledged
        await asyncio.to_thread(kafka.restart)
        await eventually(lambda: acknowledged > before + 100, 60)
        stop_appending.set()
        await appending
        await eventually(lambda: handled == set(range(acknowledged)), 60)
        stored = values_by_key(await read_all(log, topic))["a"]
        assert stored == sorted(stored)
        assert set(stored) == set(range(acknowledged))
    finally:
        stop_appending.set()
        stop.set()
        await asyncio.gather(appending, consuming)
        await log.close()


@pytest.mark.kafka
async def test_on_kafka_no_event_is_too_old_for_a_rebuild(kafka: Kafka, topic: str) -> None:
    log = await open_log(f"kafka://{kafka.bootstrap}")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    try:
        await log.append([Message(topic, "a", b"0")])
        await admin.start()
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        settings = {entry[0]: entry[1] for entry in answer.resources[0][4]}
        assert settings["retention.ms"] == "-1"
    finally:
        await admin.close()
        await log.close()


async def test_what_is_older_is_forgotten_and_readers_from_further_back_get_what_there_is(
    log: EventLog, topic: str
) -> None:
    await log.append([Message(topic, str(n), b"old") for n in range(40)])
    await asyncio.sleep(0.05)
    since = utc_now()
    await asyncio.sleep(0.05)
    await log.append([Message(topic, str(n), b"new") for n in range(40)])
    ends = await log.end(topic)
    await log.forget(topic, since)
    assert await log.end(topic) == ends
    assert await _left(log, topic) == [b"new"] * 40
    await log.forget(topic, utc_now() + timedelta(hours=1))
    assert await log.fetch(topic, {}, 10, 0.5) == []
    await log.append([Message(topic, "after", b"after")])
    assert await _left(log, topic) == [b"after"]


async def _left(log: EventLog, topic: str) -> list[bytes]:
    """All that a reader from the start is given, a little at a time."""
    after: dict[int, int] = {}
    found: list[bytes] = []
    while messages := await log.fetch(topic, after, 7, 1.0):
        found += [message.value for message in messages]
        after |= {message.partition: message.offset + 1 for message in messages}
    return found


async def test_a_file_from_before_messages_had_a_time_is_read_and_written_on(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "log.db") as old:
        old.execute(
            "CREATE TABLE message (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB NOT NULL, headers TEXT)"
        )
    log = await open_log(f"embedded://{tmp_path}/log.db")
    await log.append([Message("t", "a", b"1")])
    assert await _left(log, "t") == [b"1"]
    await log.close()
