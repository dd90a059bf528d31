"""How far a feed repeats its own businesses, learned from its own rows without labels.

The odds that two random rows of one feed are one business, against those for two rows of different feeds (or the
model's prior, where feeds overlap less than it supposes), as the scores imply them: that is the penalty for one feed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import comb, log2

import numpy as np
from numpy.typing import NDArray

from services.linker.domain.cluster import Pair
from services.linker.domain.model import ClusterPolicy, Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import score

_ROUNDS = 30
_FEWEST_ROWS = 200
_HALF_WAY = 50.0  # repeats that take the penalty half-way to what they say
_MILDEST = 0.0
_SUPPOSED_ALONE = -6.0  # who links one file by itself supposes that it repeats
_LEAST = 2.0  # bits: what is learnt changes nothing by less
_CAUTION = 2.0  # times the bits learnt, where other feeds are there to show what is one business

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


def same_feed_bits(
    pairs: Collection[Pair], mentions: Mapping[str, Mention], feeds: Mapping[str, str], model: Model
) -> dict[str, float]:
    """The penalty, in bits, of each feed with enough rows to tell; never above 0 nor below the model's own of
    it: names alone cannot show that a register has a row for each route, where the model says so."""
    bits: defaultdict[str | None, list[float]] = defaultdict(list)
    for a, b in pairs:
        bits[feeds[a] if feeds[a] == feeds[b] else None].append(score(mentions[a], mentions[b], model))
    return _learnt({feed: np.array(some) for feed, some in bits.items()}, Counter(feeds.values()), model)


def for_these_alone(names: Sequence[str], feeds: Numbers, pairs: Numbers, bits: Floats, model: Model) -> ClusterPolicy:
    """The model's policy for these records and nothing else: who links files asks also for what each repeats, so their
    own rows say how far they do. `feeds[i]` is the position in `names` of the feed of record i; `bits` are those of the
    rows of `pairs`, each two positions of records."""
    of_a, of_b = feeds[pairs[:, 0]], feeds[pairs[:, 1]]
    within: dict[str | None, Floats] = {name: bits[(of_a == i) & (of_b == i)] for i, name in enumerate(names)}
    rows = dict(zip(names, np.bincount(feeds, minlength=len(names)).tolist(), strict=True))
    policy = model.clustering
    if len(names) == 1:
        odds, matches = _odds(within[names[0]], comb(len(feeds), 2), model)
        supposed = policy.feeds.get(names[0], _SUPPOSED_ALONE)
        alone = _penalty(odds, matches, 2**model.prior, supposed) if odds else supposed
        return replace(policy, feeds={names[0]: alone})
    learnt = _learnt(within | {None: bits[of_a != of_b]}, rows, model)
    careful = {feed: _CAUTION * penalty for feed, penalty in learnt.items()}
    telling = {feed: penalty for feed, penalty in careful.items() if penalty >= policy.same_feed(feed) + _LEAST}
    return replace(policy, feeds={**policy.feeds, **telling})


def _learnt(bits: Mapping[str | None, Floats], rows: Mapping[str, int], model: Model) -> dict[str, float]:
    """Of each feed with enough rows, by the bits of its pairs; under None those of pairs across feeds."""
    nothing = np.empty(0)
    within = {feed: comb(count, 2) for feed, count in rows.items() if count >= _FEWEST_ROWS}
    across = comb(sum(rows.values()), 2) - sum(comb(count, 2) for count in rows.values())
    usual = max(_odds(bits.get(None, nothing), across, model)[0], 2**model.prior)
    found = {feed: _odds(bits.get(feed, nothing), count, model) for feed, count in sorted(within.items())}
    worst = {feed: model.clustering.same_feed(feed) for feed in found}
    return {feed: _penalty(odds, matches, usual, worst[feed]) for feed, (odds, matches) in found.items() if odds}


def _penalty(odds: float, matches: float, usual: float, worst: float) -> float:
    return round(_between(worst, log2(odds / usual), matches / (matches + _HALF_WAY)), 1)


def _between(worst: float, found: float, share: float) -> float:
    return worst + share * (max(worst, min(_MILDEST, found)) - worst)


def _odds(bits: Floats, pairs: int, model: Model) -> tuple[float, float]:
    """Of a match among `pairs`, all but those with `bits` of which are surely none; and how many matches that makes.

    By expectation maximisation over the share of matches alone.
    """
    ratios = np.exp2(bits - model.prior)  # m/u
    telling = ratios[ratios > 1]
    if not len(telling):
        return 0.0, 0.0
    share = min(0.5, len(telling) / pairs)
    for _ in range(_ROUNDS):
        matches = float((share * telling / (share * telling + 1 - share)).sum())
        share = min(0.5, matches / pairs)
    return share / (1 - share), matches
