"""What a peer's process does around the peer: reads the table, times and measures it, writes its pairs."""

import csv
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import orjson

from joinedup.bench.ours import peak_mb

Edge = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Output:
    """`edges`: two record ids and the peer's own score; `threshold`: the score from which its users take a match.

    `clusters`: record id → cluster where the peer clusters for itself, at its default.
    """

    edges: Iterable[Edge]
    threshold: float
    clusters: dict[str, Any] | None = None
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What the process says of itself, as JSON."""

    version: str
    seconds: float
    cpu_seconds: float
    peak_mb: int
    threshold: float
    notes: dict[str, Any]


def main(package: str, peer: Callable[[Path], Output]) -> None:
    """`peer` takes the path of the table and gives its pairs; time is of all that it does, training included."""
    table, out = Path(sys.argv[1]), Path(sys.argv[2])
    began, cpu = perf_counter(), process_time()
    output = peer(table)
    edges = list(output.edges)
    seconds, cpu_seconds = perf_counter() - began, process_time() - cpu
    told = Told(version(package), round(seconds, 1), round(cpu_seconds, 1), round(peak_mb()), output.threshold,
                output.notes)  # fmt: skip
    _write(out / "edges.csv", edges)
    if output.clusters is not None:
        _write(out / "clusters.csv", output.clusters.items())
    (out / "told.json").write_bytes(orjson.dumps(asdict(told)))


def _write(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def filled(rows: list[dict[str, str]], least: float) -> set[str]:
    """The columns that at least this share of the rows fill: a general linker is given no others."""
    return {column for column in rows[0] if sum(map(bool, (row[column] for row in rows))) >= least * len(rows)}
