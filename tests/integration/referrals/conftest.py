"""A migrated store for each test, on SQLite and on PostgreSQL, and referrals over it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.db import Database
from shared.runtime.migrate import migrate
from tests.integration.referrals.beat import Beat
from tests.integration.referrals.beat import opened as opened_beat
from tests.integration.referrals.office import Office, opened, settings_for
from tests.support.tokens import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path}/test.db"
    asyncio.run(_migrated(url))
    return str(url)


async def _migrated(url: str) -> None:
    database = Database(url, "referrals")
    await migrate(database)
    await database.close()


@pytest.fixture
async def office(database_url: str, tmp_path: Path, issuer: Issuer) -> AsyncIterator[Office]:
    async with opened(settings_for(tmp_path, database_url, issuer), issuer) as found:
        yield found


@pytest.fixture
async def beat(database_url: str, tmp_path: Path, issuer: Issuer) -> AsyncIterator[Beat]:
    async with opened_beat(tmp_path, database_url, issuer) as found:
        yield found
