"""`joinedup bench referrals`: how fast cards are filed for good, and how fast a full inbox is read."""

import asyncio
import shutil
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from statistics import quantiles
from time import perf_counter
from typing import Annotated, Any

import httpx
import orjson
import typer
import yaml

from joinedup.client import DevToken
from joinedup.console import console, errors, refuse, run_until_signalled
from joinedup.partnership import demonstration_of
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA, Layout, layout
from joinedup.supervisor import AlreadyRunning, NotReady, running

_DATA = DEFAULT_DATA / "bench-referrals"
_SENDER, _RECEIVER = "district", "fire"
_WARM_UP = 50
_PAGE = 50
_DEFINITIONS = {
    "filed_per_s": "Cards described in words and answered with 201, so safe on disk, by so many officers at once; each "
    "asks the linker once and makes one referral.",
    "p50_ms, p99_ms": "Of one request, as its client sees it, at the address of referrals itself.",
    "page": f"A page of {_PAGE} of the open referrals of one agency, in the order in which they are due, from first "
    "to last.",
    "gateway": "The same pages through the gateway, which checks, counts and records each.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Cards = Annotated[int, typer.Option("--cards", help="How many are filed, each a referral that stays open.", min=200)]
Officers = Annotated[int, typer.Option("--officers", help="Who file at once.", min=1)]


def referrals(as_json: AsJson = False, cards: Cards = 10_000, officers: Officers = 16) -> None:
    """Cards filed a second, and pages of an inbox that holds them all."""
    run_until_signalled(_referrals(as_json, cards, officers))


async def _referrals(as_json: bool, cards: int, officers: int) -> None:
    shutil.rmtree(_DATA, ignore_errors=True)
    _DATA.mkdir(parents=True)
    partnership = _DATA / "partnership.yaml"
    partnership.write_text(_partnership(), encoding="utf-8")
    where = layout(_DATA, 0, partnership, JoinedUpSettings())
    try:
        async with running(where, say=lambda text: errors.print(text, markup=False)):
            report = await _measured(where, cards, officers)
    except (AlreadyRunning, NotReady) as error:
        refuse(str(error))
    report |= {"store": where.store_name, "cards": cards, "officers": officers, "definitions": _DEFINITIONS}
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(report)


def _partnership() -> str:
    made = yaml.safe_load(demonstration_of("bench", "Benchmark", {_SENDER: {}, _RECEIVER: {}}, ["inspections"]))
    made["agencies"][1]["classes"] = ["fire-authority"]
    return yaml.safe_dump(made)


async def _measured(where: Layout, cards: int, officers: int) -> dict[str, Any]:
    own = where.process("referrals", "api").url
    assert own is not None, "the API has an address"
    async with AsyncExitStack() as opened:

        async def client(url: str, agency: str, role: str) -> httpx.AsyncClient:
            auth = DevToken(where.url, agency, (role,))
            limits = httpx.Limits(max_connections=officers)
            made = httpx.AsyncClient(base_url=url, auth=auth, limits=limits, timeout=60, trust_env=False)
            return await opened.enter_async_context(made)

        indicators = await _adopted(await client(own, _RECEIVER, "agency_admin"))
        officer = await client(own, _SENDER, "officer")
        filing = await _filed(officer, indicators, cards, officers)
        pages = await _read(await client(own, _RECEIVER, "officer"))
        through = await _read(await client(where.url, _RECEIVER, "officer"), most=_WARM_UP)
    return {"filing": filing, "page": pages, "gateway": through}


async def _adopted(admin: httpx.AsyncClient) -> list[str]:
    answer = await admin.post("/v1/indicators/packs/golden-indicators/adoption", json={"starts": "2020-01-01"})
    return [one["indicator_id"] for one in answer.raise_for_status().json()]


async def _filed(officer: httpx.AsyncClient, indicators: list[str], cards: int, officers: int) -> dict[str, float]:
    async def file(number: int) -> None:
        (await officer.post("/v1/cards", json=_card(number, indicators))).raise_for_status()

    for number in range(_WARM_UP):
        await file(number)
    began = perf_counter()
    taken = await _timed(range(_WARM_UP, cards), file, officers)
    return {"filed_per_s": round((cards - _WARM_UP) / (perf_counter() - began), 1), **_cuts(taken)}


def _card(number: int, indicators: list[str]) -> dict[str, Any]:
    place = {"name": f"Shop {number}", "address": f"{number} High Street", "postcode": f"UB{1 + number % 9} 1AA"}
    seen = [indicators[number % len(indicators)]]
    return {"id": str(uuid.UUID(int=number + 1)), "place": place, "indicators": seen, "text": "Exits were blocked."}


async def _read(reader: httpx.AsyncClient, most: int | None = None) -> dict[str, float]:
    """Every page of the inbox, or the first `most`."""
    query: dict[str, str] = {"box": "in", "open": "true", "limit": str(_PAGE)}
    taken: list[float] = []
    while most is None or len(taken) < most:
        began = perf_counter()
        page = (await reader.get("/v1/referrals", params=query)).raise_for_status().json()
        taken.append(1000 * (perf_counter() - began))
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    return {"pages": len(taken), **_cuts(taken)}


async def _timed(each: Iterable[int], do: Callable[[int], Awaitable[None]], at_once: int) -> list[float]:
    """Milliseconds of each, shared among so many workers."""
    waiting, taken = iter(each), list[float]()

    async def worker() -> None:
        for number in waiting:
            began = perf_counter()
            await do(number)
            taken.append(1000 * (perf_counter() - began))

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return taken


def _cuts(taken: list[float]) -> dict[str, float]:
    cuts = quantiles(taken, n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1)}
