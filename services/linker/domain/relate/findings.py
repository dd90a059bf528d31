"""Typed findings: patterns in the records that an audience sees, each with its rule, its records and its dates.

A finding is found in one business, or among all that share a trait. It is a function of the records, the day and the
version of the rules, so it does not matter when, or in which order, it is looked for.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from services.linker.domain.model import Model
from services.linker.domain.relate.party import Party
from services.linker.domain.relate.patterns.found import Finding
from services.linker.domain.relate.patterns.phoenix import phoenix_within, phoenixes
from services.linker.domain.relate.patterns.regimes import multi_regime
from services.linker.domain.relate.patterns.repeated import one_behind_several
from services.linker.domain.relate.patterns.tainted import history_of, new_occupiers, tainted_building
from services.linker.domain.relate.rules import (
    FindingRules,
    MultiRegimeRule,
    NewOccupierRule,
    PhoenixRule,
    SharedRule,
    TaintedRule,
)
from services.linker.domain.relate.traits import Trait, TraitKind

# Those through which a pattern is found. What leads to it further is only evidence.
LEADING = (TraitKind.person, TraitKind.phone, TraitKind.email, TraitKind.premises, TraitKind.landlord)


def most_holders(rules: FindingRules) -> int:
    """Of a value that more businesses give than any rule allows, no holder needs to be read."""
    limits = [rule.most_businesses for rule in rules.rules if isinstance(rule, PhoenixRule | TaintedRule | SharedRule)]
    return max(limits, default=0)


def in_one(party: Party, rules: FindingRules, model: Model) -> Iterator[Finding]:
    """What one business shows by itself."""
    for rule in rules.rules:
        match rule:
            case MultiRegimeRule():
                if found := multi_regime(party, rule):
                    yield found
            case PhoenixRule():
                yield from phoenix_within(party, rule, model)


def among(trait: Trait, holders: Sequence[Party], rules: FindingRules, as_of: date) -> Iterator[Finding]:
    """What all businesses together show that give `trait`, in order of business id."""
    for rule in rules.rules:
        match rule:
            case PhoenixRule() if trait.kind in rule.through:
                yield from phoenixes(holders, rule)
            case SharedRule() if trait.kind in rule.through:
                if found := one_behind_several(trait, holders, rule):
                    yield found
            case TaintedRule() if trait.kind is TraitKind.premises:
                yield from _at(trait, holders, rule, rules, as_of)


def _at(
    place: Trait, holders: Sequence[Party], rule: TaintedRule, rules: FindingRules, as_of: date
) -> Iterator[Finding]:
    history = history_of(place, holders, rule, as_of)
    if history is None:
        return
    yield tainted_building(history, holders, rule)
    for other in rules.rules:
        if isinstance(other, NewOccupierRule):
            yield from new_occupiers(history, holders, other)
