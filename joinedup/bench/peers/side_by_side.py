"""The peers beside us: each that is installed on the same records of a set, in a process of its own."""

import csv
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import orjson

from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.peers.blocking import candidate_pairs
from joinedup.bench.peers.columns import Columns, columns
from joinedup.bench.peers.judged import Edge, judged
from joinedup.bench.peers.running import read_table

_LABELS = 200  # of each kind
_BLOCK = 20
_MODULES = "joinedup.bench.peers"


class Peer(NamedTuple):
    """`module`: its runner here and, with pandas where `frames`, the package that it needs.

    `arguments`: what the runner is told beside the table. `trained`: it is given labels. `most`: the largest set, in
    records, that it is given: beyond that it needs hours or tens of gigabytes (dedupe held 19 GB at 19,000).
    """

    module: str
    install: str
    arguments: tuple[str, ...] = ()
    trained: bool = False
    frames: bool = False
    most: int = 100_000


_BENCH = "pip install 'joinedup[bench]'"
_NOMENKLATURA = "pip install 'joinedup[bench-nomenklatura]'"
PEERS = {
    "splink": Peer("splink", _BENCH, frames=True, most=1_000_000),
    "recordlinkage": Peer("recordlinkage", _BENCH, frames=True),
    "nomenklatura-regression-v1": Peer("nomenklatura", _NOMENKLATURA, ("regression-v1",), most=20_000),
    "nomenklatura-logic-v2": Peer("nomenklatura", _NOMENKLATURA, ("logic-v2",), most=20_000),
    "nomenklatura-er-unstable": Peer("nomenklatura", _NOMENKLATURA, ("er-unstable",), most=20_000),
    "dedupe": Peer("dedupe", _BENCH, trained=True, most=5_000),
}


def absent(names: Iterable[str]) -> dict[str, str]:
    """Of these peers, those that are not installed, and how to install them."""
    return {name: PEERS[name].install for name in names if not _installed(PEERS[name])}


def _installed(peer: Peer) -> bool:
    return all(find_spec(package) for package in (peer.module, *(["pandas"] if peer.frames else [])))


def beside(labelled: LabelledSet, names: Iterable[str], seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(peer, its entry for this set). A peer that fails says so instead of scores."""
    sources = {id_: feed for id_, (feed, _) in labelled.keys.items()}
    with TemporaryDirectory() as folder:
        table, labels = Path(folder, "records.csv"), Path(folder, "labels.csv")
        _write_table(table, labelled)
        for name in names:
            peer = PEERS[name]
            if len(labelled.keys) > peer.most:
                yield name, {"left_out": f"It is not given more than {peer.most:,} records."}
                continue
            if peer.trained:
                _write_labels(labels, read_table(table), labelled, seed)
            yield name, _run(name, peer, table, labels, labelled, sources)


def _run(
    name: str, peer: Peer, table: Path, labels: Path, labelled: LabelledSet, sources: dict[str, str]
) -> dict[str, Any]:
    out = table.with_name(name)
    out.mkdir()
    given = (*peer.arguments, *([str(labels)] if peer.trained else []))
    command = [sys.executable, "-m", f"{_MODULES}.{peer.module}", str(table), str(out), *given]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own command
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["It ended without a word."])[-1]}
    told: dict[str, Any] = orjson.loads((out / "told.json").read_bytes())
    own = out / "clusters.csv"
    clusters = dict(_rows(own)) if own.exists() else None
    return told | judged(_edges(out / "edges.csv"), told["threshold"], labelled.truth, sources, clusters)


def _write_table(path: Path, labelled: LabelledSet) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Columns._fields)
        writer.writerows(columns(*held) for held in labelled.records())


def _write_labels(path: Path, rows: list[dict[str, str]], labelled: LabelledSet, seed: int) -> None:
    """True pairs at random; wrong ones out of what shares a key, as an annotator would be shown them."""
    random, truth = Random(seed), labelled.truth  # noqa: S311 - repeatable is what it must be
    distinct = [pair for pair in candidate_pairs(rows, _BLOCK) if truth.verdict(*pair) is False]
    chosen = {"match": sorted(truth.true_pairs()), "distinct": distinct}
    with path.open("w", encoding="utf-8", newline="") as file:
        for kind, pairs in chosen.items():
            for a, b in random.sample(pairs, min(_LABELS, len(pairs))):
                csv.writer(file).writerow((a, b, kind))


def _edges(path: Path) -> Iterator[Edge]:
    return ((a, b, float(score)) for a, b, score in _rows(path))


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
