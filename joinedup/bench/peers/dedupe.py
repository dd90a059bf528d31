"""dedupe: active-learning's end result without the clicking, trained on labelled pairs out of the truth itself.

`python -m joinedup.bench.peers.dedupe RECORDS OUT LABELS`. It is the only peer that sees the truth, and it clusters for
itself, at its default of 0.5.
"""

import csv
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import dedupe as peer
from dedupe import variables
from dedupe.serializer import write_training

from joinedup.bench.peers.running import Output, filled, main, read_table

_LEAST = 0.02
_DEFAULT = 0.5
_SAMPLE = 5000
_STRINGS = ("name", "name2", "street", "postcode", "town", "owner")
_SHORT = ("door", "phone", "email", "company", "licence", "dob")


def run(table: Path) -> Output:
    rows = read_table(table)
    held = filled(rows, _LEAST)
    data = {row["id"]: {column: row[column] or None for column in held} for row in rows}
    deduper = peer.Dedupe(_variables(held), num_cores=1, in_memory=True)
    labels = _labels(Path(sys.argv[3]), data)
    with TemporaryFile("w+", encoding="utf-8") as file:
        write_training(labels, file)
        file.seek(0)
        deduper.prepare_training(data, file, sample_size=_SAMPLE)  # marked later, a record out of its sample is refused
    deduper.train()
    scores = deduper.score(deduper.pairs(data))
    edges = [(str(a), str(b), float(score)) for (a, b), score in zip(scores["pairs"], scores["score"], strict=True)]
    clusters = {str(id_): number for number, (ids, _) in enumerate(deduper.cluster(scores, _DEFAULT)) for id_ in ids}
    trained = {kind: len(pairs) for kind, pairs in labels.items()}
    return Output(edges, _DEFAULT, clusters, {"score": "probability", "trained_on_labels": trained})


def _variables(held: set[str]) -> list[Any]:
    strings = [variables.String(column, has_missing=True) for column in _STRINGS if column in held]
    return [*strings, *(variables.ShortString(column, has_missing=True) for column in _SHORT if column in held)]


def _labels(path: Path, data: dict[str, dict[str, str | None]]) -> dict[str, list[Any]]:
    labels: dict[str, list[Any]] = {"match": [], "distinct": []}
    with path.open(encoding="utf-8", newline="") as file:
        for a, b, kind in csv.reader(file):
            labels[kind].append((data[a], data[b]))
    return labels


if __name__ == "__main__":
    main("dedupe", run)
