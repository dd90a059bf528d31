"""What every pattern gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.traits import Trait
from shared.contracts.events.linker import FindingType
from shared.contracts.identifiers import derived_id


@dataclass(frozen=True, slots=True)
class Finding:
    """`records` show it; `traits` are those through which it can be found; `since`: from when the records show it."""

    finding_id: str
    type: FindingType
    rule: str
    sentence: str
    reasons: tuple[str, ...]
    business_ids: tuple[str, ...]
    areas: tuple[str, ...]
    records: tuple[str, ...]
    traits: tuple[Trait, ...]
    since: date


def finding(
    type_: FindingType,
    rule: str,
    about: Sequence[str],
    *,
    sentence: str,
    reasons: Iterable[str],
    parties: Sequence[Party],
    profiles: Iterable[Profile],
    since: date,
    traits: Iterable[Trait] = (),
) -> Finding:
    """`about` is what makes it this finding and no other."""
    return Finding(
        finding_id=derived_id("fnd", type_.value, *about),
        type=type_,
        rule=rule,
        sentence=sentence,
        reasons=tuple(reasons),
        business_ids=tuple(sorted({party.business_id for party in parties})),
        areas=tuple(sorted({party.area for party in parties if party.area})),
        records=tuple(sorted({profile.record_id for profile in profiles})),
        traits=tuple(sorted(traits)),
        since=since,
    )
