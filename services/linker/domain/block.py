"""Blocking keys: two mentions are compared when they share one.

Keys are compound, so that each is specific by construction: a postcode with a number, words with an area. One value
that two records share never suffices: a head office's telephone stands on hundreds. Values that many businesses give
are known from the model's version, never counted live; so whether two records are compared depends on these two and the
model alone.
"""

from collections.abc import Iterator
from hashlib import blake2b

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, NameForm, Premises

_STEM = 4
_BEGINNING = 3
_WORDS_PER_NAME = 3
_NAMES = 3
_LONGEST_KEY = 200


def block_keys(mention: Mention, model: Model) -> tuple[str, ...]:
    """Sorted, without repeats; empty only where the record gives nothing to find it by."""
    areas = _areas(mention.premises)
    seconds = [*areas, *_doors(mention.premises), *_name_pairs(mention, model)]
    keys = set(_number_keys(mention, areas, model))
    keys.update(f"{value}:{second}" for value in _shared_values(mention, model) for second in seconds)
    if mention.premises:
        keys.update(_door_keys(mention.premises, areas, _beginnings(mention), model))
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


def _doors(p: Premises | None) -> list[str]:
    """Numbers and unit, marked so that none is taken for an area."""
    return [f"#{door}" for door in {p.low or "", p.high or "", p.unit} - {""}] if p else []


def _name_pairs(mention: Mention, model: Model) -> list[str]:
    return [f"~{_pair(_telling(name, model))}" for name in mention.names[:_NAMES] if name.words]


def _beginnings(mention: Mention) -> list[str]:
    """Of every word of the names, short enough to outlive a slip; "" where there is no name."""
    return sorted({word[:_BEGINNING] for name in mention.names[:_NAMES] for word in name.words}) or [""]


def _telling(name: NameForm, model: Model) -> list[str]:
    return sorted(name.words, key=lambda word: (-model.rarity(word), word))[:_WORDS_PER_NAME]


def _pair(words: list[str]) -> str:
    return "-".join(sorted(word[:_STEM] for word in words[:2]))


def _shared_values(mention: Mention, model: Model) -> Iterator[str]:
    """What a head office, an agent or an owner of several shops puts on many records: never a key alone."""
    for licence in mention.licence_numbers:
        yield f"lic:{licence}"
    for phone in mention.phones:
        if not model.is_hub("phone", phone):
            yield f"tel:{phone}"
    for email in mention.emails:
        if not model.is_hub("email", email):
            yield f"mail:{email}"


def _number_keys(mention: Mention, areas: list[str], model: Model) -> Iterator[str]:
    for kind, number in (
        ("company_number", mention.company_number),
        ("vat_number", mention.vat_number),
        ("charity_number", mention.charity_number),
    ):
        if number and not model.is_hub(kind, number):
            yield from (f"num:{number}:{where}" for where in areas or [""])


def _door_keys(p: Premises, areas: list[str], beginnings: list[str], model: Model) -> Iterator[str]:
    if p.uprn:
        yield f"uprn:{p.uprn}"
    numbers = {p.low, p.high} - {0}
    for number in numbers:
        if p.postcode:
            yield f"door:{p.postcode}:{number}"
        if p.street:
            yield from _street_keys(number, p.street, areas, beginnings, model)
    if p.postcode and p.unit:
        yield f"unit:{p.postcode}:{p.unit}"
    if p.unit and p.street and not numbers:
        yield from (f"unit:{p.unit}:{p.street}:{where}" for where in areas)
    if p.postcode and not numbers and p.building:
        yield f"site:{p.postcode}:{p.building[0]}"


def _street_keys(number: int, street: str, areas: list[str], beginnings: list[str], model: Model) -> Iterator[str]:
    initial = street.split()[-1][0]  # the letter that misspellings spare most
    yield from (f"street:{number}:{initial}:{where}" for where in areas)
    if not model.is_hub("street", street):  # every town has a High Street
        yield from (f"street:{number}:{street}:{beginning}" for beginning in beginnings)


def _gap_keys(p: Premises) -> Iterator[str]:
    """The one without its number and the one without its name meet here: few records lack either."""
    if p.postcode:
        yield f"gap:{p.postcode}"
    if p.street:
        yield from (f"gap:{p.street}:{place}" for place in sorted(p.places))


def _name_keys(name: NameForm, p: Premises | None, areas: list[str], model: Model) -> Iterator[str]:
    words = _telling(name, model)
    if p and p.postcode:
        yield from (f"at:{p.postcode}:{word[:_STEM]}" for word in words)
    pair = _pair(words)
    if p and p.street:
        yield from (f"on:{p.street}:{word[:_STEM]}:{where}" for word in words for where in areas)
        if not model.is_hub("street", p.street):
            yield f"on:{p.street}:{pair}"
    yield from (f"name:{pair}:{where}" for where in areas)
    if sum(map(model.rarity, name.words)) >= 2 * model.unseen_term:
        yield from (f"name:{'-'.join(sorted(name.words))}:{door}" for door in _doors(p))
