"""Every false merge and every miss as a row, both records side by side, with the evidence that decided."""

import csv
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from joinedup.bench.judging import Clusters, implied_pairs
from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.labelled.truth import Pair
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import explain
from shared.contracts.record import Record

_SIDES = ("feed", "ref", "names", "address", "contacts", "numbers", "people")
_HEADING = ("set", "error", "bits", "evidence", *chain.from_iterable((f"{name} 1", f"{name} 2") for name in _SIDES))


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
                said = "; ".join(_evidence(mentions[a], mentions[b], model))
                sides = zip(_side(labelled, a, records[a]), _side(labelled, b, records[b]), strict=True)
                bits = f"{weights[a, b]:.1f}" if (a, b) in weights else ""
                writer.writerow((labelled.name, kind, bits, said, *chain.from_iterable(sides)))


def _errors(labelled: LabelledSet, clusters: Clusters) -> Iterator[tuple[str, Pair]]:
    found = implied_pairs(clusters)
    for pair in sorted(found):
        if labelled.truth.verdict(*pair) is False:
            yield "false merge", pair
    for pair in sorted(labelled.truth.true_pairs()):
        if pair not in found:
            yield "miss", pair


def _evidence(a: Mention, b: Mention, model: Model) -> Iterator[str]:
    for comparison in explain(a, b, model).comparisons:
        yield f"{comparison.name}/{comparison.level} {comparison.bits:+.1f}"


def _side(labelled: LabelledSet, id_: str, record: Record) -> tuple[str, ...]:
    address = record.address
    lines = (*address.lines, address.town, address.postcode) if address else ()
    numbers = (record.company_number, record.vat_number, record.charity_number, *record.licence_numbers)
    people = (f"{person.name} {person.date_of_birth or ''}".strip() for person in record.people)
    return (
        *labelled.keys[id_],
        " | ".join(name.value for name in record.names),
        ", ".join(filter(None, lines)),
        " | ".join((*record.phones, *record.emails, *record.websites)),
        " | ".join(filter(None, numbers)),
        " | ".join(people),
    )
