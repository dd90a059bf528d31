"""What a peer's pairs are worth: at its own default, and at the threshold that suits it best with hindsight."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from joinedup.bench.judging import Judgement, judge_clusters, judge_pairs
from joinedup.bench.labelled.truth import Truth

Edge = tuple[str, str, float]
_HOPELESS = 4  # times as many pairs as are true: F1 is below 0.4 from there on


class Groups:
    """Records joined edge by edge, best first. `one_per_source`: never two records of one source together."""

    def __init__(self, sources: Mapping[str, str], one_per_source: bool) -> None:
        self._sources = sources
        self._one_per_source = one_per_source
        self._group: dict[str, list[str]] = {}
        self._held: dict[int, set[str]] = {}

    def apart(self, a: str, b: str) -> tuple[list[str], list[str]] | None:
        """The two groups that the edge would bring together; None if it brings none."""
        one, other = self._of(a), self._of(b)
        if one is other or (self._one_per_source and self._held[id(one)] & self._held[id(other)]):
            return None
        return one, other

    def merge(self, one: list[str], other: list[str]) -> None:
        large, small = (one, other) if len(one) >= len(other) else (other, one)
        large += small
        self._held[id(large)] |= self._held.pop(id(small))
        self._group.update((id_, large) for id_ in small)

    def clusters(self) -> list[Sequence[str]]:
        return list({id(group): group for group in self._group.values()}.values())

    def _of(self, id_: str) -> list[str]:
        if id_ not in self._group:
            self._group[id_] = [id_]
            self._held[id(self._group[id_])] = {self._sources[id_]}
        return self._group[id_]


def judged(
    edges: Iterable[Edge],
    threshold: float,
    truth: Truth,
    sources: Mapping[str, str],
    clusters: Mapping[str, str] | None,
) -> dict[str, Any]:
    """`default` and `best`, each with `pairs`, `clusters` (connected components) and `one_per_source`.

    `clusters`: record id → cluster where the peer clusters for itself; then they are its default instead.
    """
    ordered = sorted(edges, key=lambda edge: -edge[2])
    own = None if clusters is None else _gathered(clusters)
    return {
        "default": {"threshold": threshold, **_default(ordered, threshold, truth, sources, own)},
        "best": {
            "pairs": _best(_pair_sweep(ordered, truth), truth),
            "clusters": _best(_cluster_sweep(ordered, truth, sources, False), truth),
            "one_per_source": _best(_cluster_sweep(ordered, truth, sources, True), truth),
        },
    }


def _gathered(clusters: Mapping[str, str]) -> list[Sequence[str]]:
    members: dict[str, list[str]] = {}
    for id_, name in clusters.items():
        members.setdefault(name, []).append(id_)
    return list(members.values())


def _default(
    edges: Sequence[Edge],
    threshold: float,
    truth: Truth,
    sources: Mapping[str, str],
    own: list[Sequence[str]] | None,
) -> dict[str, Any]:
    reached = [(a, b) for a, b, score in edges if score >= threshold]
    found = {"clusters": Groups(sources, False), "one_per_source": Groups(sources, True)}
    for groups in found.values():
        for a, b in reached:
            if found_apart := groups.apart(a, b):
                groups.merge(*found_apart)
    scores: dict[str, Any] = {name: judge_clusters(groups.clusters(), truth).scores() for name, groups in found.items()}
    if own is not None:
        scores["clusters"] = judge_clusters(own, truth).scores()
    return {"pairs": judge_pairs(reached, truth).scores(), **scores}


def _best(sweep: Iterator[tuple[float, int, int]], truth: Truth) -> dict[str, float]:
    """The scores where F1 is highest, and the threshold there."""
    true = truth.true_count()
    threshold, predicted, correct = max(
        sweep, key=lambda at: at[2] / (at[1] + true) if at[1] + true else 0.0, default=(0.0, 0, 0)
    )
    return {**Judgement(predicted, true, correct).scores(), "threshold": threshold}


def _pair_sweep(edges: Iterable[Edge], truth: Truth) -> Iterator[tuple[float, int, int]]:
    """(threshold, judged pairs at or above it, true ones) down the scores."""
    predicted = correct = 0
    for (a, b, score), last in _with_last(edges):
        verdict = truth.verdict(a, b)
        predicted += verdict is not None
        correct += verdict is True
        if last:
            yield score, predicted, correct


def _cluster_sweep(
    edges: Iterable[Edge], truth: Truth, sources: Mapping[str, str], one_per_source: bool
) -> Iterator[tuple[float, int, int]]:
    """The same of the pairs that the clusters imply."""
    groups, most = Groups(sources, one_per_source), _HOPELESS * truth.true_count()
    predicted = correct = 0
    for (a, b, score), last in _with_last(edges):
        if found_apart := groups.apart(a, b):
            more, right = truth.across(*found_apart)
            predicted, correct = predicted + more, correct + right
            groups.merge(*found_apart)
        if last:
            yield score, predicted, correct
        if predicted > most:
            return


def _with_last(edges: Iterable[Edge]) -> Iterator[tuple[Edge, bool]]:
    """Each edge, and whether it is the last of its score: only there is a threshold."""
    before: Edge | None = None
    for edge in edges:
        if before:
            yield before, before[2] != edge[2]
        before = edge
    if before:
        yield before, True
