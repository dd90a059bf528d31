"""The words by which a record is found, each with the field it stands in."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from services.linker.domain.normalise import Mention, NameForm, Premises
from services.linker.domain.normalise.words import fold, split_words
from services.linker.domain.search.standing import standing

PHONE_ENDING = 6
LONGEST_WORD = 40
_MOST_WORDS = 80
_LONGEST_JOINED = 24
_NAME_FIELDS = {"former": "former name", "address": "name in the address"}


class Said(NamedTuple):
    """A word in lower case without accents, and the field of the record that holds it, as an officer would call it."""

    field: str
    word: str


def words_of(mention: Mention, source_ref: str, sector: str | None) -> frozenset[str]:
    """Every word to find the record by, with the one for where it stands."""
    words = [word for _, word in _bounded(mention, source_ref, sector)]
    return frozenset(filter(None, (*words, standing(mention))))


def said(mention: Mention, source_ref: str, sector: str | None) -> list[Said]:
    """From this record alone; at most 80, names first."""
    return [Said(field, word) for field, word in _bounded(mention, source_ref, sector)]


def _bounded(mention: Mention, source_ref: str, sector: str | None) -> Iterator[tuple[str, str]]:
    found = ((field, word[:LONGEST_WORD]) for field, word in _said(mention, source_ref, sector) if word)
    return islice(found, _MOST_WORDS)


@lru_cache(maxsize=4096)
def source_of(agency: str, category: str) -> int:
    """A number for what one sharing rule lets through, so that words are kept apart by who may read them."""
    return int.from_bytes(blake2b(f"{agency}\0{category}".encode(), digest_size=6).digest())


def compact(text: str) -> str:
    """Letters and digits of a reference, however it was punctuated."""
    return "".join(sign for sign in fold(text) if sign.isalnum())


def identifier(text: str) -> str:
    """A number, postcode or address for mail, marked: it is found whole, and is no neighbour of any word."""
    return f"={text.lower()}" if text else ""


def phone_ending(digits: str) -> str:
    return f"#{digits[-PHONE_ENDING:]}"


@lru_cache(maxsize=4096)
def sector_words(sector: str | None) -> tuple[str, ...]:
    """Words of a type of business, singular: Takeaway/sandwich shops → sandwich, shop, takeaway."""
    return tuple(sorted({_singular(word) for word in split_words(fold(sector or "")) if len(word) > 1}))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _said(mention: Mention, source_ref: str, sector: str | None) -> Iterator[tuple[str, str]]:
    for name in mention.names:
        yield from _name(name)
    yield "reference", identifier(compact(source_ref))
    if mention.premises:
        yield from _premises(mention.premises)
    yield from _numbers(mention)
    for person in mention.people:
        yield from ((f"{person.role or 'person'}'s name", word) for word in sorted(person.tokens))
    yield from (("type of business", word) for word in sector_words(sector))


def _name(name: NameForm) -> Iterator[tuple[str, str]]:
    field = _NAME_FIELDS.get(name.kind, "name")
    yield from ((field, word) for word in name.tokens)
    if len(name.tokens) > 1 and len(name.joined) <= _LONGEST_JOINED:
        yield field, name.joined


def _premises(p: Premises) -> Iterator[tuple[str, str]]:
    yield from (("building", word) for word in p.building)
    yield from (("street", word) for word in p.street.split())
    for number in dict.fromkeys((p.low, p.high)):
        if number:
            yield "number in the street", str(number)
            if p.suffix:
                yield "number in the street", f"{number}{p.suffix}"
    yield from (("unit", word) for word in p.unit.split())
    yield from (("town", word) for place in sorted(p.places) for word in place.split())
    yield "postcode", identifier(p.postcode)
    yield "postcode district", p.outward.lower()


def _numbers(mention: Mention) -> Iterator[tuple[str, str]]:
    for phone in sorted(mention.phones):
        yield "phone number", identifier(phone)
        yield "end of a phone number", phone_ending(phone)
    yield from (("e-mail address", identifier(email)) for email in sorted(mention.emails))
    yield from (("web or e-mail domain", identifier(domain)) for domain in sorted(mention.domains))
    yield "company number", identifier(mention.company_number)
    yield "VAT number", identifier(mention.vat_number)
    yield "charity number", identifier(mention.charity_number)
    yield from (("licence number", identifier(number)) for number in sorted(mention.licence_numbers))
