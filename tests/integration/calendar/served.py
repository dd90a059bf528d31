"""A real calendar over ASGI, and the real linker that it asks, for four agencies.

Council and fire let each other see all visits; police lets council know that there is one; hmrc discloses to council,
one by one, what an authorising officer has approved. All records of council and fire are shared between the two.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import select

from services.calendar import bootstrap
from services.calendar.clients import Linker
from services.calendar.settings import CalendarSettings
from services.calendar.store import tables
from services.linker import bootstrap as linker_bootstrap
from services.linker.settings import LinkerSettings
from shared.runtime.db import Database
from shared.runtime.eventlog.sealed import TOMBSTONE
from shared.sharing import load_partnership
from tests.integration.linker.world import World
from tests.support.tokens import Issuer

_GATEWAY = """
- {{id: {id}, from: [{owner}], to: [{viewer}], categories: [{categories}], purposes: [compliance], grant: {grant},
   statute: Test Act, section: "1", starts: 2020-01-01, status: active, legal_review: {{by: lawyer, day: 2020-01-01}},
   signatures: [{{agency: {owner}, by: its head, day: 2020-01-01}}]{more}}}"""
_CALENDAR = "visits, visit-outcomes"


def gateway(owner: str, viewer: str, categories: str = _CALENDAR, grant: str = "full", more: str = "") -> str:
    id_ = f"{owner}-{viewer}-{grant}-{len(categories)}"
    return _GATEWAY.format(id=id_, owner=owner, viewer=viewer, categories=categories, grant=grant, more=more)


BETWEEN = (
    gateway("council", "fire", f"inspections, {_CALENDAR}"),
    gateway("fire", "council", f"inspections, {_CALENDAR}"),
    gateway("police", "council", "visits", "known", ", contact: police liaison desk"),
    gateway("hmrc", "council", more=", conditions: [{kind: authorising_officer, source: Test Act}]"),
)


def rules(*gateways: str) -> str:
    agencies = ", ".join(f"{{id: {one}, title: {one.title()}}}" for one in ("council", "fire", "hmrc", "police"))
    return (
        f"id: test\ntitle: Test\nagencies: [{agencies}]\ncategories: [inspections]\nstream_purpose: compliance\n"
        f"legal_gateways:{''.join(gateways) or ' []'}\n"
    )


def slot(day: str = "2027-02-03", begins: str = "10:00", ends: str = "11:00") -> dict[str, Any]:
    return {"starts": f"{day}T{begins}", "ends": f"{day}T{ends}"}


def address(number: int = 12, street: str = "The Broadway", postcode: str = "UB1 1AA") -> dict[str, Any]:
    return {
        "name": "Golden Chicken",
        "address": {"lines": [f"{number} {street}"], "town": "Southall", "postcode": postcode},
    }


def planned(place: dict[str, Any] | None = None, when: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A visit that council and others could make; `more` goes into its terms but for `contribution` and `invite`."""
    rest = {name: more.pop(name) for name in ("contribution", "invite") if name in more}
    terms = {"purpose": "enforcement", "regimes": ["food-hygiene"]} | more
    return {"place": place or address(), "when": when or slot(), "terms": terms, **rest}


@dataclass
class Calendar:
    settings: CalendarSettings
    client: httpx.AsyncClient
    database: Database
    world: World
    issuer: Issuer

    async def call(
        self, method: str, path: str, body: Any = None, agency: str = "council", **more: Any
    ) -> httpx.Response:
        claims, headers = more.pop("claims", {}), more.pop("headers", {})
        roles = more.pop("roles", ("officer",))
        signed = self.issuer.headers(agency, roles, **claims)
        return await self.client.request(method, path, json=body, headers=signed | headers, **more)

    async def get(self, path: str, agency: str = "council", **more: Any) -> Any:
        answer = await self.call("GET", path, agency=agency, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, agency: str = "council", **more: Any) -> Any:
        answer = await self.call("POST", path, body if body is not None else {}, agency, **more)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def plan(self, agency: str = "council", *given: Any, **more: Any) -> dict[str, Any]:
        """A planned visit, as its own agency sees it."""
        return dict(await self.post("/v1/visits", planned(*given, **more), agency))

    async def confirm(self, visit: dict[str, Any], agency: str = "council", **more: Any) -> httpx.Response:
        body = {"version": visit["version"]} | more
        return await self.call("POST", f"/v1/visits/{visit['visit_id']}/confirm", body, agency)

    async def confirmed(self, agency: str = "council", *given: Any, **more: Any) -> dict[str, Any]:
        answer = await self.confirm(await self.plan(agency, *given, **more), agency)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def events(self, type_: str) -> list[dict[str, Any]]:
        """The data of what it said, in order."""
        async with self.database.read() as connection:
            rows = (await connection.execute(select(tables.outbox).order_by(tables.outbox.c.id))).all()
        said = [orjson.loads(row.value) for row in rows if row.value]
        return [event["data"] for event in said if event["type"] == f"uk.joinedup.{type_}.v1"]

    async def shredded(self) -> list[str]:
        """Of what all that the log says ends."""
        async with self.database.read() as connection:
            ends = select(tables.outbox.c.key).where(tables.outbox.c.value == TOMBSTONE)
            return list((await connection.execute(ends)).scalars())

    def govern(self, *gateways: str) -> None:
        """Other sharing rules from now on."""
        self.settings.partnership_file.write_text(rules(*gateways))


@asynccontextmanager
async def opened(url: str, linker_url: str, folder: Path) -> AsyncIterator[Calendar]:
    """Over stores that are migrated."""
    issuer, partnership = Issuer(folder), folder / "partnership.yaml"
    partnership.write_text(rules(*BETWEEN))
    common = {
        "log_url": f"embedded://{folder}/log.db",
        "partnership_file": partnership,
        "auth_jwks": str(issuer.jwks_path),
        "keys_url": f"sqlite:///{folder}/keys.db",
    }
    graph = linker_bootstrap.api(LinkerSettings(database_url=linker_url, **common))
    settings = CalendarSettings(
        database_url=url, linker_url="http://linker", referrals_url="http://referrals", **common
    )
    app = bootstrap.api(settings, Linker("http://linker", httpx.ASGITransport(graph)))
    world = World(Database(linker_url, "linker"))
    await world.settle(load_partnership(partnership.read_text()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://calendar") as client:
        yield Calendar(settings, client, app.state.desk.database, world, issuer)
    for database in (app.state.desk.database, graph.state.desk.database, world.database):
        await database.close()
    await app.state.desk.linker.close()
