"""Phoenix: a business closes, and another by the same people, telephone, place or trade begins (seed, paragraph 53).

It may be two businesses, or one business whose records name first a company that was closed and then another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from services.linker.domain.model import Model
from services.linker.domain.normalise.words import fold, split_words
from services.linker.domain.relate.party import Party, Profile, shared
from services.linker.domain.relate.patterns.found import Finding, finding
from services.linker.domain.relate.rules import PhoenixRule
from services.linker.domain.relate.traits import Trait, TraitKind
from services.linker.domain.relate.wording import day, in_words, listed
from shared.contracts.events.linker import FindingType

_NO_TRADE_TEXT = """a and of the other others not shop shops store retail retailer retailers premises business services
service general unknown misc miscellaneous type"""
_NO_TRADE = frozenset(_NO_TRADE_TEXT.split())
_CALLED = {
    TraitKind.person: "the same person",
    TraitKind.phone: "the same telephone number",
    TraitKind.email: "the same e-mail address",
    TraitKind.premises: "the same premises",
}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What two parties share: in words, and the traits that lead from one to the other."""

    words: tuple[str, ...]
    through: tuple[Trait, ...]
    profiles: tuple[Profile, ...]


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
    by_company: dict[str, list[Profile]] = {}
    for profile in party.profiles:
        if number := profile.mention.company_number:
            by_company.setdefault(number, []).append(profile)
    if len(by_company) < 2:
        return []
    return [
        Party.of(party.business_id, f"{party.name} (company {number})", party.area, profiles, model)
        for number, profiles in sorted(by_company.items())
    ]


def _phoenix(before: Party, after: Party, rule: PhoenixRule) -> Finding | None:
    closing = before.closing
    if closing is None:
        return None
    days = (after.began - closing.on).days
    if not -rule.days_before <= days <= rule.days_after or after.began <= before.began:
        return None
    facts = _facts(before, after, rule)
    if not facts.through or len(facts.words) < rule.facts:
        return None
    return finding(
        FindingType.phoenix,
        rule.id,
        _about(before, after),
        sentence=f"{before.name} closed by {day(closing.on)}; {after.name}, first seen on {day(after.began)}, has "
        f"{listed(facts.words)}.",
        reasons=[
            f"{before.name} is recorded as closed or dissolved by {day(closing.on)}.",
            f"{after.name} was first seen on {day(after.began)}, {_gap(days)}.",
            *(f"Shared: {in_words(trait, before)}." for trait in facts.through),
        ],
        parties=[before, after],
        profiles=[closing, *facts.profiles, *(p for p in after.profiles if p.first_on == after.began)],
        since=max(after.began, closing.on),
        traits=facts.through if before.business_id != after.business_id else (),
    )


def _about(before: Party, after: Party) -> tuple[str, ...]:
    """Within one business the companies tell the two apart."""
    if before.business_id != after.business_id:
        return before.business_id, after.business_id
    numbers = (party.profiles[0].mention.company_number for party in (before, after))
    return before.business_id, *numbers


def _gap(days: int) -> str:
    if days == 0:
        return "the same day"
    return f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"


def _facts(before: Party, after: Party, rule: PhoenixRule) -> _Facts:
    common = [trait for trait in shared(before, after) if trait.kind in _CALLED]
    words = [_CALLED[kind] for kind in dict.fromkeys(trait.kind for trait in common)]
    if _trade(before) & _trade(after):
        words.append("the same trade")
    if _name_words(before) & _name_words(after):
        words.append("the same name")
    said = [profile for trait in common for party in (before, after) for profile in party.traits[trait]]
    return _Facts(tuple(words), tuple(trait for trait in common if trait.kind in rule.through), tuple(said))


def _trade(party: Party) -> set[str]:
    return {
        word for profile in party.profiles if profile.sector for word in split_words(fold(profile.sector))
    } - _NO_TRADE


def _name_words(party: Party) -> set[str]:
    """Whole names without legal form: one word in common is no name in common."""
    return {name.joined for profile in party.profiles for name in profile.mention.names}
