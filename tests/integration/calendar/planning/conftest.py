"""A calendar on SQLite and on PostgreSQL, with a linker of its own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.integration.calendar.planning.partnership import Town, fill, town


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, empty_store: Callable[[str, str], str]) -> str:
    return empty_store("calendar", request.param)


@pytest.fixture
async def empty_town(tmp_path: Path, store_url: str) -> AsyncIterator[Town]:
    async with town(tmp_path, store_url) as found:
        yield found


@pytest.fixture
async def filled_town(empty_town: Town) -> Town:
    await fill(empty_town.linker)
    return empty_town
