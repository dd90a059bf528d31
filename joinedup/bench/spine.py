"""`joinedup bench spine`: records a second from POST to stored, and milliseconds from POST to event on the stream."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from time import monotonic, sleep
from typing import Annotated, Any

import httpx
import orjson
import typer

from joinedup.bench import measures
from joinedup.bench.material import AGENCY, SINGLES, spec, write_file
from joinedup.client import Api, DevToken
from joinedup.console import console, errors, refuse, run_until_signalled
from joinedup.delivery import SENDER
from joinedup.partnership import demonstration
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA, HOST, ROOT, free_ports, layout
from joinedup.supervisor import AlreadyRunning, NotReady, running

_DATA = DEFAULT_DATA / "bench"
_FLOOR_SECONDS = 30.0

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Records = Annotated[int, typer.Option("--records", help="Rows of the bulk file.", min=1000)]
Rate = Annotated[float, typer.Option("--rate", help="Single records a second.", min=1)]
Seconds = Annotated[float, typer.Option("--seconds", help="How long single records are sent.", min=1)]
Runs = Annotated[int, typer.Option("--runs", help="The median of so many runs is given.", min=1)]

app = typer.Typer(help="Measure on this machine.", no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Measure on this machine."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: ours and the floor's, turn by turn."""

    bulk: float
    bulk_floor: float
    post: dict[str, float]
    post_floor: dict[str, float]


@app.command()
def spine(
    as_json: AsJson = False, records: Records = 40_000, rate: Rate = 50, seconds: Seconds = 20, runs: Runs = 3
) -> None:
    """From POST to stored and from POST to the stream, beside a bare endpoint with as many commits."""
    run_until_signalled(_spine(as_json, records, rate, seconds, runs))


async def _spine(as_json: bool, records: int, rate: float, seconds: float, runs: int) -> None:
    shutil.rmtree(_DATA, ignore_errors=True)
    _DATA.mkdir(parents=True)
    partnership = _DATA / "partnership.yaml"
    partnership.write_text(demonstration("bench", "Benchmark", [spec(SINGLES)]), encoding="utf-8")
    where = layout(_DATA, 0, partnership, JoinedUpSettings())
    try:
        async with running(where, say=lambda text: errors.print(text, markup=False)):
            done = await _runs(where.url, records, rate, seconds, runs)
    except (AlreadyRunning, NotReady) as error:
        refuse(str(error))
    result = _summary(done) | {"log": where.log_name, "store": where.store_name}
    if as_json:
        sys.stdout.write(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(result)


async def _runs(url: str, records: int, rate: float, seconds: float, runs: int) -> list[Run]:
    async with AsyncExitStack() as opened:
        floor = opened.enter_context(_floor())
        api = await opened.enter_async_context(Api(url, DevToken(url, AGENCY, SENDER)))
        viewer = await opened.enter_async_context(Api(url, DevToken(url, AGENCY, ("analyst",))))
        await api.declare(SINGLES, spec(SINGLES).model_dump(mode="json", exclude_unset=True))
        done = []
        for number in range(runs):
            done.append(await _run(api, viewer, floor, number, records, rate, seconds))
            held = (number + 1) * (records + int(rate * seconds))
            errors.print(f"Run {number + 1} of {runs}: {done[-1]}", markup=False)
            await measures.drained(viewer, held)
    return done


async def _run(api: Api, viewer: Api, floor: str, number: int, records: int, rate: float, seconds: float) -> Run:
    path = _DATA / f"bulk-{number}.csv"
    write_file(path, records, seed=number)
    post = await measures.post_to_event(api, viewer, rate, seconds, number)
    post_floor = await measures.post_to_floor(floor, rate, seconds, number)
    bulk = await measures.bulk(api, f"bench-bulk-{number}", path, records)
    bulk_floor = await measures.bulk_floor(floor, path, records)
    return Run(bulk, bulk_floor, post.percentiles(), post_floor.percentiles())


def _summary(runs: Sequence[Run]) -> dict[str, Any]:
    bulk, floor = median(run.bulk for run in runs), median(run.bulk_floor for run in runs)
    post = {cut: median(run.post[cut] for run in runs) for cut in ("p50", "p99")}
    post_floor = {cut: median(run.post_floor[cut] for run in runs) for cut in ("p50", "p99")}
    return {
        "bulk_records_per_s": round(bulk),
        "floor_records_per_s": round(floor),
        "bulk_share_of_floor": round(bulk / floor, 3),
        "post_to_event_ms": post,
        "floor_post_ms": post_floor,
        "post_to_event_times_floor": {cut: round(post[cut] / post_floor[cut], 1) for cut in post},
    }


@contextmanager
def _floor() -> Iterator[str]:
    """The bare endpoint, as a process of its own beside the same disk; its address."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "joinedup.bench.floor", str(port), str(_DATA.resolve() / "floor.db")]
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own command
    try:
        _wait_for(f"http://{HOST}:{port}/openapi.json")
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    deadline = monotonic() + _FLOOR_SECONDS
    while True:
        try:
            httpx.get(url)
        except httpx.TransportError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return
