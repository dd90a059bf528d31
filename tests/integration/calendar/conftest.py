"""A migrated store for each test, on SQLite and on PostgreSQL, a real calendar over it, and a real linker."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.integration.calendar.served import Calendar, opened
from tests.support.stores import sqlite_store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, empty_store: Callable[[str, str], str]) -> str:
    """The URL of a migrated, empty store of calendar."""
    return empty_store("calendar", request.param)


@pytest.fixture
def linker_url(tmp_path: Path) -> str:
    return sqlite_store(tmp_path, "linker")


@pytest.fixture
async def calendar(url: str, linker_url: str, tmp_path: Path) -> AsyncIterator[Calendar]:
    async with opened(url, linker_url, tmp_path) as found:
        yield found
