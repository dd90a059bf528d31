"""Phoenix: a business closes, and another by the same people, telephone, place or trade begins (seed, paragraph 53).

It may be two businesses, or one business whose records name first a company that was closed and then another.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import combinations, islice, permutations

from rapidfuzz.distance import OSA

from services.linker.domain.model import Model
from services.linker.domain.normalise.mention import PersonForm
from services.linker.domain.normalise.words import fold, split_words
from services.linker.domain.relate.party import Party, Profile, shared
from services.linker.domain.relate.patterns.found import Finding, finding
from services.linker.domain.relate.people import namesakes
from services.linker.domain.relate.rules import PhoenixRule
from services.linker.domain.relate.traits import Trait, TraitKind
from services.linker.domain.relate.wording import day, in_words, listed
from shared.contracts.events.linker import FindingType

_NO_TRADE_TEXT = """a and of the other others not shop shops store retail retailer retailers premises business services
service general unknown misc miscellaneous type"""
_NO_TRADE = frozenset(_NO_TRADE_TEXT.split())
_NO_NAME = frozenset({"new"})
_A_SLIP = 1


class Fact(StrEnum):
    """What may be the same. Who shares an agent's telephone shares his e-mail address too: that is one fact."""

    person = "the same person"
    contact = "the same telephone number or e-mail address"
    premises = "the same premises"
    trade = "the same trade"
    name = "the same name"


_FACT_OF = {
    TraitKind.person: Fact.person,
    TraitKind.phone: Fact.contact,
    TraitKind.email: Fact.contact,
    TraitKind.premises: Fact.premises,
}


def phoenixes(holders: Sequence[Party], rule: PhoenixRule) -> Iterator[Finding]:
    """Among businesses that share a trait."""
    if len(holders) > rule.most_businesses:
        return
    for before, after in permutations(holders, 2):
        if found := _phoenix(before, after, rule):
            yield found


def phoenix_within(party: Party, rule: PhoenixRule, model: Model) -> Iterator[Finding]:
    """In one business whose records name several companies."""
    for before, after in permutations(_incarnations(party, model), 2):
        if found := _phoenix(before, after, rule):
            yield found


def _incarnations(party: Party, model: Model) -> list[Party]:
    """One for each company that its records name. Numbers a slip apart are one number misread."""
    by_company: dict[str, list[Profile]] = {}
    for profile in party.profiles:
        if number := profile.mention.company_number:
            by_company.setdefault(number, []).append(profile)
    if any(OSA.distance(one, other) <= _A_SLIP for one, other in combinations(by_company, 2)):
        return []
    return [
        Party.of(party.business_id, f"{party.name} (company {number})", party.area, profiles, model)
        for number, profiles in sorted(by_company.items())
    ]


def _phoenix(before: Party, after: Party, rule: PhoenixRule) -> Finding | None:
    closing = before.closing
    if closing is None:
        return None
    earliest, latest = closing.on - timedelta(rule.days_before), closing.recorded_on + timedelta(rule.days_after)
    if not earliest <= after.began <= latest or after.began <= before.began:
        return None
    common = [trait for trait in shared(before, after) if trait.kind in _FACT_OF]
    facts = _facts(before, after, common)
    if len(facts) < (rule.facts if Fact.person in facts else rule.facts_without_person):
        return None
    said = [profile for trait in common for party in (before, after) for profile in party.traits[trait]]
    return finding(
        FindingType.phoenix,
        rule.id,
        _about(before, after),
        sentence=f"{before.name}, last seen on {day(closing.on)}, is recorded as closed; {after.name}, first seen on "
        f"{day(after.began)}, has "
        f"{listed(facts)}.",
        reasons=[
            f"{before.name} is recorded as closed or dissolved, and was last seen on {day(closing.on)}.",
            f"{after.name} was first seen on {day(after.began)}.",
            *(f"Shared: {in_words(trait, before)}." for trait in common),
            *(f"{mine.text} is named by both." for mine in _named_by_both(before, after)),
        ],
        parties=[before, after],
        profiles=[closing, *said, *(p for p in after.profiles if p.first_on == after.began)],
        since=max(after.began, closing.on),
        traits=[trait for trait in common if trait.kind in rule.through]
        if before.business_id != after.business_id
        else (),
    )


def _about(before: Party, after: Party) -> tuple[str, ...]:
    """Within one business the companies tell the two apart."""
    if before.business_id != after.business_id:
        return before.business_id, after.business_id
    numbers = (party.profiles[0].mention.company_number for party in (before, after))
    return before.business_id, *numbers


def _facts(before: Party, after: Party, common: Sequence[Trait]) -> list[Fact]:
    """In the order of Fact. A name alone makes a person here, because place or contact is shared as well."""
    found = {_FACT_OF[trait.kind] for trait in common}
    if _named_by_both(before, after):
        found.add(Fact.person)
    if _trade(before) & _trade(after):
        found.add(Fact.trade)
    if any(_same_name(one, other) for one in _names(before) for other in _names(after)):
        found.add(Fact.name)
    return [fact for fact in Fact if fact in found]


def _named_by_both(before: Party, after: Party) -> list[PersonForm]:
    return [mine for mine, _, _, _ in islice(namesakes(before, after), 1)]


def _trade(party: Party) -> set[str]:
    words = {word for profile in party.profiles if profile.sector for word in split_words(fold(profile.sector))}
    return words - _NO_TRADE


def _names(party: Party) -> set[frozenset[str]]:
    return {name.words - _NO_NAME for profile in party.profiles for name in profile.mention.names}


def _same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """New Rustic Brasserie is Rustic Brasserie; one word in common is no name in common."""
    return one == other or (len(one & other) > 1 and (one <= other or other <= one))
