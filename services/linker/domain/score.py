"""Two mentions → bits of evidence that they are one business (Fellegi–Sunter), with or without the reasons.

score = prior + premises + licences + min(sum of identity, ceiling of the premises level). The ceiling is what keeps
branches of a chain apart: at another door, sharing a name, a phone and a company number shows one organisation, not one
business. A licence held by the same person of the same birth is no chain's: then the addresses are in error.
"""

from dataclasses import dataclass
from math import inf

from services.linker.domain.compare import IDENTITY, LICENCES, PREMISES, Comparison, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention

_AT_OTHER_PLACES = "At different {}, what they share shows one organisation rather than one business."
_AT_NO_KNOWN_DOOR = (
    "They need not be at one door, and what they share may be one organisation's, so it counts for less."
)
_PRIOR_SENTENCE = "Two records chosen at random are rarely one business."
_MEASURES = tuple(comparator.measure for comparator in IDENTITY)  # the last is that of people
_SAME_BIRTH = frozenset({"same_person", "birth_and_part_of_name"})
_OTHER_DOOR = ("other_", "same_number")  # one number, on another street
_OTHER_PLACE = ("other_street", "one_telephone")
_TRADERS = frozenset({"same_trader", "trader_birth_and_part_of_name", "trader_birth_alone"})


@dataclass(frozen=True, slots=True)
class Explanation:
    """`score` is the sum of the comparisons' bits, and equal to what `score()` gives."""

    score: float
    comparisons: tuple[Comparison, ...]


def score(a: Mention, b: Mention, model: Model) -> float:
    """Bits; symmetric. The model's clustering threshold is what counts as a link."""
    place, licence, person = PREMISES.measure(a, b, model), LICENCES.measure(a, b, model), None
    identity = 0.0
    for measure in _MEASURES:
        person = measure(a, b, model)
        if person is not None:
            identity += person.bits
    total = model.prior + min(identity, _ceiling(place, licence, person, model))
    if place is not None:
        total += place.bits
    return total + licence.bits if licence is not None else total


def _ceiling(place: Finding | None, licence: Finding | None, person: Finding | None, model: Model) -> float:
    """Of two records with these findings; a licence or a name that is the person's own is no chain's."""
    if place is None:
        return inf
    ceiling = model.ceilings.get(place.level, inf)
    if person is not None and ceiling != inf:
        licensed = licence is not None and licence.level in ("same", "misread")
        if licensed and (person.level in _SAME_BIRTH or person.level in _TRADERS):
            return inf
        if person.level in _TRADERS and not place.level.startswith(_OTHER_PLACE):
            return inf
    return ceiling


def _chain(level: str) -> str:
    door, _, area = level.partition(".")
    if area in ("elsewhere", "other_town"):
        return _AT_OTHER_PLACES.format("places")
    return _AT_OTHER_PLACES.format("doors") if door.startswith(_OTHER_DOOR) else _AT_NO_KNOWN_DOOR


def explain(a: Mention, b: Mention, model: Model) -> Explanation:
    """The same number as `score`, one sentence per comparison; it speaks of these two records only."""
    place, licence = PREMISES.measure(a, b, model), LICENCES.measure(a, b, model)
    found = [(comparator, comparator.measure(a, b, model)) for comparator in IDENTITY]
    identity = sum(finding.bits for _, finding in found if finding)
    lines = [Comparison("prior", "prior", "prior", model.prior, _PRIOR_SENTENCE)]
    for comparator, finding in [(PREMISES, place), (LICENCES, licence), *found]:
        if finding:
            key = f"{comparator.name}/{finding.level}"
            lines.append(Comparison(comparator.name, finding.level, key, finding.bits, comparator.describe(finding)))
    ceiling = _ceiling(place, licence, found[-1][1], model)
    if place and identity > ceiling:
        key = f"identity_ceilings/{place.level}"
        lines.append(Comparison("organisation", place.level, key, ceiling - identity, _chain(place.level)))
    return Explanation(score(a, b, model), tuple(lines))
