"""A partnership whose officers file cards: referrals over ASGI, on the store of the test's choice."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.referrals import bootstrap
from services.referrals.settings import ReferralsSettings
from shared.runtime.db import Database
from tests.integration.referrals.office import Office
from tests.support.tokens import Issuer

_GIVEN = """purposes: [compliance], statute: Test Act, section: "{n}", starts: 2020-01-01, status: active,
   legal_review: {{by: a lawyer, day: 2020-01-01}}, signatures: [{{agency: {owner}, by: its head, day: 2020-01-01}}]"""


def gateway(n: int, owner: str, to: str, grant: str = "full", more: str = "") -> str:
    given = _GIVEN.format(n=n, owner=owner)
    parties = f"id: {owner}-to-{to}, from: [{owner}], to: [{to}], categories: [concern-cards, visit-outcomes]"
    return f"- {{{parties}, grant: {grant}, {more}{given}}}"


FIELDS = "field_groups: [identity, address, observation], "
NO_ONWARD = "conditions: [{kind: no_onward_sharing, source: s9}], "
CASE_BY_CASE = "conditions: [{kind: case_by_case, source: s8}], "
GATEWAYS = {
    "council-to-fire": gateway(1, "council", "fire"),
    "fire-to-council": gateway(2, "fire", "council"),
    "council-to-border": gateway(3, "council", "border"),
    "fire-to-border": gateway(4, "fire", "border", "fields", FIELDS),
    "council-to-police": gateway(5, "council", "police", more=CASE_BY_CASE),
    "border-to-fire": gateway(6, "border", "fire", more=NO_ONWARD),
    "police-to-border": gateway(7, "police", "border", "fields", "field_groups: [identity], "),
}


def partnership(*without: str) -> str:
    head = """\
id: test
title: Test
agencies: [{id: council, title: Council, classes: [district-council, environmental-health]},
  {id: fire, title: Fire, classes: [fire-authority]}, {id: border, title: Border, classes: [immigration-authority]},
  {id: revenue, title: Revenue, classes: [revenue-and-customs]}, {id: police, title: Police, classes: [police-force]}]
categories: [inspections]
stream_purpose: compliance
legal_gateways:
"""
    return head + "\n".join(text for id_, text in GATEWAYS.items() if id_ not in without) + "\n"


@dataclass
class Beat(Office):
    """What officers do there."""

    folder: Path

    def rules(self, *without: str) -> None:
        """From now on the partnership has these gateways no more."""
        (self.folder / "partnership.yaml").write_text(partnership(*without))

    async def adopt(self, agency: str, pack: str = "golden-indicators", **more: Any) -> dict[str, str]:
        """The ids of the agency's indicators from now on, by slug."""
        made = await self.post(agency, f"/v1/indicators/packs/{pack}/adoption", {"starts": "2026-01-01"} | more)
        return {one["slug"]: one["indicator_id"] for one in made}

    async def file(self, who: str, *indicators: str, expected: int = 201, **given: Any) -> Any:
        return await self.post(who, "/v1/cards", card(*indicators, **given), expected)

    async def step(self, who: str, referral: str, step: str, version: int, expected: int = 204, **given: Any) -> Any:
        headers = {"If-Match": f'"{version}"'}
        path = f"/v1/referrals/{referral}/steps"
        return await self.post(who, path, {"step": step} | given, expected, headers=headers)

    async def inbox(self, who: str, **query: Any) -> list[dict[str, Any]]:
        found = await self.get(who, "/v1/referrals", params={"box": "in", **query})
        return list(found["items"])


def card(*indicators: str, **given: Any) -> dict[str, Any]:
    place = {"name": "Golden Dragon", "address": "14 High Street", "postcode": "UB1 3DB"}
    fixed = {
        "id": str(uuid.uuid4()),
        "place": place,
        "indicators": list(indicators),
        "text": "Mattresses in the store.",
    }
    return fixed | given


@asynccontextmanager
async def opened(folder: Path, url: str, issuer: Issuer) -> AsyncIterator[Beat]:
    (folder / "partnership.yaml").write_text(partnership())
    settings = ReferralsSettings(
        database_url=url,
        log_url=f"embedded://{folder}/log.db",
        keys_url=f"sqlite:///{folder}/keys.db",
        partnership_file=folder / "partnership.yaml",
        auth_jwks=str(issuer.jwks_path),
        linker_url="http://127.0.0.1:9",
    )
    app = bootstrap.api(settings)
    database: Database = bootstrap.database(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://referrals") as client:
        yield Beat(settings, app, client, database, issuer, folder)
    await database.close()
    await app.state.referrals.database.close()
    await app.state.referrals.linker.close()
