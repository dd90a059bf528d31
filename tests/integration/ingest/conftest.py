"""A migrated store for each test, on SQLite and on PostgreSQL, and a real ingest over it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.ingest.settings import IngestSettings
from shared.runtime.db import Database
from shared.runtime.migrate import migrate
from tests.integration.ingest.served import Ingest, opened, settings_for
from tests.support.tokens import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path, issuer: Issuer) -> IngestSettings:
    url = f"sqlite:///{tmp_path}/ingest.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    asyncio.run(_migrated(url))
    return settings_for(tmp_path, url, issuer)


async def _migrated(url: str) -> None:
    database = Database(url, "ingest")
    await migrate(database)
    await database.close()


@pytest.fixture
async def ingest(settings: IngestSettings, issuer: Issuer) -> AsyncIterator[Ingest]:
    async with opened(settings, issuer) as found:
        yield found
