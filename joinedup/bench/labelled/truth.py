"""What is known about pairs of records: one business, two businesses, or not known, which then counts neither way."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from typing import Protocol

Pair = tuple[str, str]  # two record ids, the smaller first


class Truth(Protocol):
    """The truth of a set. Every count is of pairs about which it says something."""

    def verdict(self, a: str, b: str) -> bool | None:
        """Whether the two are one business; None where that is not known."""
        ...

    def true_pairs(self) -> Iterator[Pair]: ...

    def true_count(self) -> int: ...

    def implied(self, clusters: Iterable[Sequence[str]]) -> tuple[int, int]:
        """How many judged pairs the clusters imply, and how many of these are true."""
        ...

    def across(self, group: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
        """The same of the pairs with one record in each of two groups."""
        ...


@dataclass(frozen=True, slots=True)
class Businesses:
    """Truth as a partition: record id → its business. Pairs with a record that it does not name are not judged."""

    business: Mapping[str, Hashable]

    def verdict(self, a: str, b: str) -> bool | None:
        one, other = self.business.get(a), self.business.get(b)
        return None if one is None or other is None else one == other

    def true_pairs(self) -> Iterator[Pair]:
        members: defaultdict[Hashable, list[str]] = defaultdict(list)
        for record, business in self.business.items():
            members[business].append(record)
        for together in members.values():
            yield from combinations(sorted(together), 2)

    def true_count(self) -> int:
        return sum(comb(size, 2) for size in Counter(self.business.values()).values())

    def implied(self, clusters: Iterable[Sequence[str]]) -> tuple[int, int]:
        predicted = correct = 0
        for members in clusters:
            sizes = Counter(self.business[id_] for id_ in members if id_ in self.business)
            predicted += comb(sizes.total(), 2)
            correct += sum(comb(size, 2) for size in sizes.values())
        return predicted, correct

    def across(self, group: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
        one, two = (Counter(self.business[id_] for id_ in ids if id_ in self.business) for ids in (group, other))
        return one.total() * two.total(), sum(size * two[business] for business, size in one.items())


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Truth as pairs between feeds: `between` names the feeds whose pairs are judged; pairs in one feed never are.

    `unsure` pairs count neither way, and so does a wrong pair that `excused` excuses. Where `apart` is given, pairs
    that neither it nor `true` lists count neither way.
    """

    feeds: Mapping[str, str]
    between: frozenset[frozenset[str]]
    true: frozenset[Pair]
    unsure: frozenset[Pair]
    excused: Callable[[str, str], bool]
    apart: frozenset[Pair] | None = None

    def verdict(self, a: str, b: str) -> bool | None:
        pair = (a, b) if a < b else (b, a)
        if frozenset((self.feeds[a], self.feeds[b])) not in self.between:
            return None
        if pair in self.true:
            return True
        if self.apart is not None and pair not in self.apart:
            return None
        return None if pair in self.unsure or self.excused(*pair) else False

    def true_pairs(self) -> Iterator[Pair]:
        return iter(self.true)

    def true_count(self) -> int:
        return len(self.true)

    def implied(self, clusters: Iterable[Sequence[str]]) -> tuple[int, int]:
        return self._counted(pair for members in clusters for pair in combinations(members, 2))

    def across(self, group: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
        return self._counted(product(group, other))

    def _counted(self, pairs: Iterable[Pair]) -> tuple[int, int]:
        verdicts = Counter(self.verdict(a, b) for a, b in pairs)
        return verdicts[True] + verdicts[False], verdicts[True]


def joined(pairs: Iterable[Pair]) -> dict[str, str]:
    """Record id → one id of all that the pairs join, directly or through others."""
    parent: dict[str, str] = {}

    def root(id_: str) -> str:
        while parent.setdefault(id_, id_) != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    for a, b in pairs:
        parent[root(a)] = root(b)
    return {id_: root(id_) for id_ in list(parent)}
