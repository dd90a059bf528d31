"""Traits: what a record gives that another business may share: a company's number, a telephone, a door, a landlord.

Derived from one record alone and from no model, so that a posting written once stays right. Values that a model knows
as hubs are left out when traits are read: a switchboard relates nobody.
"""

import re
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

from services.linker.domain.model import Model
from services.linker.domain.normalise.mention import Mention, PersonForm, Premises
from services.linker.domain.normalise.names import name_form

_LETTERS = re.compile("[A-Z]+")
_AGENT_ROLES = ("landlord", "freeholder", "lessor", "head lease", "letting agent", "managing agent", "property manager")
_SITE_WORDS = """park centre center estate arcade market mall precinct plaza parade station airport campus outlet works
mill docks industrial business retail trading units shopping workshops workshop"""
_SITES = frozenset(_SITE_WORDS.split())
_PROPERTY_WORDS = frozenset({"building", "property", "premises", "freehold"})


class TraitKind(StrEnum):
    company_number = "company_number"
    vat_number = "vat_number"
    charity_number = "charity_number"
    person = "person"
    phone = "phone"
    email = "email"
    domain = "domain"
    premises = "premises"
    building = "building"
    landlord = "landlord"


class Trait(NamedTuple):
    kind: TraitKind
    value: str


_Given = tuple[TraitKind, str]


def traits(mention: Mention) -> tuple[Trait, ...]:
    """Sorted, without repeats."""
    return tuple(sorted({Trait(kind, value) for kind, value in _given(mention)}))


def trait_keys(mention: Mention) -> set[int]:
    """`trait_key` of each of its `traits`."""
    return {_key(kind, value) for kind, value in _given(mention)}


def telling(mention: Mention, model: Model) -> tuple[Trait, ...]:
    """Traits without the values that the model knows as hubs, which `hubs.hub_values` writes as they are here.

    A person with a birth date stays, behind however many businesses: that says little of whether two records are one
    business, and much of a network.
    """
    return tuple(
        trait
        for trait in traits(mention)
        if trait.kind is TraitKind.person or not model.is_hub(trait.kind.value, trait.value)
    )


def trait_key(trait: Trait) -> int:
    """What a posting is found by: 64 bits, signed. Two values that collide are told apart when they are read."""
    return _key(trait.kind, trait.value)


def _key(kind: TraitKind, value: str) -> int:
    hashed = blake2b(f"{kind}:{value}".encode(), digest_size=8)
    return int.from_bytes(hashed.digest(), "big", signed=True)


def key_in_words(key: int) -> str:
    """As addresses have it: sixteen hexadecimal digits."""
    return key.to_bytes(8, "big", signed=True).hex()


def key_said(words: str) -> int:
    """The inverse of `key_in_words`. Raises ValueError for anything else."""
    return int.from_bytes(bytes.fromhex(words), "big", signed=True)


def is_landlord(role: str) -> bool:
    """Whether a role, in lower-case words, is to own or let the place and not to trade there."""
    owns = "owner" in role and not _PROPERTY_WORDS.isdisjoint(role.split())
    return owns or any(words in role for words in _AGENT_ROLES)


def identity(person: PersonForm) -> str:
    """Words of the name with the birth date; "" where a name stands alone, since many are called the same."""
    return f"{_words(person)}|{person.born}" if person.born and len(person.tokens) > 1 else ""


def bearer(trait: Trait, mention: Mention) -> PersonForm:
    """The person of the mention from whom a trait of a person or a landlord comes."""
    return next(person for person in mention.people if trait in _of_person(person, mention.premises))


def _words(person: PersonForm) -> str:
    return " ".join(sorted(person.tokens))


def _given(mention: Mention) -> list[_Given]:
    """Perhaps with repeats."""
    given = [*_numbers(mention)]
    given += [(TraitKind.phone, phone) for phone in mention.phones]
    given += [(TraitKind.email, email) for email in mention.emails]
    given += [(TraitKind.domain, domain) for domain in mention.domains]
    for person in mention.people:
        given += _of_person(person, mention.premises)
    return given + _of_premises(mention.premises) if mention.premises else given


def _numbers(mention: Mention) -> list[_Given]:
    given = []
    if mention.company_number:
        given.append((TraitKind.company_number, mention.company_number))
    if mention.vat_number:
        given.append((TraitKind.vat_number, mention.vat_number))
    if mention.charity_number:
        given.append((TraitKind.charity_number, mention.charity_number))
    return given


def _of_person(person: PersonForm, premises: Premises | None) -> list[_Given]:
    known = identity(person)
    given = [(TraitKind.person, known)] if known else []
    if is_landlord(person.role) and (value := known or _landlord_by_name(person, _postal_area(premises))):
        given.append((TraitKind.landlord, value))
    return given


def _landlord_by_name(person: PersonForm, area: str) -> str:
    """Landlords rarely come with a birth date, and often are companies: by name, within one postcode area (UB, M)."""
    core = sorted(set(name_form("", person.text).tokens) & person.tokens)
    is_company = len(core) < len(person.tokens)
    return f"{' '.join(core)}@{area}" if area and (len(core) > 1 or (core and is_company)) else ""


def _postal_area(p: Premises | None) -> str:
    letters = _LETTERS.match(p.outward) if p else None
    return letters[0] if letters else ""


def _of_premises(p: Premises) -> list[_Given]:
    given = [(TraitKind.premises, f"uprn:{p.uprn}")] if p.uprn else []
    for door in _doors(p):
        if p.unit or not _is_site(p):
            given.append((TraitKind.premises, f"{door}:{p.unit}"))
        given.append((TraitKind.building, door))
    return given


def _is_site(p: Premises) -> bool:
    """Whether it is known by a name that many occupiers share: a retail park is no premises, its unit 4 is."""
    return not (p.low or p.high) and not _SITES.isdisjoint(p.building)


def _doors(p: Premises) -> list[str]:
    """The number in its postcode, or in its street and town where there is no postcode; a named building else."""
    numbers = [f"{number}{p.suffix}" for number in {p.low, p.high} if number]
    if p.postcode:
        if not numbers and p.building:
            return [f"{p.postcode}:{'-'.join(p.building)}"]
        return [f"{p.postcode}:{number}" for number in numbers]
    return [f"{p.street}:{place}:{number}" for number in numbers for place in p.places] if p.street else []
