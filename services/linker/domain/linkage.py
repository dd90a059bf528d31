"""Average linkage over the pairs that were scored, in time and memory that grow with those pairs only.

Of two clusters without a scored pair between them nothing is kept: their average is what a pair never scored counts,
and that is below any threshold. An average of a merged cluster lies between those of its parts, so what is below the
threshold stays there until something scored lifts it (Murtagh and Contreras 2012, "Algorithms for hierarchical
clustering", on reducible linkages).
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from services.linker.domain.model import ClusterPolicy


class Linkage:
    """Clusters of units, each unit at first a cluster of its own; a merged cluster keeps the smaller position.

    `feeds` has the feed of each unit, or none where units of one feed need no more than others do. `bits` are those
    of scored pairs of positions, smaller first, the policy's penalty for one feed included; minus infinity keeps two
    units apart for good.
    """

    def __init__(
        self, feeds: Sequence[str | None], bits: Mapping[tuple[int, int], float], policy: ClusterPolicy
    ) -> None:
        self._policy = policy
        self._size = [1] * len(feeds)
        self._units_of_feed = [{} if feed is None else {feed: 1} for feed in feeds]
        self._sums: list[dict[int, float]] = [{} for _ in feeds]
        for (left, right), weight in bits.items():
            self._sums[left][right] = self._sums[right][left] = weight
        self._open = [(-weight, *pair) for pair, weight in bits.items() if weight >= policy.threshold]
        heapify(self._open)

    def merges(self) -> Iterator[tuple[int, int]]:
        """Positions to merge, (smaller, larger): highest average first, then the smallest positions."""
        while self._open:
            negated, left, right = heappop(self._open)
            if right in self._sums[left] and self._average(left, right) == -negated:
                yield left, right
                self._merge(left, right)

    def _average(self, left: int, right: int) -> float:
        return self._sums[left][right] / (self._size[left] * self._size[right])

    def _merge(self, left: int, right: int) -> None:
        near = (self._sums[left].keys() | self._sums[right].keys()) - {left, right}
        sums = {other: self._sum(left, other) + self._sum(right, other) for other in near}
        self._size[left] += self._size[right]
        for feed, units in self._units_of_feed[right].items():
            self._units_of_feed[left][feed] = self._units_of_feed[left].get(feed, 0) + units
        self._sums[left], self._sums[right] = sums, {}
        for other, total in sums.items():
            self._sums[other].pop(right, None)
            self._sums[other][left] = total
            average = self._average(left, other)
            if average >= self._policy.threshold:
                heappush(self._open, (-average, min(left, other), max(left, other)))

    def _sum(self, cluster: int, other: int) -> float:
        scored = self._sums[cluster].get(other)
        return self._unscored(cluster, other) if scored is None else scored

    def _unscored(self, cluster: int, other: int) -> float:
        """The sum over two clusters none of whose pairs was scored."""
        theirs = self._units_of_feed[other]
        penalties = (
            units * theirs[feed] * self._policy.same_feed(feed)
            for feed, units in self._units_of_feed[cluster].items()
            if feed in theirs
        )
        return self._size[cluster] * self._size[other] * self._policy.unscored_bits + sum(penalties)
