"""A migrated store for each test, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from shared.runtime.migrate import migrate
from tests.integration.linker.world import World, opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated, empty store."""
    place = f"sqlite:///{tmp_path}/linker.db"
    if request.param == "postgres":
        place = request.getfixturevalue("postgres_url")
    asyncio.run(_migrated(place))
    return str(place)


async def _migrated(url: str) -> None:
    database = Database(url, "linker")
    await migrate(database)
    await database.close()


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    async with opened(url) as found:
        yield found
