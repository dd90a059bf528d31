"""The words by which a record is found, each with the field it stands in."""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, islice
from typing import NamedTuple

from services.linker.domain.normalise import Mention, NameForm, Premises
from services.linker.domain.normalise.words import fold, split_words
from services.linker.domain.search.standing import standing

PHONE_ENDING = 6
# Nearly every address has one of these: they find nothing, and what is found needs no such word.
COMMON_TYPES = frozenset({"street", "road", "avenue", "lane", "drive", "close"})
LONGEST_WORD = 40
# What is found whole or not at all.
WHOLE_FIELDS = frozenset(
    {
        "reference",
        "postcode",
        "postcode district",
        "phone number",
        "e-mail address",
        "web or e-mail domain",
        "company number",
        "VAT number",
        "charity number",
        "licence number",
    }
)
_MOST_WORDS = 80
_LONGEST_JOINED = 24
_NAME_FIELDS = {"former": "former name", "address": "name in the address"}


class Said(NamedTuple):
    """A word in lower case without accents, and the field of the record that holds it, as an officer would call it."""

    field: str
    word: str


def words_of(mention: Mention, source_ref: str, sector: str | None) -> frozenset[str]:
    """Every word to find the record by, with the one for where it stands."""
    found = (words for _, words in _said(mention, source_ref, sector))
    words = {word[:LONGEST_WORD] for word in islice(filter(None, chain.from_iterable(found)), _MOST_WORDS)}
    if stands := standing(mention):
        words.add(stands)
    return frozenset(words)


def said(mention: Mention, source_ref: str, sector: str | None) -> list[Said]:
    """From this record alone; at most 80, names first."""
    found = ((field, word) for field, words in _said(mention, source_ref, sector) for word in words if word)
    return [Said(field, word[:LONGEST_WORD]) for field, word in islice(found, _MOST_WORDS)]


@lru_cache(maxsize=4096)
def source_of(agency: str, category: str) -> int:
    """A number for what one sharing rule lets through, so that words are kept apart by who may read them."""
    return int.from_bytes(blake2b(f"{agency}\0{category}".encode(), digest_size=6).digest())


def compact(text: str) -> str:
    """Letters and digits of a reference, however it was punctuated."""
    folded = fold(text)
    return folded if folded.isalnum() else "".join(sign for sign in folded if sign.isalnum())


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


def _said(mention: Mention, source_ref: str, sector: str | None) -> Iterator[tuple[str, Sequence[str]]]:
    """Fields with their words, of which some may be empty."""
    for name in mention.names:
        yield _NAME_FIELDS.get(name.kind, "name"), _words_of_name(name)
    yield "reference", (identifier(compact(source_ref)),)
    if mention.premises:
        yield from _premises(mention.premises)
    yield from _numbers(mention)
    for person in mention.people:
        yield f"{person.role or 'person'}'s name", sorted(person.tokens)
    yield "type of business", sector_words(sector)


def _words_of_name(name: NameForm) -> tuple[str, ...]:
    joins = len(name.tokens) > 1 and len(name.joined) <= _LONGEST_JOINED
    return (*name.tokens, name.joined) if joins else name.tokens


def _premises(p: Premises) -> Iterator[tuple[str, Sequence[str]]]:
    yield "building", p.building
    yield "street", (*p.street.split(), "" if p.street_type in COMMON_TYPES else p.street_type)
    if p.high:
        yield "number in the street", _words_of_number(p)
    yield "unit", p.unit.split()
    yield "town", " ".join(sorted(p.places)).split()
    yield "postcode", (identifier(p.postcode),)
    yield "postcode district", (p.outward.lower(),)


def _words_of_number(p: Premises) -> list[str]:
    numbers = dict.fromkeys(filter(None, (p.low, p.high)))
    return [f"{number}{suffix}" for number in numbers for suffix in dict.fromkeys(("", p.suffix))]


def _numbers(mention: Mention) -> Iterator[tuple[str, Sequence[str]]]:
    for phone in sorted(mention.phones):
        yield "phone number", (identifier(phone),)
        yield "end of a phone number", (phone_ending(phone),)
    yield "e-mail address", _identifiers(mention.emails)
    yield "web or e-mail domain", _identifiers(mention.domains)
    yield "company number", (identifier(mention.company_number),)
    yield "VAT number", (identifier(mention.vat_number),)
    yield "charity number", (identifier(mention.charity_number),)
    yield "licence number", _identifiers(mention.licence_numbers)


def _identifiers(texts: Collection[str]) -> list[str]:
    return list(map(identifier, sorted(texts))) if texts else []
