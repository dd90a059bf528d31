"""Who may do what on Kafka: a broker with TLS, SCRAM users and an authorizer, set up by the scripts of deploy/kafka."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from services.calendar import consumer as calendar
from services.gateway.domain import notices
from services.gateway.handlers.streams import RiskStream
from services.ingest import consumer as ingest
from services.linker import consumer as linker
from services.referrals import consumer as referrals
from shared.contracts.events import EVENTS
from shared.contracts.events.ingest import FEEDS_TOPIC, RECORDS_TOPIC
from shared.contracts.events.linker import RISK_TOPIC
from shared.runtime.clock import utc_now
from shared.runtime.consume import consume, replay_dead_letters
from shared.runtime.dead_letter import topic_of
from shared.runtime.eventlog import Delivered, EventLog, LogRefused, LogUnavailable, Message, open_log
from shared.runtime.outbox import MAX_EVENT_BYTES
from tests.support.processes import ROOT
from tests.support.readers import drain, eventually, read_all
from tests.support.secured_kafka import SecuredKafka

pytestmark = pytest.mark.kafka
Logs = dict[str, EventLog]
LETTERS = topic_of(RECORDS_TOPIC)


@pytest.fixture
async def logs(secured_kafka: SecuredKafka) -> AsyncIterator[Logs]:
    """The log as each identity sees it."""
    opened = {identity: await open_log(secured_kafka.url(identity)) for identity in secured_kafka.identities}
    yield opened
    await asyncio.gather(*(log.close() for log in opened.values()))


def record(value: bytes) -> Message:
    return Message(RECORDS_TOPIC, "one", value)


def letter(value: bytes) -> Message:
    facts = {"dead-letter-topic": RECORDS_TOPIC, "dead-letter-group": "of-tests", "dead-letter-error": "X" * 500}
    return Message(LETTERS, "one", value, facts)


def values(messages: Sequence[Delivered]) -> list[bytes]:
    return [message.value for message in messages]


async def test_the_linker_alone_reads_what_ingest_says_of_records(logs: Logs) -> None:
    good, bad, last = said = [secrets.token_bytes(8) for _ in range(3)]
    handled: list[bytes] = []

    async def handle(batch: Sequence[Delivered]) -> None:
        handled.extend(values(batch))
        if bad in values(batch):
            raise ValueError

    async def consume_until(reached: Callable[[], bool]) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(consume(logs["linker"], "linker", {RECORDS_TOPIC: handle}, stop=stop, tries=1))
        try:
            await eventually(reached)
        finally:
            stop.set()
            await running

    await logs["ingest"].append([record(value) for value in said])
    await consume_until(lambda: last in handled)
    assert values(await read_all(logs["operator"], LETTERS))[-1] == bad

    handled.clear()
    assert await replay_dead_letters(logs["operator"], RECORDS_TOPIC, "linker") == 1
    await consume_until(lambda: bad in handled)
    assert handled == [bad], "the rest was committed"

    await logs["linker"].reset("linker", RECORDS_TOPIC)
    everything = sum((await logs["linker"].end(RECORDS_TOPIC)).values())
    async with logs["linker"].subscribe("linker", [RECORDS_TOPIC]) as subscription:
        assert values(await drain(subscription, everything))[-4:] == [good, bad, last, bad]


@pytest.mark.parametrize("identity", ["ingest", "gateway", "operator"])
async def test_nobody_else_reads_records(logs: Logs, identity: str) -> None:
    await logs["ingest"].append([record(b"personal")])
    with pytest.raises(LogRefused, match=RECORDS_TOPIC):
        await logs[identity].fetch(RECORDS_TOPIC, {}, 10, 5.0)
    for group in ("linker", identity):
        with pytest.raises(LogRefused):
            async with logs[identity].subscribe(group, [RECORDS_TOPIC]) as subscription:
                await subscription.poll(10, 5.0)


async def test_the_linker_alone_deletes_what_it_told_of_risk_and_nothing_else(logs: Logs) -> None:
    await logs["linker"].append([Message(RISK_TOPIC, "one", b"old")])
    later = utc_now() + timedelta(hours=1)
    for identity, topic in (("gateway", RISK_TOPIC), ("linker", RECORDS_TOPIC)):
        with pytest.raises(LogRefused):
            await logs[identity].forget(topic, later)
    await logs["linker"].forget(RISK_TOPIC, later)
    assert await logs["gateway"].fetch(RISK_TOPIC, {}, 10, 1.0) == []


@pytest.mark.parametrize("identity", ["ingest", "gateway", "linker"])
async def test_services_read_no_dead_letters(logs: Logs, identity: str) -> None:
    await logs["linker"].append([letter(b"personal")])
    with pytest.raises(LogRefused):
        await logs[identity].fetch(LETTERS, {}, 10, 5.0)


@pytest.mark.parametrize(
    ("identity", "topic"),
    [
        ("ingest", RISK_TOPIC),
        ("gateway", RISK_TOPIC),
        ("gateway", RECORDS_TOPIC),
        ("linker", RECORDS_TOPIC),
        ("linker", FEEDS_TOPIC),
        ("linker", "linker.made-up"),
    ],
)
async def test_nobody_says_what_is_not_theirs_to_say(logs: Logs, identity: str, topic: str) -> None:
    with pytest.raises(LogRefused):
        await logs[identity].append([Message(topic, "one", b"forged")])


async def test_a_consumer_that_is_refused_says_so_and_waits(logs: Logs) -> None:
    stop = asyncio.Event()
    with capture_logs() as lines:
        running = asyncio.create_task(
            consume(logs["gateway"], "linker", {RECORDS_TOPIC: _never}, stop=stop, backoff=lambda _: 0.05)
        )
        await eventually(lambda: _said(lines, "log_refused") > 1)
        assert not running.done()
        stop.set()
        await running
    refusal = next(line for line in lines if line["event"] == "log_refused")
    assert refusal["log_level"] == "error"
    assert RECORDS_TOPIC in refusal["reason"]


async def test_a_gateway_whose_right_is_taken_away_is_not_ready_until_it_is_back(
    secured_kafka: SecuredKafka, logs: Logs
) -> None:
    stream, stop = RiskStream(secured_kafka.url("gateway"), ring_events=10, streams_per_agency=1), asyncio.Event()
    running = asyncio.create_task(stream.run(stop))

    async def ready(expected: bool) -> None:
        async with asyncio.timeout(20):
            while await stream.is_ready() is not expected:
                await asyncio.sleep(0.05)

    await ready(True)
    right = ("--allow-principal", "User:gateway", "--operation", "Read", "--topic", RISK_TOPIC)
    try:
        await asyncio.to_thread(secured_kafka.tool, "kafka-acls.sh", "--remove", "--force", *right)
        await ready(False)
    finally:
        await asyncio.to_thread(secured_kafka.tool, "kafka-acls.sh", "--add", *right)
    await ready(True)
    stop.set()
    await running
    await stream.close()


@pytest.mark.parametrize("private", [False, True], ids=["TLS", "private network"])
async def test_a_wrong_password_is_refused_and_neither_it_nor_the_user_is_told(
    secured_kafka: SecuredKafka, private: bool
) -> None:
    url = secured_kafka.private_url("linker") if private else secured_kafka.url("linker")
    right, wrong = secured_kafka.password_file("linker"), secured_kafka.password_file("mistyped", "hunter2")
    log = await open_log(url.replace(f"password_file={right}", f"password_file={wrong}"))
    with capture_logs() as lines, pytest.raises(LogRefused, match="SaslAuthenticationFailed") as refused:
        await log.end(RECORDS_TOPIC)
    await log.close()
    told = f"{refused.value}{lines}"
    assert "hunter2" not in told
    assert "linker" not in told


async def test_a_broker_whose_certificate_we_do_not_trust_is_not_told_who_we_are(secured_kafka: SecuredKafka) -> None:
    log = await open_log(secured_kafka.url("linker").replace(f"ca={secured_kafka.ca}&", ""))
    with pytest.raises(LogRefused, match="SSLCertVerificationError"):
        await log.end(RECORDS_TOPIC)
    await log.close()


async def test_without_tls_a_user_logs_in_too_and_nobody_does_without_a_user(secured_kafka: SecuredKafka) -> None:
    private = secured_kafka.private_url("linker")
    log = await open_log(private)
    assert await log.end(RECORDS_TOPIC)
    await log.close()
    anonymous = await open_log(private.partition("?")[0].replace("linker@", ""))
    with pytest.raises(LogUnavailable):
        await anonymous.end(RECORDS_TOPIC)
    await anonymous.close()


async def test_the_largest_event_fits_and_also_when_it_is_set_aside(logs: Logs) -> None:
    largest = record(b"x" * MAX_EVENT_BYTES)
    await logs["ingest"].append([largest])
    await logs["linker"].append([letter(largest.value)])
    with pytest.raises(ValueError, match="larger than Kafka takes"):
        await logs["ingest"].append([record(b"x" * 2 * MAX_EVENT_BYTES)])
    await logs["ingest"].append([record(b"after")])
    assert max(len(value) for value in values(await read_all(logs["linker"], RECORDS_TOPIC))) == MAX_EVENT_BYTES


READ = {
    "ingest": ingest.TOPICS,
    "linker": (linker.TOPIC,),
    "referrals": referrals.TOPICS,
    "calendar": calendar.TOPICS,
    "gateway": notices.TOPICS,
}
"""What each service's group reads."""
DELETE = {"linker": (RISK_TOPIC,), "ingest": ingest.TOPICS}
"""What names businesses, and is deleted when it is a week old."""


def needed() -> set[tuple[str, str, str]]:
    """(identity, operation, resource), by what the code of the roles does and by what an operator does for them."""
    rights = {(spec.source.removeprefix("/"), "WRITE", spec.topic) for spec in EVENTS}
    rights |= {(service, "DELETE", topic) for service, topics in DELETE.items() for topic in topics}
    for service, topics in READ.items():
        rights |= {(service, "READ", f"group {service}"), ("operator", "READ", f"group replay.{service}")}
        for topic in topics:
            rights |= {(service, "READ", topic), (service, "WRITE", topic_of(topic))}
            rights |= {("operator", "READ", topic_of(topic)), ("operator", "WRITE", topic)}
    return rights


def test_each_identity_may_do_what_its_roles_do_and_nothing_else(secured_kafka: SecuredKafka) -> None:
    given, resource = set(), ""
    for line in secured_kafka.tool("kafka-acls.sh", "--list").splitlines():
        if found := re.search(r"resourceType=(\w+), name=([\w.]+), patternType=LITERAL", line):
            resource = found[2] if found[1] == "TOPIC" else f"{found[1].lower()} {found[2]}"
        elif found := re.search(r"principal=User:(\w+), host=\*, operation=(\w+), permissionType=ALLOW", line):
            given.add((found[1], found[2], resource))
    assert given == needed()


@pytest.mark.parametrize("service", ["ingest", "referrals", "calendar", "gateway"])
async def test_what_a_service_cannot_handle_it_sets_aside_as_itself_and_an_operator_puts_it_back(
    logs: Logs, service: str
) -> None:
    """Of every topic that it reads: said by the one that may, refused, set aside, put back, and handled."""
    said = {topic: secrets.token_bytes(8) for topic in READ[service]}
    bad, handled = set(said.values()), set[bytes]()

    async def handle(batch: Sequence[Delivered]) -> None:
        if bad.intersection(values(batch)):
            raise ValueError
        handled.update(values(batch))

    async def letters() -> int:
        ends = [await logs["operator"].end(topic_of(topic)) for topic in said]
        return sum(sum(end.values()) for end in ends)

    before = await letters()
    for topic, value in said.items():
        await logs[topic.partition(".")[0]].append([Message(topic, "one", value)])
    stop = asyncio.Event()
    running = asyncio.create_task(consume(logs[service], service, dict.fromkeys(said, handle), stop=stop, tries=1))
    async with asyncio.timeout(30):
        while await letters() < before + len(said):
            await asyncio.sleep(0.1)
    bad.clear()
    for topic in said:
        assert await replay_dead_letters(logs["operator"], topic, service) == 1
    await eventually(lambda: handled >= set(said.values()))
    stop.set()
    await running


def test_every_topic_of_the_contracts_is_made() -> None:
    topics = (ROOT / "deploy" / "kafka" / "topics.sh").read_text()
    assert {spec.topic for spec in EVENTS} <= set(topics.replace(";", " ").split())


async def _never(_batch: Sequence[Delivered]) -> None:
    raise AssertionError("was given a record")


def _said(lines: Sequence[object], event: str) -> int:
    return sum(1 for line in lines if isinstance(line, dict) and line["event"] == event)
