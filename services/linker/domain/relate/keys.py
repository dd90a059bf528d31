"""Traits as keys that other services remember a business by, each with a sentence for the officer who sees it."""

from collections.abc import Iterable
from datetime import date

from services.linker.domain.model import Model
from services.linker.domain.naming import one_line
from services.linker.domain.normalise import normalise
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.relations import TYPE_OF
from services.linker.domain.relate.traits import Trait, TraitKind
from services.linker.domain.relate.wording import in_words
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


def said(party: Party, related: Iterable[Party] = ()) -> tuple[Said, ...]:
    """Its own, and those of the businesses related to it that it has not itself; each key once, the nearest first."""
    own = {trait: _said(trait, party, 0) for trait in party.traits}
    others = {trait: _said(trait, other, 1) for other in related for trait in other.traits if trait not in own}
    return tuple(sorted([*own.values(), *others.values()], key=lambda one: (one.degree, one.kind, one.key)))


def _said(trait: Trait, party: Party, degree: int) -> Said:
    words = f"{_PREFIX[trait.kind]} {in_words(trait, party)}."
    return Said(
        kind=TYPE_OF[trait.kind],
        key=derived_id("trt", trait.kind, trait.value),
        sentence=words if degree == 0 else f"Of {party.name}: {words[0].lower()}{words[1:]}",
        degree=degree,
    )
