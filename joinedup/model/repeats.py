"""How far a feed repeats its own businesses, learned from its own rows without labels.

The odds that two random rows of one feed are one business, against those for two rows of different feeds (or the
model's prior, where feeds overlap less than it supposes), as the scores imply them: that is the penalty for one feed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from math import comb, log2

from services.linker.domain.cluster import Pair
from services.linker.domain.model import ClusterPolicy, Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import score

_ROUNDS = 30
_FEWEST_ROWS = 200
_HALF_WAY = 50.0  # repeats that take the penalty half-way to what they say
_MILDEST = 0.0


def same_feed_bits(
    pairs: Collection[Pair], mentions: Mapping[str, Mention], feeds: Mapping[str, str], model: Model
) -> dict[str, float]:
    """The penalty, in bits, of each feed with enough rows to tell; never above 0 nor below the model's own."""
    ratios: defaultdict[str | None, list[float]] = defaultdict(list)
    for a, b in pairs:
        shared = feeds[a] if feeds[a] == feeds[b] else None
        ratios[shared].append(2 ** (score(mentions[a], mentions[b], model) - model.prior))
    rows = Counter(feeds.values())
    within = {feed: comb(count, 2) for feed, count in rows.items() if count >= _FEWEST_ROWS}
    across = comb(len(feeds), 2) - sum(comb(count, 2) for count in rows.values())
    usual = max(_odds(ratios[None], across)[0], 2**model.prior)
    worst = model.clustering.same_feed_bits
    found = {feed: _odds(ratios[feed], count) for feed, count in sorted(within.items())}
    return {feed: _penalty(odds, matches, usual, worst) for feed, (odds, matches) in found.items() if odds}


def alone(feed: str, rows: int, bits: Iterable[float], model: Model) -> ClusterPolicy:
    """The model's policy for `rows` rows of one feed and nothing else, whose pairs have these bits: who links a file by
    itself asks for what it repeats, so its own rows say how far it does."""
    policy = model.clustering
    if rows < _FEWEST_ROWS:
        return policy
    odds, matches = _odds((2 ** (weight - model.prior) for weight in bits), comb(rows, 2))
    penalty = _penalty(odds, matches, 2**model.prior, policy.same_feed_bits) if odds else policy.same_feed_bits
    return replace(policy, feeds={feed: penalty})


def _penalty(odds: float, matches: float, usual: float, worst: float) -> float:
    return round(_between(worst, log2(odds / usual), matches / (matches + _HALF_WAY)), 1)


def _between(worst: float, found: float, share: float) -> float:
    return worst + share * (max(worst, min(_MILDEST, found)) - worst)


def _odds(ratios: Iterable[float], pairs: int) -> tuple[float, float]:
    """Of a match among `pairs`, all but `ratios` (m/u) of which are surely none; and how many matches that makes.

    By expectation maximisation over the share of matches alone.
    """
    telling = [ratio for ratio in ratios if ratio > 1]
    if not telling:
        return 0.0, 0.0
    share = min(0.5, len(telling) / pairs)
    for _ in range(_ROUNDS):
        matches = sum(share * ratio / (share * ratio + 1 - share) for ratio in telling)
        share = min(0.5, matches / pairs)
    return share / (1 - share), matches
