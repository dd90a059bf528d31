"""From what was estimated to the weights of a model: how far to go from the model before, level by level.

Expectation maximisation counts dependent evidence twice, a rare level is estimated from little, and a pass that blocks
on names takes branches of a chain for matches. So a weight moves towards its estimate only as far as there are pairs
that show it, within limits, and by a share that held-out company numbers choose.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import NamedTuple

from joinedup.model.estimates import Estimates
from joinedup.model.levels import findings
from services.linker.domain.cluster import Pair
from services.linker.domain.model import Model
from services.linker.domain.model_file import ComparisonSettings, Level, ModelFile
from services.linker.domain.normalise import Mention
from services.linker.domain.score import score

Bits = Mapping[str, Mapping[str, float]]

_ENOUGH = 50  # compared pairs at a level for its estimate to count for half
_FURTHEST = 3.0  # bits that one training moves a weight or the prior
_DIGITS = 4


class Shares(NamedTuple):
    """How much of the way to its estimate a weight goes at most, and the prior."""

    weights: float
    prior: float


@dataclass(frozen=True, slots=True)
class Seen:
    """How many pairs were compared, how many at each (comparison, level), and what the rarity of names added there."""

    compared: int
    pairs: Counter[tuple[str, str]]
    rarity: Mapping[str, float]


def look(pairs: Collection[Pair], mentions: Mapping[str, Mention], model: Model) -> Seen:
    counts: Counter[tuple[str, str]] = Counter()
    added: defaultdict[str, list[float]] = defaultdict(list)
    for a, b in pairs:
        found = findings(mentions[a], mentions[b], model)
        counts.update((name, finding.level) for name, finding in found.items())
        if (name := found.get("names")) and score(mentions[a], mentions[b], model) >= model.clustering.threshold:
            added[name.level].append(name.bits - model.weights["names"][name.level])
    return Seen(len(pairs), counts, {level: sum(bits) / len(bits) for level, bits in added.items()})


def estimated_bits(estimates: Estimates, seen: Seen) -> Bits:
    """log2(m/u) of the levels for which both are known and that a pass can tell from branches of a chain."""
    return {
        comparison: {
            level: log2(m / u) - (seen.rarity.get(level, 0.0) if comparison == "names" else 0.0)
            for level, m in levels.items()
            if (u := estimates.u.get(comparison, {}).get(level)) and not _is_kept(comparison, level)
        }
        for comparison, levels in estimates.m.items()
    }


def _is_kept(comparison: str, level: str) -> bool:
    """A hub proves nothing, whatever the records say; and another door is what a pass that blocks on names cannot tell
    from branches of a chain."""
    return level == "hub" or (comparison == "premises" and level.startswith("other_"))


def moved(base: ModelFile, bits: Bits, prior: float, seen: Seen, shares: Shares) -> ModelFile:
    """`base` gone as much of the way to the estimates as `shares` and the number of pairs allow."""
    settings = base.splink
    comparisons = tuple(
        _moved_comparison(comparison, bits.get(comparison.output_column_name, {}), seen, shares.weights)
        for comparison in settings.comparisons
    )
    before = settings.probability_two_random_records_match
    odds = 2 ** _towards(log2(before / (1 - before)), log2(prior / (1 - prior)), shares.prior)
    update = {"comparisons": comparisons, "probability_two_random_records_match": odds / (1 + odds)}
    return base.model_copy(update={"splink": settings.model_copy(update=update)})


def _moved_comparison(
    comparison: ComparisonSettings, bits: Mapping[str, float], seen: Seen, share: float
) -> ComparisonSettings:
    name = comparison.output_column_name
    levels = []
    for level in comparison.comparison_levels:
        wanted, count = bits.get(level.label_for_charts), seen.pairs[name, level.label_for_charts]
        levels.append(level if wanted is None else _moved_level(level, wanted, share * count / (count + _ENOUGH)))
    return comparison.model_copy(update={"comparison_levels": tuple(levels)})


def _moved_level(level: Level, wanted: float, share: float) -> Level:
    if level.m_probability is None or level.u_probability is None:
        return level
    bits = _towards(log2(level.m_probability / level.u_probability), wanted, share)
    m = level.m_probability if level.m_probability / 2**bits <= 1 else 2**bits
    update = {"m_probability": _rounded(m), "u_probability": _rounded(m / 2**bits)}
    return level.model_copy(update=update)


def _towards(before: float, wanted: float, share: float) -> float:
    return before + share * max(-_FURTHEST, min(_FURTHEST, wanted - before))


def _rounded(probability: float) -> float:
    return min(1.0, float(f"{probability:.{_DIGITS}g}"))


def kept_levels(before: ModelFile, after: ModelFile) -> Sequence[str]:
    """comparison/level of the weights that training left alone."""
    return [
        f"{old.output_column_name}/{level}"
        for old, new in zip(before.splink.comparisons, after.splink.comparisons, strict=True)
        for level, probabilities in old.levels.items()
        if new.levels[level] == probabilities
    ]
