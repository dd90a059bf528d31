"""What the gateway's tests share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog, open_log
from shared.runtime.migrate import migrate
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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """The gateway's store, empty."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/gateway.db" if is_sqlite else request.getfixturevalue("postgres_url")
    database = Database(url, "gateway")
    await migrate(database)
    yield database
    await database.close()
