"""`joinedup bench bulk`: from agencies' exports to a committed graph, beside Splink's whole run on the same records."""

import csv
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen
from threading import Event, Thread
from time import perf_counter
from typing import Annotated, Any

import orjson
import typer

from joinedup.console import console, errors, refuse
from joinedup.feeds import Key
from joinedup.linking import evaluate
from joinedup.source import read_truth
from joinedup.stack import DEFAULT_DATA
from joinedup.synthetic import generate, write
from shared.runtime import native

_DATA = DEFAULT_DATA / "bench-bulk"
_RECORDS_A_BUSINESS = 2.03
_LOOK_EVERY = 2.0  # seconds: a look walks the page tables of every process, which costs the run itself
_MEGA = 1 << 20
_DEFINITIONS = {
    "native": "Whether bulk linking ran as `make native` compiled it; `--no-native` measures it as Python.",
    "ours.seconds": "`joinedup link --store`: from the agencies' files to a linker's committed store and clusters.csv.",
    "ours.peak_mb": "Most memory of all its processes at a time, shared pages once (PSS), looked at every two seconds.",
    "ours.clusters": "Pairs implied by the businesses, against the truth of the made-up set.",
    "ours.largest": "Records in the largest business.",
    "splink.seconds": "From one cleaned table to clusters, training included; a store is not.",
    "splink.cleaning_seconds": "From the agencies' files to that table, by our mapping: no part of Splink.",
    "ratio": "Ours to splink.seconds, one after the other on the same machine.",
    "ratio_from_files": "Ours to splink.seconds and cleaning_seconds together: both from files to clusters.",
    "cost_of_size": "Ours: seconds a record at the largest size to that at the smallest.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Records = Annotated[list[int], typer.Option("--records", help="How many records; repeatable.", min=1000)]
WithSplink = Annotated[bool, typer.Option("--splink/--no-splink", help="Run Splink beside it, where it is installed.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up records.")]
Compiled = Annotated[
    bool, typer.Option("--native/--no-native", help="Take what `make native` compiled, if it is there.")
]


def bulk(
    as_json: AsJson = False,
    records: Records = [100_000],  # noqa: B006
    splink: WithSplink = True,
    seed: Seed = 1,
    compiled: Compiled = True,
) -> None:
    """Link made-up agencies' exports in bulk, and say what it cost and how right it was."""
    compiled = compiled and native.folder().exists()
    runs = [_run(count, seed, splink, compiled) for count in records]
    report = {"native": compiled, "runs": runs, "cost_of_size": _cost_of_size(runs), "definitions": _DEFINITIONS}
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(report)


def _run(records: int, seed: int, splink: bool, compiled: bool) -> dict[str, Any]:
    folder = _DATA / str(records)
    shutil.rmtree(folder, ignore_errors=True)
    partnership = generate(seed, businesses=round(records / _RECORDS_A_BUSINESS), records=records)
    written = write(partnership, folder)
    errors.print(f"{records:,} records written; linking them …", markup=False)
    named = [f"{feed.spec}={feed.data}" for feed in written]
    out, store = folder / "clusters.csv", f"sqlite:///{(folder / 'linker.db').absolute()}"
    feeds = [part for feed in named for part in ("--feed", feed)]
    run = ["-m", "joinedup", "link", *feeds, "--out", str(out), "--store", store]
    run += [] if compiled else ["--no-native"]
    ours = {**_measured(run), **_judged(out, folder / "truth.csv")}
    ours["records_per_second"] = round(records / ours["seconds"])
    found: dict[str, Any] = {"records": records, "ours": ours, "splink": None, "ratio": None, "ratio_from_files": None}
    if splink:
        errors.print("Splink on the same records …", markup=False)
        table = folder / "table.csv"
        cleaning = _measured(["-m", "joinedup.bench.peers.cleaned", str(table), *named])["seconds"]
        _measured(["-m", "joinedup.bench.peers.splink_in_bulk", str(table), str(folder)])
        splink_ = orjson.loads((folder / "told.json").read_bytes())
        found["splink"] = splink_ | {"cleaning_seconds": cleaning}
        found["ratio"] = round(ours["seconds"] / splink_["seconds"], 3)
        found["ratio_from_files"] = round(ours["seconds"] / (cleaning + splink_["seconds"]), 3)
    shutil.rmtree(folder)
    return found


def _measured(arguments: Sequence[str]) -> dict[str, Any]:
    """Run Python with these arguments: seconds, and the most memory that all its processes held."""
    began = perf_counter()
    process = Popen([sys.executable, *arguments], stdout=DEVNULL, start_new_session=True)  # noqa: S603
    over, most = Event(), [0]

    def look() -> None:
        while not over.wait(_LOOK_EVERY):
            most[0] = max(most[0], _held(process.pid))

    watcher = Thread(target=look)
    watcher.start()
    code = process.wait()
    seconds = perf_counter() - began
    over.set()
    watcher.join()
    if code:
        refuse(f"{arguments[1]} ended with code {code}.")
    return {"seconds": round(seconds, 1), "peak_mb": most[0] // _MEGA}


def _held(session: int) -> int:
    """Bytes of all processes of a session, shared pages counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) != session:
                continue
            lines = (folder / "smaps_rollup").read_text().splitlines()
        except (OSError, IndexError):
            continue  # it has just ended
        total += next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
    return total


def _judged(clusters: Path, truth: Path) -> dict[str, Any]:
    with clusters.open(encoding="utf-8", newline="") as file:
        found: dict[Key, str] = {(row["feed"], row["source_ref"]): row["business_id"] for row in csv.DictReader(file)}
    judged = evaluate(found, read_truth(truth))["pairs"]
    largest = max(Counter(found.values()).values())
    return {"clusters": {key: round(judged[key], 4) for key in ("precision", "recall", "f1")}, "largest": largest}


def _cost_of_size(runs: Sequence[dict[str, Any]]) -> float | None:
    if len(runs) < 2:
        return None
    ordered = sorted(runs, key=lambda run: int(run["records"]))
    small, large = (run["ours"]["seconds"] / run["records"] for run in (ordered[0], ordered[-1]))
    return round(float(large / small), 2)
