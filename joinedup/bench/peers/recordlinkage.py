"""recordlinkage: blocks of up to 20, agreement made binary, expectation-conditional maximisation without labels."""

from pathlib import Path
from typing import Any

import numpy
import pandas
import recordlinkage as peer

from joinedup.bench.peers.blocking import candidate_pairs
from joinedup.bench.peers.running import Output, filled, main, read_table

_LEAST = 0.15
_LARGEST_BLOCK = 20
_FLOOR = 0.001
_DEFAULT = 0.5
_ALIKE = 0.88
_NAMES = ("name", "name2")
_STRINGS = ("street", "owner")
_EXACT = ("postcode", "phone", "email", "company", "licence", "dob")


def run(table: Path) -> Output:
    rows = read_table(table)
    held = filled(rows, _LEAST)
    data = pandas.DataFrame(rows).set_index("id").replace({"": numpy.nan})
    vectors = _compare(pandas.MultiIndex.from_tuples(candidate_pairs(rows, _LARGEST_BLOCK)), data, held)
    classifier = peer.ECMClassifier()
    classifier.fit(vectors)
    found = classifier.prob(vectors)
    edges = ((a, b, float(p)) for (a, b), p in zip(found.index, found.to_numpy(), strict=True) if p > _FLOOR)
    return Output(edges, _DEFAULT, notes={"score": "probability"})


def _compare(pairs: Any, data: Any, held: set[str]) -> Any:
    """Binary agreement by column; of the names, the best of either with either; of the doors, any number in common."""
    compare = peer.Compare()
    crossed = [(a, b) for a in _NAMES for b in _NAMES if {a, b} <= held | {"name"}]
    for a, b in crossed:
        compare.string(a, b, method="jarowinkler", threshold=_ALIKE, label=f"{a} {b}")
    for column in _STRINGS:
        if column in held:
            compare.string(column, column, method="jarowinkler", threshold=_ALIKE, label=column)
    for column in _EXACT:
        if column in held:
            compare.exact(column, column, label=column)
    vectors = compare.compute(pairs, data)
    names = [f"{a} {b}" for a, b in crossed]
    vectors["name"] = vectors[names].max(axis=1)
    vectors["door"] = _shared_number(pairs, data["door"])
    return vectors.drop(columns=names)


def _shared_number(pairs: Any, doors: Any) -> list[float]:
    numbers = {id_: set(door.split()) if isinstance(door, str) else set() for id_, door in doors.items()}
    return [float(bool(numbers[a] & numbers[b])) for a, b in pairs]


if __name__ == "__main__":
    main("recordlinkage", run)
