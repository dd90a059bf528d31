"""A partnership, a real linker that knows its businesses, and a real calendar that asks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.calendar import bootstrap
from services.calendar.api import Desk
from services.calendar.clients import Linker
from services.calendar.settings import CalendarSettings
from services.linker import bootstrap as linker_bootstrap
from services.linker.settings import LinkerSettings
from shared.sharing import Partnership
from tests.integration.linker.world import World, opened, received, record
from tests.support.stores import sqlite_store
from tests.support.tokens import Issuer

CHAIR = ("tasking_chair",)
CLASSES = {"council": "environmental-health", "fire": "fire-authority", "hmrc": "revenue-and-customs"}
SHARES = (("fire", "council"), ("fire", "hmrc"), ("council", "hmrc"))
"""council sees fire's, hmrc sees everybody's, fire sees its own."""
NOBODY = "http://127.0.0.1:9"


def rules(*shares: tuple[str, str], categories: str = "*") -> Partnership:
    """Of council, fire and hmrc. `shares` are (owner, viewer)."""
    powers = [_power(owner, viewer, categories) for owner, viewer in shares]
    agencies = [{"id": id_, "title": id_.title(), "classes": [class_]} for id_, class_ in CLASSES.items()]
    stated = {"id": "test", "title": "Test", "agencies": agencies, "categories": ["inspections"]}
    return Partnership.model_validate(stated | {"stream_purpose": "compliance", "legal_gateways": powers})


def _power(owner: str, viewer: str, categories: str) -> dict[str, Any]:
    signed = {"agency": owner, "by": "its head", "day": "2020-01-01"}
    review = {"by": "lawyer", "day": "2020-01-01"}
    law = {"statute": "Test Act", "section": "1", "starts": "2020-01-01", "status": "active", "legal_review": review}
    joins = {"id": f"{owner}-{viewer}", "from": [owner], "to": [viewer], "categories": categories}
    return joins | law | {"purposes": ["compliance"], "grant": "full", "signatures": [signed]}


@dataclass
class Town:
    """`desk` is the calendar's own; `linker` is the graph behind it."""

    desk: Desk
    linker: World
    partnership_file: Path
    client: httpx.AsyncClient
    issuer: Issuer

    async def rule(self, partnership: Partnership) -> None:
        """From now on these are the sharing rules, in the linker's views too."""
        write(self.partnership_file, partnership)
        await self.linker.settle(partnership)

    async def ask(
        self,
        method: str,
        path: str,
        agency: str = "hmrc",
        roles: tuple[str, ...] = CHAIR,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        signed = self.issuer.headers(agency, roles, purpose="compliance")
        return await self.client.request(method, path, json=body, headers=signed | (headers or {}))

    async def businesses(self, agency: str = "hmrc") -> dict[str, str]:
        """Ids by name, as the agency sees them."""
        page = await self.desk.linker.businesses(self.issuer.headers(agency, CHAIR), limit=200)
        return {business.name: business.business_id for business in page.businesses}


def write(file: Path, partnership: Partnership) -> None:
    file.write_text(partnership.model_dump_json(by_alias=True))


@asynccontextmanager
async def town(folder: Path, database_url: str) -> AsyncIterator[Town]:
    """Nobody knows of any business yet."""
    issuer, file = Issuer(folder), folder / "partnership.yaml"
    write(file, rules(*SHARES))
    common = {
        "log_url": f"embedded://{folder}/log.db",
        "partnership_file": file,
        "auth_jwks": str(issuer.jwks_path),
        "keys_url": f"sqlite:///{folder}/keys.db",
    }
    linker_url = sqlite_store(folder, "linker")
    linker = linker_bootstrap.api(LinkerSettings(database_url=linker_url, **common))
    graph = Linker("http://linker", httpx.ASGITransport(linker))
    urls = {"linker_url": NOBODY, "referrals_url": NOBODY}
    calendar = bootstrap.api(CalendarSettings(database_url=database_url, **urls, **common), graph)
    outer = httpx.AsyncClient(transport=httpx.ASGITransport(calendar), base_url="http://calendar")
    async with outer, opened(linker_url) as world:
        await world.settle(rules(*SHARES))
        yield Town(calendar.state.desk, world, file, outer, issuer)
    await graph.close()
    await linker.state.desk.database.close()
    await calendar.state.desk.database.close()


async def fill(world: World) -> None:
    """One business of three regimes, one of two, one of one, and one that is only present."""
    await world.take(
        received("council", "1", record("Chicken Shop", severity=3)),
        received("fire", "1", record("Chicken Shop", severity=2)),
        received("hmrc", "1", record("Chicken Shop", severity=3)),
        received("council", "2", record("Broadway Tyres", 240, postcode="UB2 4XX", severity=4)),
        received("fire", "2", record("Broadway Tyres", 240, postcode="UB2 4XX", severity=3)),
        received("council", "3", record("Café Zoë", 9, postcode="W5 2BY", severity=1)),
        received("council", "4", record("Quiet Books", 77, postcode="W5 3AA")),
    )
