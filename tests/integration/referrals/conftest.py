"""A migrated store for each test, on SQLite and on PostgreSQL, and referrals over it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.integration.referrals.beat import Beat
from tests.integration.referrals.beat import opened as opened_beat
from tests.integration.referrals.office import Office, opened, settings_for
from tests.support.tokens import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, empty_store: Callable[[str, str], str]) -> str:
    return empty_store("referrals", request.param)


@pytest.fixture
async def office(database_url: str, tmp_path: Path, issuer: Issuer) -> AsyncIterator[Office]:
    async with opened(settings_for(tmp_path, database_url, issuer), issuer) as found:
        yield found


@pytest.fixture
async def beat(database_url: str, tmp_path: Path, issuer: Issuer) -> AsyncIterator[Beat]:
    async with opened_beat(tmp_path, database_url, issuer) as found:
        yield found
