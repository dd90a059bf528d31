"""`joinedup bench live`: one record linked and committed where many are held, beside a bare commit and Splink."""

import asyncio
import csv
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median, quantiles
from time import perf_counter, process_time
from typing import Annotated, Any

import orjson
import typer
import uvloop

from joinedup.bench.arrivals import Arrivals, Row, delivered, partnership
from joinedup.bench.filled import fill
from joinedup.bench.peers.columns import Columns, columns
from joinedup.console import console, errors
from joinedup.settings import JoinedUpSettings
from joinedup.stack import DEFAULT_DATA, ROOT
from services.linker import bootstrap, consumer
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers.audiences import settle
from services.linker.handlers.findings import Detective
from services.linker.store.tables import metadata
from shared.contracts.identifiers import record_id
from shared.runtime import native
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.runtime.eventlog import Delivered
from shared.runtime.inbox import repeatable
from shared.runtime.outbox import insert_into
from shared.runtime.session import Session
from shared.sharing import views

_DATA = DEFAULT_DATA / "bench-live"
_WARM_UP = 200
_DEFINITIONS = {
    "native": "Whether the linker ran as `make native` compiled it, as its services do; `--no-native` measures it as "
    "Python.",
    "p50_ms, p99_ms": (
        "One record.received event from the consumer's hands to its commit: decoded, compared, "
        "its businesses worked out again for every audience, events put into the outbox; all in one transaction. "
        "Words to search by, and what it shares, are put in place behind that, by a task of the linker's own, which "
        "runs all the time."
    ),
    "p999_ms": "As p99_ms, of a thousand: where a record waits for what is put in place behind those before it.",
    "cpu_ms": "Mean of the process's own time on a processor for each such event, the task behind included.",
    "floor_p50_ms, floor_p99_ms": (
        "One row put into the same store and committed in the same way, in turn with each record of the same runs."
    ),
    "splink_p50_ms, splink_p99_ms": (
        "One record against all that are loaded, by predict_between with a trained model; nothing is stored."
    ),
}
_SPLINK_MODULE = "joinedup.bench.peers.splink_live"
_WITHOUT_SPLINK = "Splink is not installed: pip install 'joinedup[bench]'."

Handle = Callable[[Sequence[Delivered]], Awaitable[None]]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Audiences = Annotated[
    list[int],
    typer.Option("--audiences", help="How many different views there are; repeatable, each on the same store.", min=1),
]
Records = Annotated[int, typer.Option("--records", help="How many the store holds before.", min=1000)]
Singles = Annotated[int, typer.Option("--singles", help="How many come one by one, in each run.", min=100)]
Runs = Annotated[int, typer.Option("--runs", help="The median of so many runs is given.", min=1)]
SplinkRecords = Annotated[int, typer.Option("--splink-records", help="How many Splink is given; 0 leaves it out.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up records.")]
Compiled = Annotated[
    bool, typer.Option("--native/--no-native", help="Take what `make native` compiled, if it is there.")
]


@dataclass(slots=True)
class Run:
    """Milliseconds of each."""

    linked: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def live(
    as_json: AsJson = False,
    records: Records = 100_000,
    audiences: Audiences = [1, 3],  # noqa: B006
    singles: Singles = 2000,
    runs: Runs = 3,
    splink_records: SplinkRecords = 40,
    seed: Seed = 1,
    compiled: Compiled = True,
) -> None:
    """One record linked and committed on a store that holds many, beside a bare commit and beside Splink."""
    shutil.rmtree(_DATA, ignore_errors=True)
    _DATA.mkdir(parents=True)
    arrivals = Arrivals(seed, records, len(audiences) * (_WARM_UP + runs * singles))
    first = native.use if compiled else None
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=first) as linker:
        report = linker.submit(_alone, arrivals, audiences, runs, singles).result()
    report |= _splink(arrivals, splink_records)
    report |= _compared(report)
    if as_json:
        sys.stdout.write(
            orjson.dumps(report | {"definitions": _DEFINITIONS}, option=orjson.OPT_INDENT_2).decode() + "\n"
        )
    else:
        console.print(report)


def _alone(arrivals: Arrivals, audiences: Sequence[int], runs: int, singles: int) -> dict[str, Any]:
    """`_ours`, in a process of its own, which has loaded nothing before."""
    return uvloop.run(_ours(arrivals, audiences, runs, singles))


async def _ours(arrivals: Arrivals, audiences: Sequence[int], runs: int, singles: int) -> dict[str, Any]:
    """The figures of the first number of audiences, and of each of the others under `with_audiences`."""
    database = Database(JoinedUpSettings().database_url or f"sqlite:///{_DATA}/linker.db", str(metadata.schema))
    coming = map(delivered, arrivals.singles())
    try:
        loaded = await fill(database, arrivals, _DATA, partnership(audiences[0]))
        told = [await _with(database, number, coming, runs, singles) for number in audiences]
    finally:
        await database.close()
    return {
        "store": "sqlite" if database.is_sqlite else "postgresql",
        "native": native.in_use(),
        "records": arrivals.loaded,
        "loaded_records_per_s": round(loaded),
        "warm_up": _WARM_UP,
        "singles": singles,
        "runs": runs,
        **told[0],
        "with_audiences": told[1:],
    }


async def _with(
    database: Database, audiences: int, coming: Iterator[Delivered], runs: int, singles: int
) -> dict[str, Any]:
    rules, resolver = partnership(audiences), bootstrap.resolver()
    await settle(database, rules, Detective(resolver.shelf, default_rules()), today())
    handle = repeatable(database, consumer.subscriptions(resolver))
    stop = asyncio.Event()
    behind = asyncio.create_task(bootstrap.keep_caught_up(database, stop))
    await _one_by_one(database, handle, islice(coming, _WARM_UP))
    done = [await _one_by_one(database, handle, islice(coming, singles)) for _ in range(runs)]
    stop.set()
    await behind
    linked = [run.linked for run in done]
    return {
        "agencies": len(rules.agencies),
        "audiences": len(views(rules, today())),
        **_percentiles("", linked),
        "p999_ms": round(median(quantiles(run, n=1000, method="inclusive")[-1] for run in linked), 3),
        "cpu_ms": round(median(mean(run.cpu) for run in done), 3),
        **_percentiles("floor_", [run.floor for run in done]),
    }


async def _one_by_one(database: Database, handle: Handle, coming: Iterable[Delivered]) -> Run:
    run = Run()
    for message in coming:
        began, worked = perf_counter(), process_time()
        await handle([message])
        linked = perf_counter()
        run.cpu.append(1000 * (process_time() - worked))
        await database.run(partial(_mark, message))
        run.linked.append(1000 * (linked - began))
        run.floor.append(1000 * (perf_counter() - linked))
    return run


def _mark(message: Delivered, session: Session) -> None:
    session.run(insert_into(str(metadata.schema)), [("floor", message.key, b"", "")])


def _percentiles(prefix: str, runs: Sequence[Sequence[float]]) -> dict[str, float]:
    """The median of the runs' own percentiles."""
    cuts = [quantiles(each, n=100, method="inclusive") for each in runs]
    return {f"{prefix}p{cut}_ms": round(median(run[cut - 1] for run in cuts), 3) for cut in (50, 99)}


def _splink(arrivals: Arrivals, count: int) -> dict[str, Any]:
    """Splink's figures for the same records, from a process of its own; null where it is not installed."""
    unknown: dict[str, Any] = {"splink_p50_ms": None, "splink_p99_ms": None}
    if not count:
        return unknown
    if not (find_spec("splink") and find_spec("pandas")):
        errors.print(_WITHOUT_SPLINK, markup=False)
        return unknown | {"splink": _WITHOUT_SPLINK}
    loaded, coming = _DATA / "loaded.csv", _DATA / "singles.csv"
    _write(loaded, arrivals.load())
    _write(coming, arrivals.singles()[:count])
    command = [sys.executable, "-m", _SPLINK_MODULE, str(loaded), str(coming)]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own command
    told = orjson.loads(ended.stdout)
    return _percentiles("splink_", [told["milliseconds"]]) | {"splink": {"version": told["version"], "records": count}}


def _write(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Columns._fields)
        writer.writerows(columns(record_id(feed, ref), feed, record) for feed, ref, record in rows)


def _compared(report: dict[str, Any]) -> dict[str, Any]:
    splink = report["splink_p50_ms"]
    return {
        "p99_times_floor": round(report["p99_ms"] / report["floor_p99_ms"], 1),
        "times_faster_than_splink": splink and round(splink / report["p50_ms"]),
    }
