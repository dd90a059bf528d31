"""Neighbourhoods and paths: relations followed outwards from one business, level by level, within a cap.

What is read of the next level is the caller's to fetch; here is decided who is reached, by which path, and what the cap
leaves out. Nearest first, then by business id, so that the answer does not depend on the order of reading.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from services.linker.domain.relate.party import Party
from services.linker.domain.relate.relations import Related, relations
from services.linker.domain.relate.traits import Trait, TraitKind

# A building of many units would make neighbours of strangers.
FOLLOWED = tuple(kind for kind in TraitKind if kind is not TraitKind.building)


@dataclass(slots=True)
class Neighbourhood:
    """`reached` in the order in which they were reached; `came_from` leads back to the root."""

    root: Party
    limit: int
    reached: dict[str, Party] = field(default_factory=dict)
    came_from: dict[str, str] = field(default_factory=dict)
    degree: dict[str, int] = field(default_factory=dict)
    left_out: bool = False

    def __post_init__(self) -> None:
        self.reached[self.root.business_id] = self.root
        self.degree[self.root.business_id] = 0

    def frontier(self, degree: int) -> list[Party]:
        return [self.reached[id_] for id_, found in self.degree.items() if found == degree]

    def extend(self, degree: int, candidates: Iterable[Party]) -> None:
        """Take in the `candidates` that are related to someone at `degree`, up to the limit."""
        frontier = sorted(self.frontier(degree), key=lambda party: party.business_id)
        for candidate in sorted(candidates, key=lambda party: party.business_id):
            if candidate.business_id in self.reached:
                continue
            via = next((party for party in frontier if related(party, candidate)), None)
            if via is None:
                continue
            if len(self.reached) >= self.limit:
                self.left_out = True
                return
            self._reach(candidate, via, degree + 1)

    def _reach(self, party: Party, via: Party, degree: int) -> None:
        self.reached[party.business_id] = party
        self.came_from[party.business_id] = via.business_id
        self.degree[party.business_id] = degree

    def path(self, business_id: str) -> tuple[str, ...]:
        """From the root to `business_id`, both included."""
        steps = [business_id]
        while steps[-1] in self.came_from:
            steps.append(self.came_from[steps[-1]])
        return tuple(reversed(steps))


def related(a: Party, b: Party) -> list[Related]:
    """The relations that a network follows."""
    return [relation for relation in relations(a, b) if relation.type.value != TraitKind.building.value]


def edges(parties: Sequence[Party]) -> list[Related]:
    """Every followed relation among `parties`, each pair once, smaller id first."""
    ordered = sorted(parties, key=lambda party: party.business_id)
    by_trait: dict[Trait, list[int]] = {}
    for number, party in enumerate(ordered):
        for trait in party.of_kind(*FOLLOWED):
            by_trait.setdefault(trait, []).append(number)
    pairs = sorted({(i, j) for holders in by_trait.values() for i in holders for j in holders if i < j})
    return [relation for i, j in pairs for relation in related(ordered[i], ordered[j])]


def along(path: Sequence[str], reached: Mapping[str, Party]) -> list[Related]:
    """The relations of each step of a path."""
    steps = pairwise(path)
    return [relation for a, b in steps for relation in related(reached[a], reached[b])]
