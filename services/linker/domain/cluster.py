"""Clustering that is a function of the pair graph and of what people ruled: average linkage inside each component.

Connected components alone let one wrong edge join thousands of records; deciding against the whole cluster does not.
A pair never scored and two records of one feed count against a merge, by the policy's bits. What people ruled goes
before all evidence: two records ruled apart are never in one cluster, and those ruled together always are, unless
that would bring two together that were ruled apart. To the rest, records ruled together are one: what any of them
shares with another record counts, since a person said that what tells them apart does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from services.linker.domain.linkage import Linkage
from services.linker.domain.model import ClusterPolicy

Pair = tuple[str, str]
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Rulings:
    """`together` in the order in which they are tried, none of them in `apart`; pairs are (smaller, larger)."""

    together: tuple[Pair, ...] = ()
    apart: frozenset[Pair] = frozenset()


NO_RULINGS = Rulings()
NOBODY: AbstractSet[str] = frozenset()


def cluster(
    feeds: Mapping[str, str],
    weights: Mapping[Pair, float],
    policy: ClusterPolicy,
    rulings: Rulings = NO_RULINGS,
    crowded: AbstractSet[str] = NOBODY,
) -> list[tuple[str, ...]]:
    """Businesses as sorted tuples of record ids, in order: every id of `feeds` in exactly one.

    `weights` are bits by pair, in either order of the two ids; pairs with an id not in `feeds` are not looked at, and
    there must be none such in `rulings`. `crowded` are ids that hang together with a crowd of which not all is given.
    """
    edges = _ruled(feeds, weights, policy, rulings)
    groups = _without_crowds(
        hanging_together(feeds, _links(edges, policy.threshold, rulings)), edges, policy, rulings, crowded
    )
    inside = _edges_inside(groups, edges)
    firsts = _firsts_inside(groups, rulings)
    clusters: list[tuple[str, ...]] = []
    for number, group in enumerate(groups):
        clusters += _within(group, feeds, inside.get(number, {}), policy, firsts.get(number, ()))
    return sorted(clusters)


def cluster_component(
    ids: tuple[str, ...], feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy
) -> list[tuple[str, ...]]:
    """As `cluster`, of one of `components` that is no crowd and that nobody ruled on, its ids in order."""
    edges = dict(_effective(feeds, weights, policy)) if len(ids) > 2 else {}
    return sorted(_within(ids, feeds, edges, policy, ()))


def _within(
    group: tuple[str, ...],
    feeds: Mapping[str, str],
    edges: Mapping[Pair, float],
    policy: ClusterPolicy,
    firsts: Sequence[Pair],
) -> list[tuple[str, ...]]:
    """The clusters of one component."""
    whole = len(group) <= 2 or _agree(group, edges, policy)
    return [group] if whole else _agglomerate(group, feeds, edges, policy, firsts)


def _agree(group: tuple[str, ...], edges: Mapping[Pair, float], policy: ClusterPolicy) -> bool:
    """Whether every two are linked. Then so are any averages of theirs: nothing has to be worked out."""
    return 2 * len(edges) == len(group) * (len(group) - 1) and min(edges.values()) >= policy.threshold


def components(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy, rulings: Rulings = NO_RULINGS
) -> list[tuple[str, ...]]:
    """Records joined by links or rulings, each component sorted."""
    links = _links(_ruled(feeds, weights, policy, rulings), policy.threshold, rulings)
    return sorted(hanging_together(feeds, links))


def _ruled(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy, rulings: Rulings
) -> dict[Pair, float]:
    """Bits by pair; those ruled apart have less than any evidence can outweigh."""
    return dict(_effective(feeds, weights, policy)) | dict.fromkeys(rulings.apart, -inf)


def _links(edges: Mapping[Pair, float], least: float, rulings: Rulings) -> Iterator[Pair]:
    yield from rulings.together
    yield from (pair for pair, bits in edges.items() if bits >= least)


def _without_crowds(
    groups: list[tuple[str, ...]],
    edges: Mapping[Pair, float],
    policy: ClusterPolicy,
    rulings: Rulings,
    crowded: AbstractSet[str],
) -> list[tuple[str, ...]]:
    """The groups, but those of a crowd in the parts that sure links and rulings hold together."""
    crowds = [group for group in groups if len(group) > policy.crowd or any(id_ in crowded for id_ in group)]
    if not crowds:
        return groups
    within = {id_ for group in crowds for id_ in group}
    links = [pair for pair in _links(edges, policy.sure, rulings) if pair[0] in within]
    return [group for group in groups if group[0] not in within] + hanging_together(sorted(within), links)


def _effective(
    feeds: Mapping[str, str], weights: Mapping[Pair, float], policy: ClusterPolicy
) -> Iterator[tuple[Pair, float]]:
    """Pairs as (smaller, larger) with the penalty for one feed."""
    for (a, b), bits in weights.items():
        if a in feeds and b in feeds and a != b:
            yield _pair(a, b), bits + _same_feed(feeds[a], feeds[b], policy)


def _same_feed(feed: str, other: str, policy: ClusterPolicy) -> float:
    return policy.same_feed(feed) if feed == other else 0.0


def hanging_together(ids: Iterable[Key], links: Iterable[tuple[Key, Key]]) -> list[tuple[Key, ...]]:
    """Every id in one group, which is sorted, with those that it is joined to by links: both ends are among `ids`."""
    parent = {id_: id_ for id_ in ids}

    def root(id_: Key) -> Key:
        while parent[id_] != id_:
            parent[id_] = id_ = parent[parent[id_]]
        return id_

    for a, b in links:
        parent[root(a)] = root(b)
    members: defaultdict[Key, list[Key]] = defaultdict(list)
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
    units = _units(ids, edges, firsts)
    linkage = Linkage([_feed(unit, feeds) for unit in units], _between(units, feeds, edges, policy), policy)
    for left, right in linkage.merges():
        units[left] += units[right]
        units[right] = []
    return [tuple(sorted(unit)) for unit in units if unit]


def _units(ids: Sequence[str], edges: Mapping[Pair, float], firsts: Sequence[Pair]) -> list[list[str]]:
    """Records that speak with one voice, by smallest id: as ruled together, in that order, but for two units of which
    records were ruled apart."""
    unit_of = {id_: [id_] for id_ in ids}
    for a, b in firsts:
        left, right = unit_of[a], unit_of[b]
        if left is not right and -inf not in _scored(left, right, edges):
            left += right
            unit_of |= dict.fromkeys(right, left)
    return [unit for id_, unit in unit_of.items() if id_ == min(unit)]


def _feed(unit: Sequence[str], feeds: Mapping[str, str]) -> str | None:
    """What all of them are from; none if that differs, since then one of them is from another feed than any record."""
    named = {feeds[id_] for id_ in unit}
    return named.pop() if len(named) == 1 else None


def _between(
    units: Sequence[Sequence[str]], feeds: Mapping[str, str], edges: Mapping[Pair, float], policy: ClusterPolicy
) -> dict[tuple[int, int], float]:
    """Bits by positions of units, where any two records of theirs were scored: the best, since what tells apart those
    that were ruled together does not count. A ruling against one of them is one against all."""
    position = {id_: i for i, unit in enumerate(units) for id_ in unit}
    found: dict[tuple[int, int], float] = {}
    for (a, b), bits in edges.items():
        i, j = sorted((position[a], position[b]))
        if len(units[i]) == len(units[j]) == 1:
            found[i, j] = bits
        elif i != j and (i, j) not in found:
            found[i, j] = _best(units[i], units[j], feeds, edges, policy)
    return found


def _best(
    left: Sequence[str],
    right: Sequence[str],
    feeds: Mapping[str, str],
    edges: Mapping[Pair, float],
    policy: ClusterPolicy,
) -> float:
    scored = _scored(left, right, edges)
    if -inf in scored:
        return -inf
    unscored = (_same_feed(feeds[a], feeds[b], policy) for a in left for b in right if _pair(a, b) not in edges)
    return max([*scored, *(policy.unscored_bits + bits for bits in unscored)])


def _scored(left: Sequence[str], right: Sequence[str], edges: Mapping[Pair, float]) -> list[float]:
    return [edges[pair] for a in left for b in right if (pair := _pair(a, b)) in edges]


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)
