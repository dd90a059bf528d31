"""Multi-regime: one business, live concerns in several regimes (seed, paragraph 87)."""

from services.linker.domain.relate.party import Party
from services.linker.domain.relate.patterns.found import Finding, finding
from services.linker.domain.relate.rules import MultiRegimeRule
from services.linker.domain.relate.wording import listed, regime_in_words
from shared.contracts.events.linker import FindingType


def multi_regime(party: Party, rule: MultiRegimeRule) -> Finding | None:
    concerns = party.concerns
    if len(concerns) < rule.regimes:
        return None
    behind = {record for concern in concerns for record in concern.records}
    named = listed([regime_in_words(concern.regime) for concern in concerns])
    return finding(
        FindingType.multi_regime,
        rule.id,
        (party.business_id,),
        sentence=f"{party.name} has live concerns in {len(concerns)} regimes: {named}.",
        reasons=[concern.reason for concern in concerns],
        parties=[party],
        profiles=[profile for profile in party.profiles if profile.record_id in behind],
        since=sorted(map(party.concern_since, concerns))[rule.regimes - 1],
    )
