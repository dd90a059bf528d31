"""A real ingest for tests: its application over ASGI, its worker in this process or in one that can be killed."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from fastapi import FastAPI
from sqlalchemy import select

from services.ingest import bootstrap
from services.ingest.clients import Fetcher
from services.ingest.settings import IngestSettings
from services.ingest.store import tables
from services.ingest.worker.loop import Worker
from shared.runtime.db import Database
from tests.support.tokens import Issuer

PARTNERSHIP = """\
id: test
title: Test
agencies: [{id: food, title: Food}, {id: fire, title: Fire}, {id: police, title: Police}]
categories: [inspections, intelligence]
stream_purpose: compliance
legal_gateways:
- {id: food-to-fire, from: [food], to: [fire], categories: [inspections], purposes: [compliance], grant: full,
   statute: Test Act, section: "1", starts: 2020-01-01, status: active, legal_review: {by: a lawyer, day: 2020-01-01},
   signatures: [{agency: food, by: its head, day: 2020-01-01}]}
- {id: known-to-police, from: [food], to: [police], categories: [inspections], purposes: [compliance], grant: known,
   contact: food desk, statute: Test Act, section: "2", starts: 2020-01-01, status: active,
   legal_review: {by: a lawyer, day: 2020-01-01}, signatures: [{agency: food, by: its head, day: 2020-01-01}]}
"""


def food_spec(**changes: Any) -> dict[str, Any]:
    """A feed of food inspections; `changes` replace members, `mapping` those of the mapping."""
    mapping = {
        "source_ref": "id",
        "names": [{"column": "name", "kind": "trading"}],
        "address": {"lines": ["street"], "postcode": "postcode"},
        "phones": ["phone"],
        "observation": {
            "rating": "rating",
            "observed_on": "rated",
            "outcomes": {"0": 4, "1": 3, "5": "nothing_found"},
        },
        "deleted": {"column": "gone", "values": ["yes"]},
    } | changes.pop("mapping", {})
    spec = {
        "id": "food-ratings",
        "title": "Food ratings",
        "agency": "food",
        "regime": "food-hygiene",
        "category": "inspections",
        "format": {"kind": "csv"},
        "mode": "delta",
        "retention_days": 365,
        "expected_every_hours": 24,
        "mapping": mapping,
    }
    return spec | changes


def row(number: int, **changes: str) -> dict[str, str]:
    """Row `number` of the feed."""
    given = {
        "id": f"F{number}",
        "name": f"Café {number}",
        "street": f"{number} High Street",
        "postcode": "UB1 2AB",
        "phone": "",
        "rating": "5",
        "rated": "2026-05-01",
        "gone": "",
    }
    return given | changes


def csv_of(rows: list[dict[str, str]]) -> bytes:
    columns = list(row(0))
    lines = [",".join(columns), *(",".join(each[column] for column in columns) for each in rows)]
    return "\r\n".join(lines).encode()


@dataclass
class Ingest:
    """Ingest over ASGI, and what its store holds."""

    settings: IngestSettings
    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    worker: Worker
    issuer: Issuer

    def auth(self, agency: str = "food", **claims: Any) -> dict[str, str]:
        return self.issuer.headers(agency, **claims)

    async def call(
        self, method: str, path: str, *, agency: str = "food", key: str | None = None, **given: Any
    ) -> httpx.Response:
        headers = self.auth(agency) | ({"Idempotency-Key": key} if key else {}) | given.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **given)

    async def declare(self, spec: dict[str, Any] | None = None) -> dict[str, Any]:
        spec = spec or food_spec()
        answer = await self.call("PUT", f"/v1/feeds/{spec['id']}", agency=spec["agency"], json=spec)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(self, each: dict[str, str], feed: str = "food-ratings", **given: Any) -> dict[str, Any]:
        """Post one record; its receipt."""
        answer = await self.call("POST", f"/v1/feeds/{feed}/records", json=each, **given)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def send(self, content: bytes, feed: str = "food-ratings", **given: Any) -> dict[str, Any]:
        """Upload a file, work it, and give its receipt."""
        answer = await self.call("POST", f"/v1/feeds/{feed}/files", content=content, **given)
        assert answer.status_code == 202, answer.text
        await self.work()
        return await self.receipt(answer.json()["id"])

    async def receipt(self, submission: str, agency: str = "food") -> dict[str, Any]:
        answer = await self.call("GET", f"/v1/submissions/{submission}", agency=agency)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def rows(self, submission: str, **query: Any) -> list[dict[str, Any]]:
        answer = await self.call("GET", f"/v1/submissions/{submission}/rows", params={"limit": 1000, **query})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def work(self) -> None:
        """Until nothing is left to work."""
        while await self.worker.work_one():
            pass

    async def events(self) -> list[dict[str, Any]]:
        """Everything that the outbox holds, in order."""
        async with self.database.read() as connection:
            values = (await connection.execute(select(tables.outbox.c.value).order_by(tables.outbox.c.id))).scalars()
            return [orjson.loads(value) for value in values if value]

    async def said(self) -> list[tuple[str, str, int]]:
        """Of each record event: its kind, source reference and version."""
        return [
            (event["type"].removeprefix("uk.joinedup.record.").removesuffix(".v1"), data["source_ref"], data["version"])
            for event in await self.events()
            if "source_ref" in (data := event["data"])
        ]


def settings_for(folder: Path, url: str, issuer: Issuer, **given: Any) -> IngestSettings:
    partnership = folder / "partnership.yaml"
    partnership.write_text(PARTNERSHIP)
    fixed = {
        "database_url": url,
        "log_url": f"embedded://{folder}/log.db",
        "keys_url": f"sqlite:///{folder}/keys.db",
        "partnership_file": partnership,
        "auth_jwks": str(issuer.jwks_path),
        "rows_per_transaction": 10,
        "pull_allow_private": True,
    }
    return IngestSettings(**(fixed | given))


@asynccontextmanager
async def opened(settings: IngestSettings, issuer: Issuer) -> AsyncIterator[Ingest]:
    app = bootstrap.api(settings)
    database = bootstrap.database(settings)
    fetcher = Fetcher(allow_private=settings.pull_allow_private, timeout=5)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        yield Ingest(settings, app, client, database, bootstrap.worker(settings, database, fetcher), issuer)
    await fetcher.close()
    await database.close()
    await app.state.ingest.database.close()


def environment(settings: IngestSettings) -> Mapping[str, str]:
    """For `python -m services.ingest`, the same settings."""
    values = settings.model_dump(include=settings.model_fields_set)
    return {**os.environ, **{f"INGEST_{name.upper()}": str(value) for name, value in values.items()}}


def command(role: str) -> list[str]:
    return [sys.executable, "-m", "services.ingest", role]
