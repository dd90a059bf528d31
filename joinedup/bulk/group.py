"""Businesses from weighed pairs: components of the linking ones, each clustered by the linker's own rule."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from joinedup.bulk.hold import Held, Numbers
from joinedup.bulk.weigh import Weights
from joinedup.bulk.workers import Workers
from services.linker.domain.cluster import Pair, cluster
from services.linker.domain.model import ClusterPolicy

_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Components:
    """Some whole components: their records by id with feeds, and the weights inside."""

    feeds: dict[str, str]
    weights: dict[Pair, float]
    policy: ClusterPolicy


def group(pairs: Numbers, weights: Weights, held: Held, policy: ClusterPolicy, workers: Workers) -> dict[str, str]:
    """Record id → the smallest record id of its business."""
    first = {id_: id_ for id_ in held.ids}
    for clusters in workers.run(cluster_some, _tasks(pairs, weights, held, policy)):
        for members in clusters:
            first.update(dict.fromkeys(members, members[0]))
    return first


def cluster_some(given: Components) -> list[tuple[str, ...]]:
    """The clusters of two records and more."""
    return [members for members in cluster(given.feeds, given.weights, given.policy) if len(members) > 1]


def _tasks(pairs: Numbers, weights: Weights, held: Held, policy: ClusterPolicy) -> Iterator[Components]:
    label = _labels(len(held.ids), pairs[counted(pairs, weights, held, policy) >= policy.threshold])
    inside = np.flatnonzero(label[pairs[:, 0]] == label[pairs[:, 1]])
    order = inside[np.argsort(label[pairs[inside, 0]], kind="stable")]
    component = label[pairs[order, 0]]
    start = 0
    for end in [*(np.flatnonzero(component[1:] != component[:-1]) + 1).tolist(), len(order)]:
        if end - start >= _PAIRS or start < end == len(order):
            yield _components(pairs[order[start:end]], weights[order[start:end]], held, policy)
            start = end


def counted(pairs: Numbers, weights: Weights, held: Held, policy: ClusterPolicy) -> Weights:
    """What each pair counts: its weight, with the penalty for one feed."""
    penalty = np.array([policy.same_feed(feed) for feed in held.feed_names])
    a, b = held.feeds[pairs[:, 0]], held.feeds[pairs[:, 1]]
    bits: Weights = weights + np.where(a == b, penalty[a], 0.0)
    return bits


def _components(pairs: Numbers, weights: Weights, held: Held, policy: ClusterPolicy) -> Components:
    ids = held.ids
    feeds = {ids[i]: held.feed_names[held.feeds[i]] for i in np.unique(pairs).tolist()}
    bits = {(ids[a], ids[b]): bits for (a, b), bits in zip(pairs.tolist(), weights.tolist(), strict=True)}
    return Components(feeds, bits, policy)


def _labels(records: int, links: Numbers) -> Numbers:
    """For each record the smallest number in its component."""
    label = np.arange(records)
    while True:
        lowest = np.minimum(label[links[:, 0]], label[links[:, 1]])
        before = label.copy()
        np.minimum.at(label, links[:, 0], lowest)
        np.minimum.at(label, links[:, 1], lowest)
        label = label[label]
        if np.array_equal(label, before):
            return label
