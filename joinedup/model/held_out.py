"""Company numbers kept from the score, as a check on it: pairs that are one business, or two, for another reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import exp, log, log1p

from rapidfuzz.distance import DamerauLevenshtein

from services.linker.domain.cluster import Pair
from services.linker.domain.compare import PREMISES
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import score

FEWEST = 100
_MOST = 5_000
_MISREAD = 1


@dataclass(frozen=True, slots=True)
class Labelled:
    """Pairs without their company numbers, and whether these were the same."""

    pairs: tuple[tuple[Mention, Mention, bool], ...]

    @property
    def enough(self) -> bool:
        same = sum(label for _, _, label in self.pairs)
        return same >= FEWEST and len(self.pairs) - same >= FEWEST


def labelled(pairs: Collection[Pair], mentions: Mapping[str, Mention], model: Model) -> Labelled:
    """One number at doors that differ is a chain and says nothing; numbers that differ by one slip say nothing."""
    found = []
    for a, b in sorted(pairs):
        left, right = mentions[a], mentions[b]
        label = _label(left, right, model)
        if label is not None:
            found.append((replace(left, company_number=""), replace(right, company_number=""), label))
    step = len(found) // _MOST + 1
    return Labelled(tuple(found[::step]))


def _label(left: Mention, right: Mention, model: Model) -> bool | None:
    one, other = left.company_number, right.company_number
    if not one or not other:
        return None
    if one != other:
        return None if DamerauLevenshtein.distance(one, other, score_cutoff=_MISREAD) <= _MISREAD else False
    place = PREMISES.measure(left, right, model)
    if model.is_hub("company_number", one) or place is None or place.level.startswith("other_"):
        return None
    return True


def loss(labels: Labelled, model: Model) -> float:
    """Mean surprise in bits at the labels, taking a score for the logarithm of odds: less is better."""
    total = sum(_surprise(score(a, b, model), label) for a, b, label in labels.pairs)
    return total / len(labels.pairs) / log(2)


def _surprise(bits: float, same: bool) -> float:
    against = -bits * log(2) if same else bits * log(2)
    return against if against > 50 else log1p(exp(against))


def precision_at_threshold(labels: Labelled, model: Model) -> float | None:
    """Of the pairs that reach the threshold, the share whose numbers are the same."""
    reached = [label for a, b, label in labels.pairs if score(a, b, model) >= model.clustering.threshold]
    return sum(reached) / len(reached) if reached else None
