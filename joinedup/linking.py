"""Which records are compared and with how many bits, by the linker's own pure steps in memory; and judging a result
against a truth."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import chain
from math import comb
from typing import TypeVar

from services.linker.domain.block import block_keys
from services.linker.domain.cluster import Pair
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import score

K = TypeVar("K", bound=Hashable)


def pair_weights(mentions: Mapping[str, Mention], model: Model) -> dict[Pair, float]:
    """Bits for every two mentions that share a block, ids of a pair in order."""
    return {(a, b): score(mentions[a], mentions[b], model) for a, b in candidate_pairs(mentions, model)}


def candidate_pairs(mentions: Mapping[str, Mention], model: Model) -> Iterator[Pair]:
    """Each pair that meets by a blocking key once, (smaller id, larger id)."""
    blocks: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in sorted(mentions):
        keys = block_keys(mentions[id_], model)
        met = {other for key in chain(keys.shared, keys.sought) for other in blocks[key]}
        for key in chain(keys.shared, keys.held):
            blocks[key].append(id_)
        yield from ((other, id_) for other in sorted(met))


def evaluate(predicted: Mapping[K, Hashable], truth: Mapping[K, Hashable]) -> dict[str, dict[str, float]]:
    """`pairs`: the pairs that clusters imply; `clusters`: those found exactly. Over the ids in `truth`.

    Each with precision, recall and f1, and how many there are in the result, in the truth, and in both.
    """
    ours = {id_: predicted[id_] for id_ in truth}
    return {"pairs": _judge(*_pair_counts(ours, truth)), "clusters": _judge(*_cluster_counts(ours, truth))}


def _pair_counts(predicted: Mapping[K, Hashable], truth: Mapping[K, Hashable]) -> tuple[int, int, int]:
    both = Counter((predicted[id_], truth[id_]) for id_ in truth)
    return _pairs(Counter(predicted.values())), _pairs(Counter(truth.values())), _pairs(both)


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(comb(size, 2) for size in sizes.values())


def _cluster_counts(predicted: Mapping[K, Hashable], truth: Mapping[K, Hashable]) -> tuple[int, int, int]:
    ours, theirs = _members(predicted), _members(truth)
    return len(ours), len(theirs), len(ours & theirs)


def _members(clusters: Mapping[K, Hashable]) -> set[frozenset[K]]:
    groups: defaultdict[Hashable, set[K]] = defaultdict(set)
    for id_, group in clusters.items():
        groups[group].add(id_)
    return {frozenset(members) for members in groups.values()}


def _judge(predicted: int, true: int, correct: int) -> dict[str, float]:
    precision = correct / predicted if predicted else 1.0
    recall = correct / true if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "predicted": predicted,
        "true": true,
        "correct": correct,
    }
