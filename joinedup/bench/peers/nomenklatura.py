"""nomenklatura, the matcher of OpenSanctions: its trained models as they ship, on FollowTheMoney entities.

`python -m joinedup.bench.peers.nomenklatura RECORDS OUT ALGORITHM`. Its users take a score of 0.7 for a match.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from followthemoney import EntityProxy, model
from nomenklatura.matching import ScoringConfig, get_algorithm

from joinedup.bench.peers.blocking import candidate_pairs
from joinedup.bench.peers.running import Edge, Output, main, read_table

_LARGEST_BLOCK = 100
_DEFAULT = 0.7
_FLOOR = 0.05
_PROPERTIES = {
    "name": "name", "name2": "name", "phone": "phone", "email": "email", "company": "registrationNumber",
    "licence": "idNumber",
}  # fmt: skip


def run(table: Path) -> Output:
    rows = read_table(table)
    entities = {row["id"]: _entity(row) for row in rows}
    edges = _scored(candidate_pairs(rows, _LARGEST_BLOCK), entities, sys.argv[3])
    return Output(edges, _DEFAULT, notes={"score": "probability"})


def _scored(pairs: list[tuple[str, str]], entities: dict[str, EntityProxy], algorithm: str) -> Iterator[Edge]:
    matcher, config = get_algorithm(algorithm), ScoringConfig.defaults()
    if matcher is None:
        raise ValueError(f"nomenklatura has no matcher {algorithm}")
    for a, b in pairs:
        score = matcher.compare(entities[a], entities[b], config).score
        if score > _FLOOR:
            yield a, b, score


def _entity(row: dict[str, str]) -> EntityProxy:
    """A company; or a person, where the owner is all that the name says."""
    person = bool(row["owner"]) and row["owner"].split() == sorted(row["name"].split())
    entity = model.make_entity("Person" if person else "Company")
    entity.id = row["id"]
    for column, name in _PROPERTIES.items():
        if row[column] and entity.schema.get(name):
            entity.add(name, row[column])
    if person and row["dob"]:
        entity.add("birthDate", row["dob"])
    entity.add("address", ", ".join(filter(None, (f"{row['door']} {row['street']}", row["town"], row["postcode"]))))
    return entity


if __name__ == "__main__":
    main("nomenklatura", run)
