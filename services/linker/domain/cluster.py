"""Clustering that is a function of the pair graph alone: average linkage inside each connected component.

Connected components alone let one wrong edge join thousands of records; deciding against the whole cluster does not.
A pair never scored and two records of one feed count against a merge, by the policy's bits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from services.linker.domain.model import ClusterPolicy

Pair = tuple[str, str]
Matrix = NDArray[np.float64]


def cluster(feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy) -> list[tuple[str, ...]]:
    """Businesses as sorted tuples of record ids, in order: every id of `feeds` in exactly one.

    `weights` are bits by pair, in either order of the two ids; pairs with an id not in `feeds` are not looked at.
    """
    edges = dict(_effective(feeds, weights, policy))
    clusters: list[tuple[str, ...]] = []
    for component in _components(feeds, edges, policy.threshold):
        clusters.extend([component] if len(component) <= 2 else _agglomerate(component, feeds, edges, policy))
    return sorted(clusters)


def components(feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy) -> list[tuple[str, ...]]:
    """Records joined by edges at or above the threshold, each component sorted: what one change can affect."""
    return sorted(_components(feeds, dict(_effective(feeds, weights, policy)), policy.threshold))


def _effective(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy
) -> Iterator[tuple[Pair, float]]:
    """Pairs as (smaller, larger) with the penalty for one feed."""
    for (a, b), bits in weights.items():
        if a in feeds and b in feeds and a != b:
            yield (a, b) if a < b else (b, a), bits + _same_feed(feeds[a], feeds[b], policy)


def _same_feed(feed: str, other: str, policy: ClusterPolicy) -> float:
    return policy.same_feed(feed) if feed == other else 0.0


def _components(ids: Iterable[str], edges: Mapping[Pair, float], threshold: float) -> list[tuple[str, ...]]:
    parent = {id_: id_ for id_ in ids}

    def root(id_: str) -> str:
        while parent[id_] != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    for (a, b), bits in edges.items():
        if bits >= threshold:
            parent[root(a)] = root(b)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in parent:
        members[root(id_)].append(id_)
    return [tuple(sorted(group)) for group in members.values()]


def _agglomerate(
    ids: tuple[str, ...], feeds: Mapping[str, str], edges: Mapping[Pair, float], policy: ClusterPolicy
) -> list[tuple[str, ...]]:
    sums = _pair_matrix(ids, feeds, edges, policy)
    groups: list[list[str]] = [[id_] for id_ in ids]
    for left, right in _merges(sums, policy.threshold):
        groups[left] += groups[right]
        groups[right] = []
    return [tuple(sorted(group)) for group in groups if group]


def _pair_matrix(
    ids: tuple[str, ...], feeds: Mapping[str, str], edges: Mapping[Pair, float], policy: ClusterPolicy
) -> Matrix:
    """Bits between every two of `ids`, symmetric; a pair never scored counts as such."""
    names = sorted({feeds[id_] for id_ in ids})
    codes = np.array([names.index(feeds[id_]) for id_ in ids])
    penalties = np.array([policy.same_feed(name) for name in names])
    bits = policy.unscored_bits + np.where(codes[:, None] == codes[None, :], penalties[codes][:, None], 0.0)
    for i, a in enumerate(ids):
        for j in range(i + 1, len(ids)):
            if (weight := edges.get((a, ids[j]))) is not None:
                bits[i, j] = bits[j, i] = weight
    return bits


def _merges(sums: Matrix, threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs of positions in the order in which to merge: highest average first, then the smallest positions."""
    size = np.ones(len(sums))
    np.fill_diagonal(sums, -np.inf)
    best = sums.max(axis=1)
    while True:
        left = int(best.argmax())
        if best[left] < threshold:
            return
        right = int((sums[left] / (size * size[left])).argmax())
        left, right = min(left, right), max(left, right)
        yield left, right
        _merge(sums, size, left, right)
        _refresh(sums, size, best, left, right)


def _merge(sums: Matrix, size: Matrix, left: int, right: int) -> None:
    sums[left] += sums[right]
    sums[:, left] = sums[left]
    sums[left, left] = -np.inf
    sums[right] = sums[:, right] = -np.inf
    size[left] += size[right]


def _refresh(sums: Matrix, size: Matrix, best: Matrix, left: int, right: int) -> None:
    """Best average per row again, by the same division for every row so that equal averages stay equal."""
    best[:] = (sums / (size * size[:, None])).max(axis=1)
    best[right] = -np.inf
