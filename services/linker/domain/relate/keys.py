"""Traits as keys that other services remember a business by, each with a sentence for the officer who sees it."""

from collections.abc import Iterable
from datetime import date

from services.linker.domain.model import Model
from services.linker.domain.naming import one_line
from services.linker.domain.normalise import normalise
from services.linker.domain.relate.network import related
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.relations import TYPE_OF
from services.linker.domain.relate.traits import Trait, TraitKind
from services.linker.domain.relate.wording import in_words
from shared.contracts.api.linker.relations import RelationType
from shared.contracts.api.linker.traits import Trait as Said
from shared.contracts.identifiers import derived_id
from shared.contracts.record import Record

_PREFIX = {
    TraitKind.company_number: "Its company number is",
    TraitKind.vat_number: "Its VAT number is",
    TraitKind.charity_number: "Its charity number is",
    TraitKind.person: "It names",
    TraitKind.landlord: "Its landlord or agent is",
    TraitKind.phone: "Its telephone number is",
    TraitKind.email: "Its e-mail address is",
    TraitKind.domain: "Its e-mail or web domain is",
    TraitKind.premises: "It is at",
    TraitKind.building: "It is in the building of",
}

_NEAREST = tuple(RelationType)


def described(record: Record, on: date, model: Model) -> Party:
    """A business of which there is only this description."""
    profile = Profile(
        record_id="",
        agency="",
        regime="",
        received_on=on,
        observation=record.observation,
        mention=normalise(record),
        address=one_line(record.address) if record.address else None,
    )
    return Party.of("", "", None, [profile], model)


def said(party: Party, others: Iterable[Party] = ()) -> tuple[Said, ...]:
    """Its own, then those of the businesses related to it that it has not itself; each key once, by the nearest kind of
    relation."""
    found = {trait: _said(trait, party, None) for trait in party.traits}
    for through, other in _nearest_first(party, others):
        for trait in other.traits:
            if trait not in found:
                found[trait] = _said(trait, other, through)
    return tuple(sorted(found.values(), key=lambda one: (one.through is not None, one.kind, one.key)))


def _nearest_first(party: Party, others: Iterable[Party]) -> list[tuple[RelationType, Party]]:
    pairs = [(found[0].type, other) for other in others if (found := related(party, other))]
    return sorted(pairs, key=lambda pair: (_NEAREST.index(pair[0]), pair[1].business_id))


def _said(trait: Trait, party: Party, through: RelationType | None) -> Said:
    words = f"{_PREFIX[trait.kind]} {in_words(trait, party)}."
    return Said(
        kind=TYPE_OF[trait.kind],
        key=derived_id("trt", trait.kind, trait.value),
        sentence=words if through is None else f"Of {party.name}: {words[0].lower()}{words[1:]}",
        through=through,
    )
