"""A process of referrals killed while a card is filed again and again: in the end it is there once."""

import asyncio
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.referrals.beat import card, partnership
from tests.support.processes import free_port, kill9, start, wait_until
from tests.support.stores import sqlite_store
from tests.support.tokens import Issuer


class Served:
    """`python -m services.referrals api` on a store in `folder`, to be killed."""

    def __init__(self, folder: Path, issuer: Issuer) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._environment = {
            **os.environ,
            "REFERRALS_DATABASE_URL": f"sqlite:///{folder}/referrals.db",
            "REFERRALS_KEYS_URL": f"sqlite:///{folder}/keys.db",
            "REFERRALS_LOG_URL": f"embedded://{folder}/log.db",
            "REFERRALS_PARTNERSHIP_FILE": str(folder / "partnership.yaml"),
            "REFERRALS_AUTH_JWKS": str(issuer.jwks_path),
            "REFERRALS_LINKER_URL": "http://127.0.0.1:9",
            "REFERRALS_PORT": self.url.rpartition(":")[2],
        }
        self.start()

    def start(self) -> None:
        self.process = start([sys.executable, "-m", "services.referrals", "api"], env=self._environment)
        wait_until(self._answers, 60, "referrals")

    def kill(self) -> None:
        kill9(self.process)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False


async def file(client: httpx.AsyncClient, body: dict[str, Any]) -> int | None:
    """The status of the answer; None where the process went away."""
    try:
        return (await client.post("/v1/cards", json=body)).status_code
    except httpx.TransportError:
        return None


def held(folder: Path) -> tuple[int, ...]:
    with sqlite3.connect(folder / "referrals.db") as store:
        tables = ("card", "referral", "referral_step", "outbox")
        return tuple(store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


@pytest.mark.slow
async def test_a_card_filed_fifty_times_around_kill_9_is_there_once(tmp_path: Path) -> None:
    issuer, body = Issuer(tmp_path), card(to=["fire"])
    (tmp_path / "partnership.yaml").write_text(partnership())
    sqlite_store(tmp_path, "referrals")
    served = await asyncio.to_thread(Served, tmp_path, issuer)
    headers = issuer.headers("council", sub="ann")
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=30, trust_env=False) as client:
        for delay in (0.02, 0.2):
            filing = asyncio.gather(*(file(client, body) for _ in range(50)))
            await asyncio.sleep(delay)
            await asyncio.to_thread(served.kill)
            await filing
            await asyncio.to_thread(served.start)
        answers = await asyncio.gather(*(file(client, body) for _ in range(50)))
    served.kill()
    assert set(answers) <= {200, 201}
    assert held(tmp_path) == (1, 1, 1, 2)
