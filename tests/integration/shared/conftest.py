"""The log under test: each conformance test runs on the embedded log and on a real Kafka."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.runtime.eventlog import EventLog, open_log
from tests.support.readers import Worker


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
