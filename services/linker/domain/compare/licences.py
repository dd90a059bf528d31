"""Licences and registrations: a number that an authority gave to one business at one place."""

from rapidfuzz.distance import OSA

from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention

_LONG = 6  # shorter ones are given out by more than one authority


def _measure(a: Mention, b: Mention, model: Model) -> Finding | None:
    if not a.licence_numbers or not b.licence_numbers:
        return None
    weights = model.weights["licences"]
    if shared := a.licence_numbers & b.licence_numbers:
        number = max(sorted(shared), key=len)
        level = "same" if len(number) >= _LONG else "same_short"
        return Finding(level, weights[level], number, number)
    for left in sorted(a.licence_numbers):
        for right in sorted(b.licence_numbers):
            if min(len(left), len(right)) >= _LONG and OSA.distance(left, right, score_cutoff=1) <= 1:
                return Finding("misread", weights["misread"], left, right)
    return Finding("different", weights["different"])


_SENTENCES = {
    "same": "Both hold licence {left}.",
    "same_short": "Both hold licence {left}; so short a number may be given by several authorities.",
    "misread": "Licence numbers {left} and {right} differ by one slip of the hand.",
    "different": "Their licences or registrations have different numbers, as those of one business may.",
}

LICENCES = Comparator(
    "licences", _measure, lambda found: _SENTENCES[found.level].format(left=found.left, right=found.right)
)
