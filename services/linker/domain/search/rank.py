"""Where to look first, and which of the businesses found stands where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.linker.domain.search.expand import LOOKED_AT, Expansion

_UNITS = 1000


class Hit(NamedTuple):
    record: int
    word: str


class Place(NamedTuple):
    """What a business is sorted by: how well it matches, then how worrying it is."""

    score: int
    priority: int
    business_id: str

    @property
    def order(self) -> tuple[int, int, str]:
        return -self.score, -self.priority, self.business_id


@dataclass(frozen=True, slots=True)
class Plan:
    """Records are found by the `rare` expansions; of those records it is asked whether they have the others too.

    Without any rare one, records must have them all.
    """

    rare: tuple[Expansion, ...]
    common: tuple[Expansion, ...]


def plan(expansions: Sequence[Expansion]) -> Plan:
    """Rarest first, as long as the records found by them stay few enough to be looked at one by one."""
    left = LOOKED_AT
    rare: list[Expansion] = []
    common: list[Expansion] = []
    for expansion in sorted((e for e in expansions if e.known), key=lambda e: (e.records, e.term.text)):
        left -= expansion.records
        (rare if left >= 0 else common).append(expansion)
    return Plan(tuple(rare), tuple(common))


def terms_met(hits: Iterable[Hit], holders: Mapping[int, int], expansions: Sequence[Expansion]) -> dict[int, int]:
    """By business number, how many of the terms stand in its records. `holders`: by record."""
    meant: defaultdict[str, set[int]] = defaultdict(set)
    for number, expansion in enumerate(expansions):
        for word in expansion.words:
            meant[word].add(number)
    met: defaultdict[int, set[int]] = defaultdict(set)
    for record, word in hits:
        if record in holders:
            met[holders[record]] |= meant[word]
    return {business: len(terms) for business, terms in met.items()}


def scored(hits: Iterable[Hit], holders: Mapping[int, int], expansions: Sequence[Expansion]) -> dict[int, int]:
    """By business number, the sum over terms of their rarity times how near its records come. `holders`: by record."""
    worth: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, expansion in enumerate(expansions):
        for known in expansion.known:
            worth[known.word].append((number, expansion.rarity * known.quality))
    best: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for record, word in hits:
        if record in holders:
            of_business = best[holders[record]]
            for number, value in worth[word]:
                of_business[number] = max(value, of_business.get(number, 0.0))
    return {business: round(_UNITS * sum(values.values())) for business, values in best.items()}


def ranked(places: Iterable[Place], after: Place | None, limit: int) -> list[Place]:
    """The next `limit` behind `after`, best first."""
    behind = (place for place in places if after is None or place.order > after.order)
    return sorted(behind, key=lambda place: place.order)[:limit]
