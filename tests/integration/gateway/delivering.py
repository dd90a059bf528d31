"""The gateway's API and its role `deliver` in one test, step by step; the log's messages are handed over by hand."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.gateway import bootstrap
from services.gateway.clients import Receivers
from services.gateway.handlers.rules import Rules
from services.gateway.handlers.taking import Taking
from services.gateway.handlers.upkeep import Upkeep
from services.gateway.store import deliveries
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.eventlog import Delivered, Message
from tests.integration.gateway.receiver import Receiver
from tests.integration.gateway.served import settings
from tests.support.tokens import Issuer

on_both_stores = pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""For tests of what the two may do differently; the others have SQLite."""


class Delivering:
    """`fire` and `police` are agencies of `served.PARTNERSHIP`."""

    def __init__(self, folder: Path, database: Database, issuer: Issuer, **given: Any) -> None:
        url = database.url.render_as_string(hide_password=False)
        jwks = str(issuer.jwks_path)
        made = settings(
            folder, database_url=url, auth_jwks=jwks, **{"profile": "demo", "webhook_timeout_seconds": 5} | given
        )
        self.issuer = issuer
        self.database = database
        self.app = bootstrap.api(made)
        self.rules = Rules(made.partnership_file)
        self.taking = Taking(database)
        self.receivers = Receivers(timeout=made.webhook_timeout_seconds, allow_loopback=made.calls_loopback)
        self.sending = bootstrap.sending(made, database, self.rules, self.receivers)
        self.upkeep = Upkeep(database, self.rules, timedelta(days=made.notices_kept_days))
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1")

    async def call(self, method: str, path: str, agency: str = "fire", **given: Any) -> httpx.Response:
        claims = given.pop("claims", {})
        return await self._http.request(method, path, headers=self.issuer.headers(agency, **claims), **given)

    async def register(self, receiver: Receiver, agency: str = "fire", **wish: Any) -> dict[str, Any]:
        answer = await self.call("POST", "/v1/webhooks", agency, json={"url": receiver.url} | wish)
        assert answer.status_code == 201, answer.text
        await self.upkeep.look_at_rules()
        return dict(answer.json())

    async def happens(self, *messages: Message) -> None:
        """The log gives these."""
        await self.upkeep.look_at_rules()
        await self.taking.take([Delivered(m.topic, m.key, m.value) for m in messages])

    async def send(self) -> None:
        """Everything that is due now."""
        for _ in range(1000):
            async with self.database.read() as connection:
                due = await deliveries.receivers_due(connection, utc_now())
            if not due:
                return
            for id_ in due:
                await self.sending.send_some(id_)
        raise AssertionError("there is no end to what is due")

    async def deliveries(
        self, webhook: dict[str, Any], agency: str = "fire", **params: Any
    ) -> Sequence[dict[str, Any]]:
        answer = await self.call("GET", f"/v1/webhooks/{webhook['id']}/deliveries", agency, params=params)
        return list(answer.raise_for_status().json()["deliveries"])

    async def about(self, webhook: dict[str, Any]) -> dict[str, Any]:
        return dict((await self.call("GET", f"/v1/webhooks/{webhook['id']}")).raise_for_status().json())

    async def close(self) -> None:
        await self._http.aclose()
        await self.receivers.close()
        await self.app.state.database.close()
