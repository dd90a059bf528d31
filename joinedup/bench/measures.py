"""The measures of `joinedup bench spine`: records a second, and milliseconds from POST to event; and of its floor."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

import httpx

from joinedup.bench.material import SINGLES, singles, spec
from joinedup.client import Api
from joinedup.delivery import declare, deliver
from joinedup.feeds import FeedFile
from joinedup.figures import Statistics
from shared.contracts.identifiers import record_id
from shared.runtime.clock import today

ROWS_PER_COMMIT = 1000
COMMITS_TO_STREAM = 6  # ingest, its relay, the log; linker, its relay, the log
_DRAIN_LOOK = 0.5
_LATE_SECONDS = 30.0
_WARM_UP_SECONDS = 2

Post = Callable[[dict[str, str]], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Latencies:
    """Milliseconds of each, from the moment it was due to be sent."""

    each: list[float] = field(default_factory=list)

    def percentiles(self) -> dict[str, float]:
        cuts = quantiles(self.each, n=100, method="inclusive")
        return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)}


async def bulk(api: Api, feed: str, path: Path, records: int) -> float:
    """Records a second from the first byte sent to a receipt that says every row is stored."""
    file = FeedFile(spec(feed), path)
    await declare(api, file)
    began = perf_counter()
    receipt = await deliver(api, file, lambda _: None)
    taken = perf_counter() - began
    if receipt["counts"]["stored"] != records:
        raise RuntimeError(f"{records:,} records were sent and the receipt counts {receipt['counts']}")
    return records / taken


async def drained(api: Api, records: int) -> None:
    """Until the linker holds that many records."""
    while Statistics.read(await api.get("/v1/statistics")).records < records:
        await asyncio.sleep(_DRAIN_LOOK)


async def post_to_event(api: Api, viewer: Api, rate: float, seconds: float, seed: int) -> Latencies:
    """Single records at a steady rate, each of which raises a risk change; from POST due to event received."""
    rows = list(singles(int(rate * seconds), seed, today().isoformat()))
    due: dict[str, float] = {}
    latencies = Latencies()
    first, everything = asyncio.Event(), asyncio.Event()

    async def post(row: dict[str, str]) -> None:
        await api.post(f"/v1/feeds/{SINGLES}/records", row)

    async def listen() -> None:
        async for change in viewer.risk_changes(since="now"):
            arrived = perf_counter()
            first.set()
            for record in (record for concern in change["regimes"] for record in concern["records"]):
                if record in due:
                    latencies.each.append(1000 * (arrived - due.pop(record)))
            if len(latencies.each) == len(rows):
                everything.set()

    listening = asyncio.create_task(listen())
    for row in singles(int(_WARM_UP_SECONDS * rate), -1 - seed, today().isoformat()):
        await post(row)  # so that the stream is open and the processes are warm; not counted
    await first.wait()
    await steadily(rows, rate, post, lambda row, at: due.setdefault(record_id(SINGLES, row["ref"]), at))
    async with asyncio.timeout(_LATE_SECONDS):
        await everything.wait()
    listening.cancel()
    return latencies


async def post_to_floor(url: str, rate: float, seconds: float, seed: int) -> Latencies:
    """The same rows at the same rate to the bare endpoint, with as many commits; from POST due to answer."""
    rows = list(singles(int(rate * seconds), seed, today().isoformat()))
    due: dict[str, float] = {}
    latencies = Latencies()
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:

        async def post(row: dict[str, str]) -> None:
            await client.post("/record", json=row, params={"commits": COMMITS_TO_STREAM})
            latencies.each.append(1000 * (perf_counter() - due[row["ref"]]))

        await steadily(rows, rate, post, lambda row, at: due.setdefault(row["ref"], at))
    return latencies


async def steadily(
    rows: list[dict[str, str]], rate: float, post: Post, note: Callable[[dict[str, str], float], object]
) -> None:
    """Each row when it is due, whether or not those before it were answered; a late start counts as delay."""
    began = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, row in enumerate(rows):
            at = began + number / rate
            await asyncio.sleep(max(0.0, at - perf_counter()))
            note(row, at)
            tasks.create_task(post(row))


async def bulk_floor(url: str, path: Path, records: int) -> float:
    """Records a second that the bare endpoint stores of the same file, with a commit for as many rows."""
    async with httpx.AsyncClient(base_url=url, timeout=600) as client:
        began = perf_counter()
        answer = await client.post("/file", content=path.read_bytes(), params={"rows_per_commit": ROWS_PER_COMMIT})
        taken = perf_counter() - began
    if answer.json()["stored"] != records:
        raise RuntimeError("the floor did not store every record")
    return records / taken
