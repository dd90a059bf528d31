"""The four services that pages are made of, on one machine, and phones that look at them."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from services.calendar import bootstrap as calendar
from services.calendar.settings import CalendarSettings
from services.linker import bootstrap as linker
from services.linker.settings import LinkerSettings
from services.referrals import bootstrap as referrals
from services.referrals.settings import ReferralsSettings
from shared.sharing import load_partnership
from tests.integration.gateway.served import gateway, http, served
from tests.integration.linker import world as linker_world
from tests.support.chromium import Chromium
from tests.support.processes import free_port
from tests.support.stores import sqlite_store

RULES = linker_world.rules(("council", "fire"), ("fire", "council"), categories=f"{linker_world.EVERYTHING}, visits")
"""Council and fire share both ways; hmrc gets nothing."""
BEDS, DOOR = "Beds where people work", "The back door is chained"
WOK = 51.5074, -0.3764
"""Degrees north and east."""
SCREEN = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Site:
    """A gateway in the demo profile before linker, calendar and `referrals`, which closes when told to."""

    url: str
    referrals: ExitStack

    def api(self, agency: str, role: str = "officer") -> httpx.Client:
        """The API as somebody of an agency."""
        wish = {"agency": agency, "roles": [role]}
        token = http.post(f"{self.url}/dev/token", json=wish).raise_for_status().json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        return httpx.Client(base_url=self.url, headers=headers, verify=False, trust_env=False, timeout=30)

    def cards(self, agency: str = "council") -> list[dict[str, Any]]:
        """What the agency's officer has filed, the newest first."""
        with self.api(agency) as api:
            found: list[dict[str, Any]] = api.get("/v1/cards/mine").raise_for_status().json()["items"]
        return found


@contextmanager
def site(folder: Path, holders: tuple[str, ...] = ("council", "fire"), severity: int | None = None) -> Iterator[Site]:
    """With one takeaway, of which the agencies `holders` have a record each: a concern if it has a severity."""
    (folder / "partnership.yaml").write_text(RULES)
    with ThreadPoolExecutor(1) as thread:  # a browser's loop may be running in this one
        thread.submit(asyncio.run, _filled(folder, holders, severity)).result()
    port = free_port()
    common = {
        "log_url": f"embedded://{folder}/log.db",
        "partnership_file": folder / "partnership.yaml",
        "auth_jwks": f"http://127.0.0.1:{port}/.well-known/jwks.json",
        "keys_url": f"sqlite:///{folder}/keys.db",
    }
    with ExitStack() as stack:
        graph = linker.api(LinkerSettings(database_url=f"sqlite:///{folder}/linker.db", **common))
        linker_url = stack.enter_context(served(graph))
        desk = ReferralsSettings(database_url=f"sqlite:///{folder}/referrals.db", linker_url=linker_url, **common)
        ends = stack.enter_context(ExitStack())
        referrals_url = ends.enter_context(served(referrals.api(desk)))
        others = {"linker_url": linker_url, "referrals_url": referrals_url}
        planned = CalendarSettings(database_url=f"sqlite:///{folder}/calendar.db", **others, **common)
        given = {"profile": "demo", "calendar_url": stack.enter_context(served(calendar.api(planned))), **others}
        url = stack.enter_context(gateway(folder, port=port, **given))
        found = Site(url, ends)
        _ask_for(found, BEDS, DOOR)
        yield found


async def _filled(folder: Path, holders: tuple[str, ...], severity: int | None) -> None:
    for name in ("linker", "referrals", "calendar"):
        sqlite_store(folder, name)
    async with linker_world.opened(f"sqlite:///{folder}/linker.db") as world:
        await world.settle(load_partnership(RULES))
        known = linker_world.placed(linker_world.record("Golden Wok", severity=severity), *WOK)
        await world.take(*(linker_world.received(agency, "1", known) for agency in holders))


def _ask_for(site: Site, *texts: str) -> None:
    """Fire asks other agencies' officers to look out for something."""
    with site.api("fire", "agency_admin") as api:
        for number, text in enumerate(texts):
            wanted = {
                "slug": f"sign-{number}",
                "regime": "fire-safety",
                "text": text,
                "look_for": "What can be seen from where you stand",
                "scope": "Do not open anything",
                "starts": "2020-01-01",
            }
            api.post("/v1/indicators", json=wanted).raise_for_status()


class Phone:
    """A small screen and whoever is signed in on it."""

    def __init__(self, chromium: Chromium, site: Site, *, scripts: bool = True) -> None:
        self.context: BrowserContext = chromium.browser.new_context(
            base_url=site.url, viewport=SCREEN, java_script_enabled=scripts
        )
        self.page: Page = self.context.new_page()
        self._scripts = scripts

    def __enter__(self) -> "Phone":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def sign_in(self, agency: str = "council", role: str = "officer") -> "Phone":
        page = self.page
        page.goto("/sign-in")
        page.get_by_label("Agency", exact=True).select_option(agency)
        page.get_by_label("officer").set_checked(role == "officer")
        page.get_by_label(role.replace("_", " "), exact=True).check()
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="File a card")).to_be_visible()
        return self._ready()

    def form(self) -> "Phone":
        self.page.goto("/card")
        return self._ready()

    def kept(self) -> "Phone":
        """Once the phone has what it needs without signal."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.reload()
        return self._ready()

    def _ready(self) -> "Phone":
        """Once the scripts have begun, or the form would go by itself."""
        if self._scripts:
            expect(self.page.locator("#keeps")).to_be_visible()
        return self

    def describe(self, name: str, text: str) -> None:
        page = self.page
        page.get_by_text("It is not there: describe it").click()
        page.get_by_label("Name on the sign").fill(name)
        page.get_by_label("In your own words").fill(text)

    def send(self) -> None:
        self.page.get_by_role("button", name="Send the card").click()

    def went(self, name: str) -> None:
        """Wait until the phone shows that the card has gone."""
        item = self.page.locator("#queue-list li").filter(has_text=name)
        expect(item.get_by_role("link", name="What came of it")).to_be_visible(timeout=15_000)

    @property
    def status(self) -> Any:
        return expect(self.page.locator("#status"))
