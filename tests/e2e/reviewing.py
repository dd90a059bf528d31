"""A site on which analysts review links: businesses that everybody is sure of, one worrying in three regimes, three
doors at which only a person can tell, a switchboard that is no evidence, and quiet shops."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from shared.contracts.identifiers import record_id
from tests.e2e.pages import Site, site
from tests.integration.gateway.browsing import Browser
from tests.integration.linker import world as linker_world
from tests.integration.linker.patterns import find
from tests.integration.linker.switching import model, until_done, wanted

DOORS = 3
SWITCHBOARD = "0208 825 5000"
MODEL = model("kerrow-1", "phone:442088255000")
QUIET = (
    *("Aldersons", "Birchwood", "Cedarcroft", "Dogwood", "Eldergrove", "Firbank", "Gorsefield", "Hazelmere"),
    *("Ivybridge", "Junipers", "Larchmont", "Maplewood", "Oakenshaw", "Poplars", "Quinceton", "Rowan <b>Lea</b>"),
)
"""Shops of which nobody has a concern. The first six ring at the switchboard."""
RINGING = 6
CHAIN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Junipers": {"phones": ("07700 900123",)},
    "Larchmont": {"phones": ("07700 900123",), "emails": ("owner@larchmont.example",)},
    "Maplewood": {"emails": ("owner@larchmont.example",)},
}
"""One of which leads to the next."""


@contextmanager
def reviewed(folder: Path) -> Iterator[Site]:
    with site(folder, severity=3) as found:
        with ThreadPoolExecutor(1) as thread:  # a browser's loop may be running in this one
            thread.submit(asyncio.run, _with_doubts(folder)).result()
        yield found


async def _with_doubts(folder: Path) -> None:
    """At each of three doors a record of council and one of fire, whose names differ: only a person can tell."""
    async with linker_world.opened(f"sqlite:///{folder}/linker.db") as world:
        await wanted(world, MODEL)
        await until_done(world)
        for door in range(DOORS):
            where = {"number": 20 + 2 * door, "postcode": f"UB{door + 2} 1AA"}
            ours = linker_world.record(f"Queen {door}s Kitchen", severity=2, **where)
            ours = ours.model_copy(update={"sector": "Takeaway"})
            theirs = linker_world.record("Ali and Sons Trading", severity=3, **where)
            await world.take(
                linker_world.received("council", f"door-{door}", ours),
                linker_world.received("fire", f"door-{door}", theirs),
            )
        for place, name in enumerate(QUIET, start=1):
            phone = SWITCHBOARD if place <= RINGING else None
            shop = linker_world.record(name, 100 + 9 * place, postcode=f"W{place} 1AA", phone=phone)
            shop = shop.model_copy(update=CHAIN.get(name, {}))
            await world.take(linker_world.received("council", name, shop))
        crown = linker_world.record("Crown Inn", 7, postcode="W30 1AA", severity=4)
        known = [linker_world.received(agency, "crown", crown) for agency in ("council", "fire")]
        await world.take(*known, _for_licensing(known[0]))
        await find(world)


def _for_licensing(event: Any) -> Any:
    """The same of another feed and regime."""
    feed, ref = "council-licences", event.data.source_ref
    named = {"feed": feed, "regime": "licensing", "record_id": record_id(feed, ref)}
    data = event.data.model_copy(update=named)
    return event.model_copy(update={"data": data, "subject": data.record_id, "partitionkey": data.record_id})


def asked(page: httpx.Response) -> str:
    """The address to which a question's answer goes."""
    return re.findall(r'action="(/compare/[^"]+)"', page.text)[0]


def following(page: httpx.Response) -> str:
    return re.findall(r'href="/review\?cursor=([^"]+)"', page.text)[0]


def listed(page: httpx.Response) -> set[str]:
    """The businesses of a list."""
    return set(re.findall(r'<h3><a href="(/businesses/biz_\w+)"', page.text))


def business(browser: Browser, name: str) -> str:
    """The address of its page."""
    found: str = re.findall(rf'href="(/businesses/biz_\w+)">{name}', browser.get("/businesses").text)[0]
    return found
