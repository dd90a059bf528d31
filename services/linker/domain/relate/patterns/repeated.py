"""One landlord, or one person, behind several businesses with concerns (seed, Boxes 2 and 4, paragraph 13)."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.patterns.found import Finding, finding
from services.linker.domain.relate.rules import SharedRule
from services.linker.domain.relate.traits import Trait
from services.linker.domain.relate.wording import in_words, listed, regime_in_words
from shared.contracts.events.linker import FindingType


def one_behind_several(trait: Trait, holders: Sequence[Party], rule: SharedRule) -> Finding | None:
    """`holders` are every business whose records give the trait."""
    worrying = [party for party in holders if party.concerns]
    enough = len(holders) >= rule.businesses and len(worrying) >= rule.with_concerns
    if not enough or len(holders) > rule.most_businesses:
        return None
    who = in_words(trait, holders[0])
    behind = "landlord or agent" if rule.type is FindingType.shared_landlord else "person"
    return finding(
        FindingType(rule.type),
        rule.id,
        trait,
        sentence=f"One {behind}, {who}: {len(holders)} businesses, of which {len(worrying)} have live concerns.",
        reasons=map(_reason, holders),
        parties=holders,
        profiles=_profiles(trait, holders),
        since=sorted(_since(party) for party in worrying)[rule.with_concerns - 1],
        traits=[trait],
    )


def _reason(party: Party) -> str:
    if not party.concerns:
        return f"{party.name}: no live concern."
    named = listed([regime_in_words(concern.regime) for concern in party.concerns])
    return f"{party.name}: live concerns in {named}."


def _since(party: Party) -> date:
    return min(map(party.concern_since, party.concerns))


def _profiles(trait: Trait, holders: Sequence[Party]) -> Iterator[Profile]:
    for party in holders:
        behind = {record for concern in party.concerns for record in concern.records}
        yield from party.traits[trait]
        yield from (profile for profile in party.profiles if profile.record_id in behind)
