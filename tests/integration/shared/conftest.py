"""The log under test: each conformance test runs on the embedded log and on a real Kafka."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog, open_log
from tests.support.readers import Worker
from tests.support.tiny import tiny_store


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def log_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "embedded":
        return f"embedded://{tmp_path}/log.db"
    return f"kafka://{request.getfixturevalue('kafka').bootstrap}"


@pytest.fixture
async def log(log_url: str) -> AsyncIterator[EventLog]:
    log = await open_log(log_url)
    yield log
    await log.close()


@pytest.fixture
def topic() -> str:
    """A name no other test uses: the topics of a Kafka outlive a test."""
    return f"test.{secrets.token_hex(6)}"


@pytest.fixture
def group() -> str:
    return f"group-{secrets.token_hex(6)}"


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    """Processes to be killed after the test."""
    started: list[Worker] = []
    yield started
    for worker in started:
        worker.kill9()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/tiny.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with tiny_store(store_url) as database:
        yield database


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[EventLog]:
    log = await open_log(f"embedded://{tmp_path}/log.db")
    yield log
    await log.close()
