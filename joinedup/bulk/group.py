"""Businesses from weighed pairs: components of the linking ones, each clustered by the linker's own rule."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joinedup.bulk.hold import Held, Numbers
from joinedup.bulk.weigh import Weights
from joinedup.bulk.workers import Workers
from services.linker.domain.cluster import Pair, cluster
from services.linker.domain.model import ClusterPolicy
from shared.contracts.identifiers import business_id

_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Components:
    """Some whole components: their records by id with feeds, and the weights inside."""

    feeds: dict[str, str]
    weights: dict[Pair, float]
    policy: ClusterPolicy


def group(pairs: Numbers, weights: Weights, held: Held, policy: ClusterPolicy, workers: Workers) -> Numbers:
    """Of each record the one with the smallest id in its business. A component in which every two records are linked
    is one business whatever the weights (`cluster`); the others are clustered in the processes."""
    linked, label = _hanging_together(pairs, counted(pairs, weights, held, policy), len(held.ids), policy)
    first = _firsts(label, held)
    size = np.bincount(label, minlength=len(label))
    links = np.bincount(label[pairs[linked, 0]], minlength=len(label))
    open_ = (2 * links < size * (size - 1))[label]
    number = {held.ids[i]: i for i in np.flatnonzero(open_).tolist()}
    inside = np.flatnonzero((label[pairs[:, 0]] == label[pairs[:, 1]]) & open_[pairs[:, 0]])
    inside = inside[np.argsort(label[pairs[inside, 0]], kind="stable")]
    tasks = _tasks(pairs[inside], weights[inside], label, held, policy)
    for clusters in workers.run(cluster_some, tasks):
        for members in clusters:
            first[[number[id_] for id_ in members]] = number[members[0]]
    return first


def cluster_some(given: Components) -> list[tuple[str, ...]]:
    """Their clusters, each with the smallest id first."""
    return cluster(given.feeds, given.weights, given.policy)


def business_ids(anchors: list[str]) -> list[str]:
    """Of the businesses whose smallest record ids these are."""
    return list(map(business_id, anchors))


def _tasks(pairs: Numbers, weights: Weights, label: Numbers, held: Held, policy: ClusterPolicy) -> Iterator[Components]:
    """`pairs` by component."""
    component = label[pairs[:, 0]]
    start = 0
    for end in [*(np.flatnonzero(component[1:] != component[:-1]) + 1).tolist(), len(pairs)]:
        if end - start >= _PAIRS or start < end == len(pairs):
            yield _components(pairs[start:end], weights[start:end], held, policy)
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


def _hanging_together(
    pairs: Numbers, bits: Weights, records: int, policy: ClusterPolicy
) -> tuple[NDArray[np.bool_], Numbers]:
    """The pairs that hold records together, and for each record the smallest number among those it hangs together with.
    In a crowd links hold from more bits (`cluster`)."""
    linked = bits >= policy.threshold
    label = _labels(records, pairs[linked])
    for mark in policy.marks[1:]:
        crowded = (np.bincount(label, minlength=records) > policy.crowd)[label]
        if not crowded.any():
            break
        linked &= (bits >= mark) | ~crowded[pairs[:, 0]]
        label = _labels(records, pairs[linked])
    return linked, label


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


def _firsts(label: Numbers, held: Held) -> Numbers:
    """Of each record the one with the smallest id in its component: assigned last of all."""
    first = np.empty_like(label)
    last_to_first = held.by_id[::-1]
    first[label[last_to_first]] = last_to_first
    return first[label]
