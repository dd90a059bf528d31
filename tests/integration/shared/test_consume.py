"""The consumer loop on both logs: what becomes of messages that fail, and of messages whose infrastructure fails."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared.runtime.consume import BatchHandler, consume, replay_dead_letters
from shared.runtime.eventlog import Delivered, EventLog, Message
from shared.runtime.transient import Transient, is_transient
from tests.support.readers import eventually, read_all

Running = Callable[..., AbstractAsyncContextManager[None]]
PERSONAL = "Jane Doe, born 1 May 1980"


class Recorder:
    """A handler that keeps what it handled, and does to a batch first whatever `before` does."""

    def __init__(self, before: Callable[[bytes], None] = lambda _: None) -> None:
        self.before = before
        self.handled: list[bytes] = []
        self.tried: list[bytes] = []

    async def __call__(self, batch: Sequence[Delivered]) -> None:
        for message in batch:
            self.tried.append(message.value)
            self.before(message.value)
        self.handled += [message.value for message in batch]


def refuse_bad(value: bytes) -> None:
    if value == b"bad":
        raise ValueError(PERSONAL)


@pytest.fixture
def running(log: EventLog, topic: str, group: str) -> Running:
    """Runs the loop on the topic while the `async with` lasts."""

    @asynccontextmanager
    async def run(handler: BatchHandler, tries: int = 3, pause: float = 0.05) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(
            consume(log, group, {topic: handler}, stop=stop, tries=tries, backoff=lambda _: pause)
        )
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, 30)

    return run


def counted(name: str, topic: str, group: str) -> float:
    return REGISTRY.get_sample_value(name, {"topic": topic, "group": group}) or 0.0


async def two_keys(log: EventLog, topic: str) -> tuple[str, str]:
    """Two keys that live in different partitions."""
    await log.append([Message(topic, f"key-{number}", b"probe") for number in range(20)])
    keys = {message.partition: message.key for message in await read_all(log, topic)}
    first, second, *_ = keys.values()
    return first, second


async def test_a_failing_message_blocks_its_partition_while_others_go_on(
    log: EventLog, topic: str, running: Running
) -> None:
    blocked, free = await two_keys(log, topic)
    recorder = Recorder(refuse_bad)
    async with running(recorder, tries=1000, pause=60.0):
        await eventually(lambda: recorder.handled.count(b"probe") == 20)
        await log.append([Message(topic, blocked, value) for value in (b"before", b"bad", b"after")])
        await eventually(lambda: b"bad" in recorder.tried and b"before" in recorder.handled)
        await log.append([Message(topic, free, b"elsewhere")])
        await eventually(lambda: b"elsewhere" in recorder.handled)
        assert b"after" not in recorder.handled
        assert recorder.tried.count(b"bad") <= 2, "once in the batch, once alone, and then it waits"

    recorder.before = lambda _: None
    async with running(recorder):
        await eventually(lambda: recorder.handled[-2:] == [b"bad", b"after"])
    assert recorder.handled.count(b"before") == 1


async def test_a_failing_message_is_tried_again_until_it_succeeds(log: EventLog, topic: str, running: Running) -> None:
    await log.append([Message(topic, "a", value) for value in (b"before", b"bad", b"after")])
    recorder = Recorder(refuse_bad)
    async with running(recorder, tries=1000):
        await eventually(lambda: recorder.tried.count(b"bad") > 3)
        assert recorder.handled == [b"before"]
        recorder.before = lambda _: None
        await eventually(lambda: recorder.handled == [b"before", b"bad", b"after"])


async def test_a_message_goes_to_the_dead_letters_after_its_tries_and_its_partition_goes_on(
    log: EventLog, topic: str, group: str, running: Running
) -> None:
    await log.append([Message(topic, "a", value, {"own": "kept"}) for value in (b"before", b"bad", b"after")])
    recorder = Recorder(refuse_bad)
    async with running(recorder, tries=3):
        await eventually(lambda: b"after" in recorder.handled)
    assert recorder.handled == [b"before", b"after"]

    (letter,) = await read_all(log, f"{topic}.dlq")
    assert (letter.key, letter.value) == ("a", b"bad")
    (failed,) = [message for message in await read_all(log, topic) if message.value == b"bad"]
    assert letter.headers == {
        "own": "kept",
        "dead-letter-topic": topic,
        "dead-letter-partition": str(failed.partition),
        "dead-letter-offset": "1",
        "dead-letter-error": "ValueError",
        "dead-letter-tries": "3",
        "dead-letter-group": group,
    }
    assert counted("joinedup_log_consumed_total", topic, group) == 2
    assert counted("joinedup_log_failed_total", topic, group) == 3
    assert counted("joinedup_log_dead_lettered_total", topic, group) == 1


async def test_an_error_s_text_reaches_neither_dead_letters_nor_logs(
    log: EventLog, topic: str, running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    await log.append([Message(topic, "a", b"bad")])
    async with running(Recorder(refuse_bad), tries=2):
        await eventually_dead(log, topic, 1)
    (letter,) = await read_all(log, f"{topic}.dlq")
    assert PERSONAL not in str(letter)
    captured = capsys.readouterr()
    assert "ValueError" in captured.out + captured.err
    assert PERSONAL not in captured.out + captured.err


async def test_an_operator_replays_dead_letters_once(log: EventLog, topic: str, group: str, running: Running) -> None:
    await log.append([Message(topic, "a", b"bad", {"own": "kept"}), Message(topic, "a", b"good")])
    recorder = Recorder(refuse_bad)
    async with running(recorder, tries=1):
        await eventually(lambda: recorder.handled == [b"good"])
    recorder.before = lambda _: None

    assert await replay_dead_letters(log, topic, "another-group") == 0
    assert await replay_dead_letters(log, topic, group) == 1
    assert await replay_dead_letters(log, topic, group) == 0
    async with running(recorder):
        await eventually(lambda: recorder.handled == [b"good", b"bad"])
    assert (await read_all(log, topic))[-1].headers == {"own": "kept"}


@pytest.mark.parametrize(
    "error",
    [
        Transient("the registry is closed"),
        ConnectionError(),
        TimeoutError(),
        OperationalError("select 1", {}, Exception("database is locked")),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_fault_of_the_infrastructure_is_waited_for_and_never_set_aside(
    log: EventLog, topic: str, group: str, running: Running, error: Exception
) -> None:
    def away(_: bytes) -> None:
        raise error

    await log.append([Message(topic, "a", str(number).encode()) for number in range(3)])
    recorder = Recorder(away)
    async with running(recorder, tries=2):
        await eventually(lambda: len(recorder.tried) > 6)
        recorder.before = lambda _: None
        await eventually(lambda: recorder.handled == [b"0", b"1", b"2"])
    assert await read_all(log, f"{topic}.dlq") == []
    assert counted("joinedup_log_failed_total", topic, group) == 0


async def test_infrastructure_that_fails_while_the_culprit_is_sought_sets_nothing_aside(
    log: EventLog, topic: str, running: Running
) -> None:
    handled: list[bytes] = []
    alone = 0

    async def handle(batch: Sequence[Delivered]) -> None:
        nonlocal alone
        if len(batch) > 1:
            raise ValueError
        alone += 1
        if alone < 5:
            raise ConnectionError
        handled.append(batch[0].value)

    await log.append([Message(topic, "a", str(number).encode()) for number in range(3)])
    async with running(handle, tries=2):
        await eventually(lambda: handled == [b"0", b"1", b"2"])
    assert await read_all(log, f"{topic}.dlq") == []


async def test_what_was_handled_is_not_handled_again_by_the_next_run(
    log: EventLog, topic: str, running: Running
) -> None:
    first, second = Recorder(), Recorder()
    await log.append([Message(topic, f"k{number}", str(number).encode()) for number in range(50)])
    async with running(first):
        await eventually(lambda: len(first.handled) == 50)
    async with running(second):
        await log.append([Message(topic, "k", b"new")])
        await eventually(lambda: bool(second.handled))
    assert second.handled == [b"new"]


async def test_a_message_whose_handler_did_not_return_is_handled_again(
    log: EventLog, topic: str, group: str, running: Running
) -> None:
    started = asyncio.Event()

    async def never_return(batch: Sequence[Delivered]) -> None:
        started.set()
        await asyncio.Event().wait()

    await log.append([Message(topic, "a", b"1")])
    broken_off = asyncio.create_task(consume(log, group, {topic: never_return}, stop=asyncio.Event()))
    await asyncio.wait_for(started.wait(), 20)
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)

    recorder = Recorder()
    async with running(recorder):
        await eventually(lambda: recorder.handled == [b"1"])


class _Refusal(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (DBAPIError("q", {}, _Refusal("40001")), True),
        (DBAPIError("q", {}, _Refusal("40P01")), True),
        (DBAPIError("q", {}, _Refusal("57P01")), True),
        (DBAPIError("q", {}, _Refusal("22021")), False),
        (DBAPIError("q", {}, ValueError()), False),
        (DBAPIError("q", {}, ValueError(), connection_invalidated=True), True),
        (IntegrityError("q", {}, _Refusal("23505")), False),
        (IntegrityError("q", {}, Exception("UNIQUE constraint failed")), False),
        (OperationalError("q", {}, Exception("database is locked")), True),
        (sqlite3.OperationalError("database is locked"), True),
        (asyncpg.CannotConnectNowError("the database system is starting up"), True),
        (asyncpg.UndefinedTableError("there is no such table"), False),
        (KeyError("x"), False),
    ],
)
def test_only_faults_of_the_infrastructure_are_transient(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


async def eventually_dead(log: EventLog, topic: str, count: int) -> None:
    async def look() -> None:
        while len(await read_all(log, f"{topic}.dlq")) < count:
            await asyncio.sleep(0.05)

    await asyncio.wait_for(look(), 20)
