"""A migrated store for each test, on SQLite and on PostgreSQL, a real calendar over it, and a real linker."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from shared.runtime.migrate import migrate
from tests.integration.calendar.served import Calendar, opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated, empty store of calendar."""
    place = f"sqlite:///{tmp_path}/calendar.db"
    if request.param == "postgres":
        place = request.getfixturevalue("postgres_url")
    asyncio.run(_migrated(place, "calendar"))
    return str(place)


@pytest.fixture
def linker_url(tmp_path: Path) -> str:
    place = f"sqlite:///{tmp_path}/linker.db"
    asyncio.run(_migrated(place, "linker"))
    return place


async def _migrated(url: str, service: str) -> None:
    database = Database(url, service)
    await migrate(database)
    await database.close()


@pytest.fixture
async def calendar(url: str, linker_url: str, tmp_path: Path) -> AsyncIterator[Calendar]:
    async with opened(url, linker_url, tmp_path) as found:
        yield found
