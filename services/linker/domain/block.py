"""Blocking keys: two mentions are compared when they share one.

Keys are compound, so that each is specific by construction: a postcode with a number, words with an area. Values that
many businesses give are known from the model's version, never counted live; so whether two records are compared depends
on these two and the model alone.
"""

from collections.abc import Iterator
from hashlib import blake2b

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, NameForm, Premises

_STEM = 4
_WORDS_PER_NAME = 3
_NAMES = 3
_LONGEST_KEY = 200


def block_keys(mention: Mention, model: Model) -> tuple[str, ...]:
    """Sorted, without repeats; empty only where the record gives nothing to find it by."""
    keys = set(_number_keys(mention, model))
    keys.update(_contact_keys(mention, model))
    areas = _areas(mention.premises)
    if mention.premises:
        keys.update(_door_keys(mention.premises, areas, model))
        if not mention.names or not (mention.premises.low or mention.premises.unit):
            keys.update(_gap_keys(mention.premises))
    for name in mention.names[:_NAMES]:
        keys.update(_name_keys(name, mention.premises, areas, model))
    for person in mention.people:
        if len(person.tokens) > 1:
            who = "-".join(sorted(person.tokens))
            keys.update(f"who:{who}:{where}" for where in [*areas, person.born] if where)
    return tuple(sorted(map(_bounded, keys)))


def _bounded(key: str) -> str:
    """A long key is told apart by its hash: an index takes a few hundred characters, and cells hold thousands."""
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[:_LONGEST_KEY]}:{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _areas(p: Premises | None) -> list[str]:
    """Outward code and places: with them a key that is too common alone becomes specific."""
    return [*([p.outward] if p.outward else []), *sorted(p.places)] if p else []


def _number_keys(mention: Mention, model: Model) -> Iterator[str]:
    for licence in mention.licence_numbers:
        yield f"lic:{licence}"
    for kind, number in (
        ("company_number", mention.company_number),
        ("vat_number", mention.vat_number),
        ("charity_number", mention.charity_number),
    ):
        if number and not model.is_hub(kind, number):
            areas = _areas(mention.premises) or [""]
            yield from (f"num:{number}:{where}" for where in areas)


def _contact_keys(mention: Mention, model: Model) -> Iterator[str]:
    for phone in mention.phones:
        if not model.is_hub("phone", phone):
            yield f"tel:{phone[-7:]}:{phone}"
    for email in mention.emails:
        if not model.is_hub("email", email):
            yield f"mail:{email}"


def _door_keys(p: Premises, areas: list[str], model: Model) -> Iterator[str]:
    if p.uprn:
        yield f"uprn:{p.uprn}"
    numbers = {p.low, p.high} - {0}
    for number in numbers:
        if p.postcode:
            yield f"door:{p.postcode}:{number}"
        if p.street:
            yield from _street_keys(number, p.street, areas, model)
    if p.postcode and p.unit:
        yield f"unit:{p.postcode}:{p.unit}"
    if p.unit and p.street and not numbers:
        yield from (f"unit:{p.unit}:{p.street}:{where}" for where in areas)
    if p.postcode and not numbers and p.building:
        yield f"site:{p.postcode}:{p.building[0]}"


def _street_keys(number: int, street: str, areas: list[str], model: Model) -> Iterator[str]:
    initial = street.split()[-1][0]  # the letter that misspellings spare most
    yield from (f"street:{number}:{initial}:{where}" for where in areas)
    if not model.is_hub("street", street):  # every town has a High Street
        yield f"street:{number}:{street}"


def _gap_keys(p: Premises) -> Iterator[str]:
    """The one without its number and the one without its name meet here: few records lack either."""
    if p.postcode:
        yield f"gap:{p.postcode}"
    if p.street:
        yield from (f"gap:{p.street}:{place}" for place in sorted(p.places))


def _name_keys(name: NameForm, p: Premises | None, areas: list[str], model: Model) -> Iterator[str]:
    words = sorted(name.words, key=lambda word: (-model.rarity(word), word))[:_WORDS_PER_NAME]
    if p and p.postcode:
        yield from (f"at:{p.postcode}:{word[:_STEM]}" for word in words)
    pair = "-".join(sorted(word[:_STEM] for word in words[:2]))
    if p and p.street:
        yield from (f"on:{p.street}:{word[:_STEM]}:{where}" for word in words for where in areas)
        if not model.is_hub("street", p.street):
            yield f"on:{p.street}:{pair}"
    yield from (f"name:{pair}:{where}" for where in areas)
    if sum(map(model.rarity, name.words)) >= 2 * model.unseen_term:
        yield f"name:{'-'.join(sorted(name.words))}"
