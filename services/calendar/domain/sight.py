"""How much of a visit an agency may see: the least of what its owner lets partners see and what the sharing rules give.

An agency that was invited was told in a single disclosure, whose conditions the owner has met; that lasts as long as
the rules do. A grant of `known` opens no more than that someone plans and whom to ring.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from shared.contracts.api.calendar.words import Answer, Tier
from shared.sharing import OUTCOMES, VISITS, ConditionKind, Grant, Level, Partnership, decide


class Sight(IntEnum):
    """Each shows what those before it show."""

    nothing = 0
    ring = 1
    agency = 2
    full = 3
    own = 4


_BY_TIER = {Tier.hidden: Sight.nothing, Tier.ring: Sight.ring, Tier.agency: Sight.agency, Tier.full: Sight.full}
_BY_LEVEL = {Level.known: Sight.ring, Level.fields: Sight.agency, Level.full: Sight.full}
_TOLD = frozenset(Answer) - {Answer.asking}

Conditions = frozenset[ConditionKind]


@dataclass(frozen=True, slots=True)
class Eyes:
    """An agency that looks at visits for a purpose, on a day, under the sharing rules of that day."""

    agency: str
    purpose: str
    day: date
    partnership: Partnership
    _found: dict[tuple[str, str, Conditions], Grant | None] = field(default_factory=dict, compare=False, repr=False)

    def grant(self, owner: str, category: str = VISITS, met: Conditions = frozenset()) -> Grant | None:
        key = owner, category, met
        if key not in self._found:
            self._found[key] = decide(self.agency, self.purpose, owner, category, self.day, self.partnership, met)
        return self._found[key]

    def sees(self, owner: str, tier: Tier, answer: Answer | None = None, met: Conditions = frozenset()) -> Sight:
        """Of a visit that `owner` made; `answer` and `met` are those of this agency's own attendance."""
        if owner == self.agency:
            return Sight.own
        told = self.grant(owner, met=met) if answer in _TOLD else None
        if told and told.level is Level.full:
            return Sight.full
        standing = self.grant(owner)
        return min(_BY_TIER[tier], _BY_LEVEL[standing.level]) if standing else Sight.nothing

    def sees_outcomes(self, owner: str) -> bool:
        grant = self.grant(owner, OUTCOMES)
        return grant is not None and grant.level is Level.full

    def owners(self, least: Sight) -> Iterator[str]:
        """The agencies of whose visits it may see at least so much, where they let it."""
        for one in self.partnership.agencies:
            if self.sees(one.id, Tier.full) >= least:
                yield one.id
