"""Which businesses would merge, split or change if one model took the place of another."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from joinedup.linking import pair_weights
from joinedup.model.material import Material
from services.linker.domain.cluster import cluster
from services.linker.domain.model import Model

Businesses = Mapping[str, tuple[str, ...]]  # the business of each record, as its records in order


@dataclass(frozen=True, slots=True)
class Change:
    """Records that are these businesses now and would be those; a business is its records, in order."""

    kind: str  # merge, split, or change where records go from business to business
    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """`records` are those whose business would differ, by feed. The largest changes come first."""

    businesses_before: int
    businesses_after: int
    changes: tuple[Change, ...]
    records: Mapping[str, int]

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


def difference(material: Material, now: Model, then: Model) -> Difference:
    before, after = _businesses(material, now), _businesses(material, then)
    moved = [id_ for id_ in before if before[id_] != after[id_]]
    changes = sorted(_changes(moved, before, after), key=lambda change: (-_size(change), change.before))
    feeds = Counter(material.feeds[id_] for id_ in moved)
    return Difference(len(set(before.values())), len(set(after.values())), tuple(changes), dict(sorted(feeds.items())))


def _businesses(material: Material, model: Model) -> Businesses:
    found = cluster(material.feeds, pair_weights(material.mentions, model), model.clustering)
    return {id_: members for members in found for id_ in members}


def _changes(moved: Iterable[str], before: Businesses, after: Businesses) -> Iterable[Change]:
    """Each a smallest set of records that is whole businesses before and after."""
    seen: set[str] = set()
    for id_ in moved:
        if id_ in seen:
            continue
        together, waiting = set[str](), [id_]
        while waiting:
            one = waiting.pop()
            if one not in together:
                together.add(one)
                waiting += [*before[one], *after[one]]
        seen |= together
        yield _change({before[one] for one in together}, {after[one] for one in together})


def _change(before: set[tuple[str, ...]], after: set[tuple[str, ...]]) -> Change:
    kind = "merge" if len(after) == 1 else "split" if len(before) == 1 else "change"
    return Change(kind, tuple(sorted(before)), tuple(sorted(after)))


def _size(change: Change) -> int:
    return sum(map(len, change.before))
