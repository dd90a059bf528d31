"""`joinedup bench audit`: what recording costs a read, beside a gateway that records nothing."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median, quantiles
from time import perf_counter
from typing import Annotated, Any

import httpx
import orjson
import typer

from joinedup.bench.material import AGENCY, SINGLES, spec, write_file
from joinedup.bench.measures import bulk, drained
from joinedup.client import Api, DevToken
from joinedup.console import console, errors, refuse, run_until_signalled
from joinedup.delivery import SENDER
from joinedup.partnership import demonstration
from joinedup.settings import JoinedUpSettings, environment, take_on
from joinedup.stack import DEFAULT_DATA, HOST, ROOT, Layout, free_ports, layout
from joinedup.supervisor import AlreadyRunning, NotReady, running

_DATA = DEFAULT_DATA / "bench-audit"
_START_SECONDS = 30.0
_WARM_UP = 100
_ROUNDS = 8
_NO_LIMITS = {  # one client reads as fast as it is answered
    f"GATEWAY_{name}": "1000000000"
    for name in ("CLIENT_REQUESTS_PER_MINUTE", "AGENCY_REQUESTS_PER_MINUTE", "AGENCY_REQUESTS_PER_DAY")
}
_DEFINITIONS = {
    "business, page_of_50": "GET of one, and of a list, through the gateway; turn by turn with and without.",
    "p50_ms, p95_ms": "From the request to the last byte, as a client sees it, its own work included.",
    "per_s": "Answers a second with so many readers at once.",
    "ratio": "Of the median with the audit log to the median without.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Records = Annotated[int, typer.Option("--records", help="How many the store holds.", min=500)]
Reads = Annotated[int, typer.Option("--reads", help="Reads of each kind in a round.", min=50)]


def audit(as_json: AsJson = False, records: Records = 2000, reads: Reads = 200) -> None:
    """Reads through the gateway with the audit log and without it."""
    run_until_signalled(_audit(as_json, records, reads))


async def _audit(as_json: bool, records: int, reads: int) -> None:
    shutil.rmtree(_DATA, ignore_errors=True)
    _DATA.mkdir(parents=True)
    partnership = _DATA / "partnership.yaml"
    partnership.write_text(demonstration("bench", "Benchmark", [spec(SINGLES)]), encoding="utf-8")
    take_on(_NO_LIMITS)
    where = layout(_DATA, 0, partnership, JoinedUpSettings())
    try:
        async with running(where, say=lambda text: errors.print(text, markup=False)), _without(where) as bare:
            await _fill(where.url, records)
            report = await _measured({"with": where.url, "without": bare}, reads)
    except (AlreadyRunning, NotReady) as error:
        refuse(str(error))
    report |= {"store": where.store_name, "definitions": _DEFINITIONS}
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(report)


@asynccontextmanager
async def _without(where: Layout) -> AsyncIterator[str]:
    """The address of a second gateway, which records nothing."""
    (port,) = free_ports(1)
    gateway = where.process("gateway", "api")
    settings = {**gateway.settings, "GATEWAY_PORT": str(port)}
    command = (sys.executable, "-m", "joinedup.bench.unaudited")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment(settings))
    try:
        await _wait_for(f"http://{HOST}:{port}/readyz")
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _wait_for(url: str) -> None:
    async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


async def _fill(url: str, records: int) -> None:
    path = _DATA / "records.csv"
    write_file(path, records, seed=1)
    async with (
        Api(url, DevToken(url, AGENCY, SENDER)) as sender,
        Api(url, DevToken(url, AGENCY, ("analyst",))) as viewer,
    ):
        await sender.declare(SINGLES, spec(SINGLES).model_dump(mode="json", exclude_unset=True))
        await bulk(sender, SINGLES, path, records)
        await drained(viewer, records)


async def _measured(urls: Mapping[str, str], reads: int) -> dict[str, Any]:
    async with AsyncExitStack() as opened:
        clients = {name: await opened.enter_async_context(_reader(url)) for name, url in urls.items()}
        page = (await clients["with"].get("/v1/businesses?limit=50")).raise_for_status().json()["businesses"]
        kinds = {
            "business": [f"/v1/businesses/{business['business_id']}" for business in page],
            "page_of_50": ["/v1/businesses?limit=50"],
        }
        return {
            f"{kind}, {readers} at once": await _compared(clients, paths, reads, readers)
            for kind, paths in kinds.items()
            for readers in (1, 16)
        }


def _reader(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, auth=DevToken(url, AGENCY, ("analyst",)), timeout=60, trust_env=False)


async def _compared(
    clients: Mapping[str, httpx.AsyncClient], paths: Sequence[str], reads: int, readers: int
) -> dict[str, Any]:
    """Turn by turn, so that what else this machine does hits both alike."""
    for client in clients.values():
        await _read(client, paths, _WARM_UP, readers)
    taken: dict[str, list[float]] = {name: [] for name in clients}
    seconds = dict.fromkeys(clients, 0.0)
    for number in range(_ROUNDS):
        for name in sorted(clients, reverse=number % 2 == 1):
            began = perf_counter()
            taken[name] += await _read(clients[name], paths, reads, readers)
            seconds[name] += perf_counter() - began
    told = {name: _summary(taken[name], seconds[name]) for name in clients}
    return told | {"ratio": round(median(taken["with"]) / median(taken["without"]), 3)}


async def _read(client: httpx.AsyncClient, paths: Sequence[str], reads: int, readers: int) -> list[float]:
    """Milliseconds of each of `reads` reads, shared among so many readers."""
    waiting = iter(paths[number % len(paths)] for number in range(reads))
    taken: list[float] = []

    async def reader() -> None:
        for path in waiting:
            began = perf_counter()
            (await client.get(path)).raise_for_status()
            taken.append(1000 * (perf_counter() - began))

    await asyncio.gather(*(reader() for _ in range(readers)))
    return taken


def _summary(taken: Sequence[float], seconds: float) -> dict[str, float]:
    cuts = quantiles(taken, n=20, method="inclusive")
    return {"p50_ms": round(cuts[9], 2), "p95_ms": round(cuts[18], 2), "per_s": round(len(taken) / seconds)}
