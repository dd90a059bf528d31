"""A migrated store for each test, on SQLite and on PostgreSQL, and a real ingest over it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.ingest.settings import IngestSettings
from tests.integration.ingest.served import Ingest, opened, settings_for
from tests.support.tokens import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(
    request: pytest.FixtureRequest, empty_store: Callable[[str, str], str], tmp_path: Path, issuer: Issuer
) -> IngestSettings:
    return settings_for(tmp_path, empty_store("ingest", request.param), issuer)


@pytest.fixture
async def ingest(settings: IngestSettings, issuer: Issuer) -> AsyncIterator[Ingest]:
    async with opened(settings, issuer) as found:
        yield found
