"""Several linker processes in one consumer group, on PostgreSQL and Kafka, end in the graph of a rebuild."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from services.linker.handlers.learn import RecordEvent
from services.linker.handlers.rebuilding import rebuild
from services.linker.store import tables
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.runtime import clock
from shared.runtime.eventlog import EventLog, Message
from shared.runtime.eventlog.keys import make_keys
from shared.runtime.eventlog.sealed import open_sealed_log
from tests.integration.linker.world import (
    REGIMES,
    THREE_AUDIENCES,
    THREE_SHARES,
    World,
    assert_stream_agrees,
    opened,
    received,
    record,
    retracted,
    rules,
)
from tests.support.kafka import Kafka
from tests.support.processes import kill9, start

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.slow]

_WORKERS = 3
_PARTITIONS = 6
_BUSINESSES = 12
_TAKEN_WITHIN = 90.0


@pytest.fixture
def log_url(own_kafka: Kafka) -> str:
    return f"kafka://{own_kafka.bootstrap}?partitions={_PARTITIONS}"


@pytest.fixture
def workers(url: str, log_url: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`python -m services.linker consume`, as many times as there are workers."""
    partnership = tmp_path / "partnership.yaml"
    partnership.write_text(rules(*THREE_SHARES), encoding="utf-8")
    said = {
        "LINKER_DATABASE_URL": url,
        "LINKER_LOG_URL": log_url,
        "LINKER_KEYS_URL": f"sqlite:///{tmp_path}/keys.db",
        "LINKER_PARTNERSHIP_FILE": str(partnership),
    }
    command = [sys.executable, "-m", "services.linker", "consume"]
    started = [start(command, env={**os.environ, **said}) for _ in range(_WORKERS)]
    yield started
    for worker in started:
        kill9(worker)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_consumers_in_one_group_end_in_the_graph_of_a_rebuild(
    url: str, log_url: str, workers: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    events = _events(Random(20261122))
    half = len(events) // 2
    keys = f"sqlite:///{tmp_path}/keys.db"
    await make_keys(keys, "ingest")
    log = await open_sealed_log(log_url, keys, [RECORDS_TOPIC])
    async with opened(url) as world:
        await world.settle(THREE_AUDIENCES)
        await _append(log, events[:half])
        await _taken(world, half // 4)
        kill9(workers[0])
        await _append(log, events[half:])
        await _taken(world, len(events))
        for worker in workers:
            kill9(worker)
        await assert_stream_agrees(world)
        state = await world.state()
        assert len(state["record"]) == _BUSINESSES * len(REGIMES)
        assert len(await world.groups("hmrc")) < len(state["mention"]) < len(state["record"])
        await world.forget_events()
        await rebuild(world.database, log, world.resolver, clock.today())
        assert await world.state() == state
        assert await world.events() == []
    await log.close()


def _events(random: Random) -> list[RecordEvent]:
    """Records of a few businesses, corrected and retracted; those of one record in order, mixed with all others."""
    histories = [_history(agency, number, random) for number in range(_BUSINESSES) for agency in REGIMES]
    order = [place for place, history in enumerate(histories) for _ in history]
    random.shuffle(order)
    coming = [iter(history) for history in histories]
    return [next(coming[place]) for place in order]


def _history(agency: str, number: int, random: Random) -> list[RecordEvent]:
    places = [record("Chicken Shop", 12 + 2 * random.choice((number, 0)), severity=random.choice((None, 2, 4)))
              for _ in range(random.randint(1, 4))]  # fmt: skip
    history = [received(agency, str(number), place, version) for version, place in enumerate(places, start=1)]
    return [*history, retracted(agency, str(number), len(history) + 1)] if random.random() < 0.2 else history


async def _append(log: EventLog, events: list[RecordEvent]) -> None:
    await log.append(
        [
            Message(RECORDS_TOPIC, event.partitionkey, event.model_dump_json(serialize_as_any=True).encode())
            for event in events
        ]
    )


async def _taken(world: World, events: int) -> None:
    """Wait until the workers have had so many events: those of a record bear its versions in turn."""
    async with asyncio.timeout(_TAKEN_WITHIN):
        while sum(row["version"] for row in await world.rows(select(tables.record.c.version))) < events:
            await asyncio.sleep(0.05)
