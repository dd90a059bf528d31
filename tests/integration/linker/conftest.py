"""A migrated store for each test, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.integration.linker.world import World, opened


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, empty_store: Callable[[str, str], str]) -> str:
    """The URL of a migrated, empty store."""
    return empty_store("linker", request.param)


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    async with opened(url) as found:
        yield found
