"""Pairs of records as rows, both side by side, with the evidence that decided: every false merge and every miss."""

import csv
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from joinedup.bench.judging import Clusters, implied_pairs
from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.labelled.truth import Pair
from joinedup.feeds import Key
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import explain
from shared.contracts.record import Record

_SIDES = ("feed", "ref", "names", "address", "contacts", "numbers", "people")
SIDE_BY_SIDE = (*chain.from_iterable((f"{name} 1", f"{name} 2") for name in _SIDES),)
_HEADING = ("set", "error", "bits", "evidence", *SIDE_BY_SIDE)


def write_errors(
    path: Path,
    labelled: LabelledSet,
    mentions: Mapping[str, Mention],
    weights: Mapping[Pair, float],
    clusters: Clusters,
    model: Model,
) -> None:
    """Adds the set's errors to the CSV at `path`, with its heading if it is new. `bits` is empty for a pair that was
    never compared; `evidence` has each comparison's level and bits."""
    errors = list(_errors(labelled, clusters))
    wanted = set(chain.from_iterable(pair for _, pair in errors))
    records = {id_: record for id_, _, record in labelled.records() if id_ in wanted}
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(_HEADING)
        for kind, (a, b) in errors:
            if a in records and b in records:
                said = evidence(mentions[a], mentions[b], model)
                sides = side_by_side((labelled.keys[a], records[a]), (labelled.keys[b], records[b]))
                bits = f"{weights[a, b]:.1f}" if (a, b) in weights else ""
                writer.writerow((labelled.name, kind, bits, said, *sides))


def _errors(labelled: LabelledSet, clusters: Clusters) -> Iterator[tuple[str, Pair]]:
    found = implied_pairs(clusters)
    for pair in sorted(found):
        if labelled.truth.verdict(*pair) is False:
            yield "false merge", pair
    for pair in sorted(labelled.truth.true_pairs()):
        if pair not in found:
            yield "miss", pair


def evidence(a: Mention, b: Mention, model: Model) -> str:
    """Each comparison's level and bits."""
    comparisons = explain(a, b, model).comparisons
    return "; ".join(f"{comparison.name}/{comparison.level} {comparison.bits:+.1f}" for comparison in comparisons)


def side_by_side(a: tuple[Key, Record], b: tuple[Key, Record]) -> tuple[str, ...]:
    """What the two say, in the columns SIDE_BY_SIDE."""
    return (*chain.from_iterable(zip(_side(*a), _side(*b), strict=True)),)


def _side(key: Key, record: Record) -> tuple[str, ...]:
    address = record.address
    lines = (*address.lines, address.town, address.postcode) if address else ()
    numbers = (record.company_number, record.vat_number, record.charity_number, *record.licence_numbers)
    people = (f"{person.name} {person.date_of_birth or ''}".strip() for person in record.people)
    return (
        *key,
        " | ".join(name.value for name in record.names),
        ", ".join(filter(None, lines)),
        " | ".join((*record.phones, *record.emails, *record.websites)),
        " | ".join(filter(None, numbers)),
        " | ".join(people),
    )
