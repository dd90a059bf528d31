"""What the gateway's tests share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.runtime.eventlog import EventLog, open_log
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
