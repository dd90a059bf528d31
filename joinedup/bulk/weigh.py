"""Scoring pairs in worker processes. Pairs of one place go together, so that each record is decoded about once."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from joinedup.bulk.hold import Held, Numbers
from joinedup.bulk.workers import Workers, model_of
from services.linker.domain.normalise import Mention
from services.linker.domain.score import score

Weights = NDArray[np.float64]
_PAIRS = 50_000


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Pairs to score, as positions in `spans`: where in the file `features` each record begins and ends."""

    features: Path
    spans: Numbers
    pairs: Numbers
    model: bytes


@dataclass(frozen=True, slots=True)
class Weighing:
    """Under way. `order[i]` is which pair the i-th score is for."""

    order: Numbers
    scores: Iterator[Weights]

    def weights(self) -> Weights:
        """Bits for each pair, in their order, once all are there."""
        weights = np.empty(len(self.order))
        done = 0
        for scores in self.scores:
            weights[self.order[done : done + len(scores)]] = scores
            done += len(scores)
        return weights


def weigh(pairs: Numbers, held: Held, model: bytes, workers: Workers) -> Weighing:
    """Begin to score these pairs."""
    pairs = _by_id(pairs, held)
    order = _by_place(held.places[pairs])
    return Weighing(order, workers.begin(score_pairs, _tasks(pairs[order], held, model)))


def _by_place(places: Numbers) -> Numbers:
    """An order of pairs whose records have these places. A record without one, 0, goes to where the other is."""
    return np.lexsort((places.min(axis=1), places.max(axis=1)))


def _by_id(pairs: Numbers, held: Held) -> Numbers:
    """The smaller record id first, as everywhere: the other way round a sum of floats may differ in its last bit."""
    rank = np.empty(len(held.ids), np.int64)
    rank[held.by_id] = np.arange(len(held.ids))
    swapped = rank[pairs[:, 0]] > rank[pairs[:, 1]]
    return np.where(swapped[:, None], pairs[:, ::-1], pairs)


def _tasks(pairs: Numbers, held: Held, model: bytes) -> Iterator[Comparisons]:
    starts = np.r_[0, held.ends[:-1]]
    for i in range(0, len(pairs), _PAIRS):
        records, positions = np.unique(pairs[i : i + _PAIRS], return_inverse=True)
        spans = np.stack((starts[records], held.ends[records]), axis=1)
        yield Comparisons(held.features, spans, positions.reshape(-1, 2), model)


def score_pairs(given: Comparisons) -> Weights:
    """In the order of `given.pairs`."""
    model = model_of(given.model)
    with given.features.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as features:
        mentions = [Mention.from_json(features[start:end]) for start, end in given.spans.tolist()]
    return np.array([score(mentions[a], mentions[b], model) for a, b in given.pairs.tolist()])
