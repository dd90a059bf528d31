"""Referrals over ASGI for tests of contacts, requests, intelligence and agendas: three agencies and their people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from fastapi import FastAPI
from sqlalchemy import select

from services.referrals import bootstrap
from services.referrals.settings import ReferralsSettings
from services.referrals.store import tables
from shared.runtime.db import Database
from tests.support.tokens import Issuer

_SIGNED = """statute: Test Act, section: "{section}", starts: 2020-01-01, status: active,
   legal_review: {{by: a lawyer, day: 2020-01-01}}, signatures: [{{agency: {agency}, by: its head, day: 2020-01-01}}]"""
PARTNERSHIP = f"""\
id: test
title: Test
agencies: [{{id: border, title: Border}}, {{id: revenue, title: Revenue, information_governance: ig@revenue.example}},
  {{id: council, title: Council}}]
categories: [inspections]
stream_purpose: compliance
legal_gateways:
- {{id: border-asks, from: [border], to: [revenue], categories: [requests], purposes: [immigration-control],
   grant: full, {_SIGNED.format(section=1, agency="border")}}}
- {{id: revenue-answers, from: [revenue], to: [border], categories: [requests], purposes: [immigration-control],
   grant: full, contact: the request desk, conditions: [{{kind: case_by_case, source: s1}},
   {{kind: authorising_officer, source: s2}}, {{kind: one_premises_only, source: s3}}],
   {_SIGNED.format(section=40, agency="revenue")}}}
- {{id: council-asks, from: [council], to: [revenue], categories: [requests], purposes: [compliance], grant: full,
   {_SIGNED.format(section=2, agency="council")}}}
- {{id: revenue-knows, from: [revenue], to: [council], categories: [requests], purposes: [compliance], grant: known,
   contact: the request desk, {_SIGNED.format(section=18, agency="revenue")}}}
- {{id: visits-to-council, from: [border], to: [council], categories: [inspections], purposes: [compliance],
   grant: full, {_SIGNED.format(section=6, agency="border")}}}
- {{id: cards-to-council, from: [border], to: [council], categories: [concern-cards], purposes: [compliance],
   grant: full, {_SIGNED.format(section=5, agency="border")}}}
"""


@dataclass
class Office:
    """Referrals, its store, and whoever calls it: `agency/person`, with every role unless some are named."""

    settings: ReferralsSettings
    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    issuer: Issuer

    async def call(self, who: str, method: str, path: str, **given: Any) -> httpx.Response:
        agency, _, person = who.partition("/")
        claims = {name: given.pop(name) for name in ("roles", "purpose") if name in given}
        headers = self.issuer.headers(agency, sub=person or agency, **claims) | given.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **given)

    async def get(self, who: str, path: str, **given: Any) -> Any:
        answer = await self.call(who, "GET", path, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, who: str, path: str, body: Any = None, expected: int = 201, **given: Any) -> Any:
        answer = await self.call(who, "POST", path, json=body, **given)
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None

    async def officer(self, agency: str, name: str, **given: Any) -> str:
        """The id of a new officer, whose token's `sub` is the name."""
        made = await self.post(agency, "/v1/contacts/officers", {"name": name, "subject": name} | given)
        return str(made["id"])

    async def said(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and data of everything in the outbox, in order."""
        async with self.database.read() as connection:
            values = (await connection.execute(select(tables.outbox.c.value).order_by(tables.outbox.c.id))).scalars()
            events = [orjson.loads(value) for value in values if value]
        return [(event["type"].removeprefix("uk.joinedup.").removesuffix(".v1"), event["data"]) for event in events]


def settings_for(folder: Path, url: str, issuer: Issuer) -> ReferralsSettings:
    partnership = folder / "partnership.yaml"
    partnership.write_text(PARTNERSHIP)
    return ReferralsSettings(
        database_url=url,
        log_url=f"embedded://{folder}/log.db",
        keys_url=f"sqlite:///{folder}/keys.db",
        partnership_file=partnership,
        linker_url="http://127.0.0.1:9",
        auth_jwks=str(issuer.jwks_path),
    )


@asynccontextmanager
async def opened(settings: ReferralsSettings, issuer: Issuer) -> AsyncIterator[Office]:
    app = bootstrap.api(settings)
    database = bootstrap.database(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://referrals") as client:
        yield Office(settings, app, client, database, issuer)
    await database.close()
    await app.state.referrals.database.close()
