"""Two mentions → bits of evidence that they are one business (Fellegi–Sunter), with or without the reasons.

score = prior + premises + min(sum of identity, ceiling of the premises level). The ceiling is what keeps branches of a
chain apart: at another door, sharing a name, a phone and a company number shows one organisation, not one business.
"""

from dataclasses import dataclass
from math import inf

from services.linker.domain.compare import IDENTITY, PREMISES, Comparison, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention

_CHAIN_SENTENCE = "At different doors, what they share shows one organisation rather than one business."
_PRIOR_SENTENCE = "Two records chosen at random are rarely one business."
_MEASURES = tuple(comparator.measure for comparator in IDENTITY)


@dataclass(frozen=True, slots=True)
class Explanation:
    """`score` is the sum of the comparisons' bits, and equal to what `score()` gives."""

    score: float
    comparisons: tuple[Comparison, ...]


def score(a: Mention, b: Mention, model: Model) -> float:
    """Bits; symmetric. The model's clustering threshold is what counts as a link."""
    place = PREMISES.measure(a, b, model)
    identity = 0.0
    for measure in _MEASURES:
        found = measure(a, b, model)
        if found is not None:
            identity += found.bits
    return _total(place, identity, model)


def _total(place: Finding | None, identity: float, model: Model) -> float:
    if place is None:
        return model.prior + identity
    return model.prior + place.bits + min(identity, model.ceilings.get(place.level, inf))


def explain(a: Mention, b: Mention, model: Model) -> Explanation:
    """The same number as `score`, one sentence per comparison; it speaks of these two records only."""
    place = PREMISES.measure(a, b, model)
    found = [(comparator, comparator.measure(a, b, model)) for comparator in IDENTITY]
    identity = sum(finding.bits for _, finding in found if finding)
    total = _total(place, identity, model)
    lines = [Comparison("prior", "prior", "prior", model.prior, _PRIOR_SENTENCE)]
    for comparator, finding in [(PREMISES, place), *found]:
        if finding:
            key = f"{comparator.name}/{finding.level}"
            lines.append(Comparison(comparator.name, finding.level, key, finding.bits, comparator.describe(finding)))
    ceiling = model.ceilings.get(place.level, inf) if place else inf
    if place and identity > ceiling:
        key = f"identity_ceilings/{place.level}"
        lines.append(Comparison("organisation", place.level, key, ceiling - identity, _CHAIN_SENTENCE))
    return Explanation(total, tuple(lines))
