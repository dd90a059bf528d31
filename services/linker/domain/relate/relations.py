"""What two businesses have in common, each in a sentence with the records behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.linker.domain.normalise.mention import PersonForm
from services.linker.domain.relate.party import Party, Profile, shared
from services.linker.domain.relate.people import namesakes
from services.linker.domain.relate.tenure import tenure_of
from services.linker.domain.relate.traits import Trait, TraitKind, bearer
from services.linker.domain.relate.wording import in_words, listed, person_in_words
from shared.contracts.api.linker.relations import RelationType, Tenure

TYPE_OF = {
    TraitKind.company_number: RelationType.organisation,
    TraitKind.vat_number: RelationType.organisation,
    TraitKind.charity_number: RelationType.organisation,
    TraitKind.person: RelationType.person,
    TraitKind.landlord: RelationType.landlord,
    TraitKind.phone: RelationType.phone,
    TraitKind.email: RelationType.email,
    TraitKind.domain: RelationType.email,
    TraitKind.premises: RelationType.premises,
    TraitKind.building: RelationType.building,
}
_ORDER = tuple(RelationType)
_CALLED = {
    TraitKind.company_number: "company number",
    TraitKind.vat_number: "VAT number",
    TraitKind.charity_number: "charity number",
    TraitKind.phone: "telephone number",
    TraitKind.email: "e-mail address",
    TraitKind.domain: "e-mail or web domain",
}


@dataclass(frozen=True, slots=True)
class Related:
    """`a` and `b` share `values`; `records` of both say so, and did by `since`."""

    type: RelationType
    a: Party
    b: Party
    values: tuple[str, ...]
    sentence: str
    since: date
    records: tuple[str, ...]
    tenure: Tenure | None = None


class _Common(NamedTuple):
    """One shared value and who says it."""

    trait: Trait
    of_a: tuple[Profile, ...]
    of_b: tuple[Profile, ...]


def relations(a: Party, b: Party) -> list[Related]:
    """At most one of each type, in the order of RelationType. Empty for one business with itself."""
    if a.business_id == b.business_id:
        return []
    common = [_Common(trait, a.traits[trait], b.traits[trait]) for trait in shared(a, b)]
    found = {type_: of_type for type_ in _ORDER if (of_type := list(_of_type(type_, common)))}
    related = [_related(type_, a, b, values) for type_, values in found.items()]
    if RelationType.person not in found and any(_tells(type_) for type_ in found):
        related += _by_name(a, b)
    return sorted(related, key=lambda relation: _ORDER.index(relation.type))


def _tells(type_: RelationType) -> bool:
    """Whether it makes a shared name of a person more than chance."""
    return type_ is not RelationType.building


def _of_type(type_: RelationType, common: Sequence[_Common]) -> Iterator[_Common]:
    """A landlord with a birth date is a person too, a door is in its building, and an address at its domain: said once,
    as the narrower."""
    kinds = {shared.trait.kind for shared in common}
    landlords = {shared.trait.value for shared in common if shared.trait.kind is TraitKind.landlord}
    for one in common:
        if TYPE_OF[one.trait.kind] is not type_:
            continue
        if type_ is RelationType.building and TraitKind.premises in kinds:
            continue
        if type_ is RelationType.person and one.trait.value in landlords:
            continue
        if one.trait.kind is TraitKind.domain and TraitKind.email in kinds:
            continue
        yield one


def _related(type_: RelationType, a: Party, b: Party, common: Sequence[_Common]) -> Related:
    values = tuple(dict.fromkeys(in_words(one.trait, a) for one in common))
    tenure, sentence = None, _sentence(type_, a, b, common, values)
    if type_ is RelationType.premises:
        tenure, follows = tenure_of(a, b)
        sentence = f"{sentence} {follows}"
    said = [profile for one in common for profile in (*one.of_a, *one.of_b)]
    return Related(type_, a, b, values, sentence, _since(common), _ids(said), tenure)


def _since(common: Sequence[_Common]) -> date:
    return min(max(_first(one.of_a), _first(one.of_b)) for one in common)


def _first(profiles: Sequence[Profile]) -> date:
    return min(profile.on for profile in profiles)


def _ids(profiles: Sequence[Profile]) -> tuple[str, ...]:
    return tuple(sorted({profile.record_id for profile in profiles}))


def _sentence(type_: RelationType, a: Party, b: Party, common: Sequence[_Common], values: Sequence[str]) -> str:
    match type_:
        case RelationType.premises:
            return f"Both are at {values[0]}."
        case RelationType.building:
            return f"{_at(a, common[0])} and {_at(b, common[0])} are in one building, and not at the same unit."
        case RelationType.landlord:
            return f"Both have {listed(values)} as landlord or agent{_by_name_only(common)}."
        case RelationType.person:
            return " ".join(_who(one) for one in common)
        case _:
            said = [f"{_CALLED[one.trait.kind]} {in_words(one.trait, a)}" for one in common]
            return f"Both give the {listed(said)}."


def _at(party: Party, one: _Common) -> str:
    return f"{party.name} ({in_words(one.trait, party)})"


def _by_name_only(common: Sequence[_Common]) -> str:
    by_name = all("@" in one.trait.value for one in common)
    return ", by the name alone, in one postcode area" if by_name else ""


def _who(one: _Common) -> str:
    mine, theirs = (bearer(one.trait, said[0].mention) for said in (one.of_a, one.of_b))
    return f"{person_in_words(mine)}, is named by both: {_role(mine)} of the one, {_role(theirs)} of the other."


def _role(person: PersonForm) -> str:
    return person.role or "in a role not said"


def _by_name(a: Party, b: Party) -> Iterator[Related]:
    """A person whom both name, where the two share something else as well."""
    found = next(namesakes(a, b), None)
    if found is None:
        return
    mine, of_a, theirs, of_b = found
    sentence = (
        f"{mine.text} is named by both: {_role(mine)} of the one, {_role(theirs)} of the other. No birth date confirms "
        "that it is one person; that the two share something else as well makes it likely."
    )
    since = max(of_a.on, of_b.on)
    yield Related(RelationType.person, a, b, (mine.text,), sentence, since, _ids((of_a, of_b)))
