"""What the gateway's tests share."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog, open_log
from tests.integration.gateway.delivering import Delivering
from tests.integration.gateway.receiver import Receiver
from tests.support.tokens import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[EventLog]:
    """The log that a gateway over `tmp_path` reads."""
    log = await open_log(f"embedded://{tmp_path}/log.db")
    yield log
    await log.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, empty_store: Callable[[str, str], str]) -> AsyncIterator[Database]:
    """The gateway's store, empty."""
    database = Database(empty_store("gateway", request.param), "gateway")
    yield database
    await database.close()


@pytest.fixture
async def store(request: pytest.FixtureRequest, empty_store: Callable[[str, str], str]) -> AsyncIterator[Database]:
    """The gateway's store, empty: SQLite unless a test is marked `on_both_stores`."""
    database = Database(empty_store("gateway", getattr(request, "param", "sqlite")), "gateway")
    yield database
    await database.close()


@pytest.fixture
async def gateway(tmp_path: Path, store: Database, issuer: Issuer) -> AsyncIterator[Delivering]:
    """The gateway of a demonstration, which calls this machine too."""
    made = Delivering(tmp_path, store, issuer)
    yield made
    await made.close()


@pytest.fixture
def receivers() -> Iterator[Callable[..., Receiver]]:
    """Makes agencies' systems, on a port if one is given."""
    made: list[Receiver] = []

    def make(port: int = 0) -> Receiver:
        made.append(Receiver(port))
        return made[-1]

    yield make
    for one in made:
        one.close()
