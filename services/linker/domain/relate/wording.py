"""Dates, numbers and lists as an officer would write them."""

from collections.abc import Sequence
from datetime import date

import phonenumbers

from services.linker.domain.normalise.mention import Mention, PersonForm
from services.linker.domain.relate.party import Party
from services.linker.domain.relate.traits import Trait, TraitKind, bearer


def day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def regime_in_words(regime: str) -> str:
    return regime.replace("_", " ").replace("-", " ")


def telephone(digits: str) -> str:
    """020 7946 0018 for a British number, with its country else; the digits where they are no number."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return digits
    national = number.country_code == 44
    style = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))


def in_words(trait: Trait, party: Party) -> str:
    """The value as the first record of `party` that holds it writes it."""
    profile = party.traits[trait][0]
    at_a_place = trait.kind in (TraitKind.premises, TraitKind.building)
    return (profile.address if at_a_place else None) or as_written(trait, profile.mention)


def as_written(trait: Trait, mention: Mention) -> str:
    """The value as a record that holds it writes it."""
    kind, value = trait
    match kind:
        case TraitKind.phone:
            return telephone(value)
        case TraitKind.premises | TraitKind.building if mention.premises:
            return mention.premises.text
        case TraitKind.person | TraitKind.landlord:
            return person_in_words(bearer(trait, mention))
        case _:
            return value


def person_in_words(person: PersonForm) -> str:
    born = f", born {day(date.fromisoformat(person.born))}" if person.born else ""
    return f"{person.text}{born}"
