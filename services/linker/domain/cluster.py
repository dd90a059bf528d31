"""Clustering that is a function of the pair graph and of what people ruled: average linkage inside each component.

Connected components alone let one wrong edge join thousands of records; deciding against the whole cluster does not.
A pair never scored and two records of one feed count against a merge, by the policy's bits. What people ruled goes
before all evidence: two records ruled apart are never in one cluster, and those ruled together always are, unless
that would bring two together that were ruled apart. To the rest, records ruled together are one: what any of them
shares with another record counts, since a person said that what tells them apart does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.linker.domain.model import ClusterPolicy

Pair = tuple[str, str]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rulings:
    """`together` in the order in which they are tried, none of them in `apart`; pairs are (smaller, larger)."""

    together: tuple[Pair, ...] = ()
    apart: frozenset[Pair] = frozenset()


NO_RULINGS = Rulings()


def cluster(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy, rulings: Rulings = NO_RULINGS
) -> list[tuple[str, ...]]:
    """Businesses as sorted tuples of record ids, in order: every id of `feeds` in exactly one.

    `weights` are bits by pair, in either order of the two ids; pairs with an id not in `feeds` are not looked at, and
    there must be none such in `rulings`.
    """
    edges = _ruled(feeds, weights, policy, rulings)
    groups = _components(feeds, _links(edges, policy, rulings))
    inside = _edges_inside(groups, edges)
    firsts = _firsts_inside(groups, rulings)
    clusters: list[tuple[str, ...]] = []
    for number, group in enumerate(groups):
        whole = len(group) <= 2 or _agree(group, inside[number], policy)
        clusters.extend([group] if whole else _agglomerate(group, feeds, inside[number], policy, firsts[number]))
    return sorted(clusters)


def _agree(group: tuple[str, ...], edges: Mapping[Pair, float], policy: ClusterPolicy) -> bool:
    """Whether every two are linked. Then so are any averages of theirs: nothing has to be worked out."""
    return 2 * len(edges) == len(group) * (len(group) - 1) and min(edges.values()) >= policy.threshold


def components(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy, rulings: Rulings = NO_RULINGS
) -> list[tuple[str, ...]]:
    """Records joined by links or rulings, each component sorted: what one change can affect."""
    return sorted(_components(feeds, _links(_ruled(feeds, weights, policy, rulings), policy, rulings)))


def _ruled(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy, rulings: Rulings
) -> dict[Pair, float]:
    """Bits by pair; those ruled apart have less than any evidence can outweigh."""
    return dict(_effective(feeds, weights, policy)) | dict.fromkeys(rulings.apart, -np.inf)


def _links(edges: Mapping[Pair, float], policy: ClusterPolicy, rulings: Rulings) -> Iterator[Pair]:
    yield from rulings.together
    yield from (pair for pair, bits in edges.items() if bits >= policy.threshold)


def _effective(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy
) -> Iterator[tuple[Pair, float]]:
    """Pairs as (smaller, larger) with the penalty for one feed."""
    for (a, b), bits in weights.items():
        if a in feeds and b in feeds and a != b:
            yield (a, b) if a < b else (b, a), bits + _same_feed(feeds[a], feeds[b], policy)


def _same_feed(feed: str, other: str, policy: ClusterPolicy) -> float:
    return policy.same_feed(feed) if feed == other else 0.0


def _components(ids: Iterable[str], links: Iterable[Pair]) -> list[tuple[str, ...]]:
    parent = {id_: id_ for id_ in ids}

    def root(id_: str) -> str:
        while parent[id_] != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    for a, b in links:
        parent[root(a)] = root(b)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in parent:
        members[root(id_)].append(id_)
    return [tuple(sorted(group)) for group in members.values()]


def _edges_inside(groups: Sequence[tuple[str, ...]], edges: Mapping[Pair, float]) -> dict[int, dict[Pair, float]]:
    """Scored pairs, also those below the threshold, by the position of the group that holds both records."""
    group_of = {id_: number for number, group in enumerate(groups) if len(group) > 2 for id_ in group}
    inside: defaultdict[int, dict[Pair, float]] = defaultdict(dict)
    for (a, b), bits in edges.items():
        number = group_of.get(a)
        if number is not None and number == group_of.get(b):
            inside[number][a, b] = bits
    return inside


def _firsts_inside(groups: Sequence[tuple[str, ...]], rulings: Rulings) -> dict[int, list[Pair]]:
    """What was ruled together, in order, by the position of the group that holds both records."""
    firsts: defaultdict[int, list[Pair]] = defaultdict(list)
    if rulings.together:
        group_of = {id_: number for number, group in enumerate(groups) for id_ in group}
        for a, b in rulings.together:
            firsts[group_of[a]].append((a, b))
    return firsts


def _agglomerate(
    ids: tuple[str, ...],
    feeds: Mapping[str, str],
    edges: Mapping[Pair, float],
    policy: ClusterPolicy,
    firsts: Sequence[Pair],
) -> list[tuple[str, ...]]:
    position = {id_: i for i, id_ in enumerate(ids)}
    ruled = [(position[a], position[b]) for a, b in firsts]
    groups: list[list[str]] = [[id_] for id_ in ids]
    for left, right in _merges(_pair_matrix(ids, feeds, edges, policy), policy.threshold, ruled):
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
    position = {id_: i for i, id_ in enumerate(ids)}
    for (a, b), weight in edges.items():
        i, j = position[a], position[b]
        bits[i, j] = bits[j, i] = weight
    np.fill_diagonal(bits, -np.inf)
    return bits


def _merges(sums: Matrix, threshold: float, ruled: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Pairs of positions in the order in which to merge: as ruled, then highest average first, then the smallest
    positions. A sum of minus infinity never merges."""
    size = np.ones(len(sums))
    for left, right in _possible(ruled, sums):
        yield left, right
        _unite(sums, left, right)
    average = sums.copy()
    best = average.max(axis=1)
    while True:
        left = int(best.argmax())
        if best[left] < threshold:
            return
        right = int(average[left].argmax())
        yield left, right
        outdated = (average[left] == best) | (average[right] == best)
        _merge(sums, average, size, left, right)
        np.maximum(best, average[left], out=best)
        outdated[left] = outdated[right] = True
        best[outdated] = average[outdated].max(axis=1)


def _possible(ruled: Sequence[tuple[int, int]], sums: Matrix) -> Iterator[tuple[int, int]]:
    """Where the groups of two positions are to merge, unless they are one already or hold two that were ruled apart.
    `sums` is read between merges."""
    home = np.arange(len(sums))
    for a, b in ruled:
        left, right = sorted((int(home[a]), int(home[b])))
        if left != right and sums[left, right] > -np.inf:
            yield left, right
            home[home == right] = left


def _unite(sums: Matrix, left: int, right: int) -> None:
    """The two speak with one voice, the better of theirs; a ruling against either is one against both."""
    apart = np.isneginf(sums[left]) | np.isneginf(sums[right])
    sums[left] = np.where(apart, -np.inf, np.maximum(sums[left], sums[right]))
    sums[:, left] = sums[left]
    sums[right] = sums[:, right] = -np.inf


def _merge(sums: Matrix, average: Matrix, size: Matrix, left: int, right: int) -> None:
    """Row and column `left` become the two together, `right` is no more."""
    sums[left] += sums[right]
    sums[:, left] = sums[left]
    size[left] += size[right]
    average[left] = average[:, left] = sums[left] / (size * size[left])
    for matrix in (sums, average):
        matrix[left, left] = -np.inf
        matrix[right] = matrix[:, right] = -np.inf
