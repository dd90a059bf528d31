"""The words by which a record is found, each with the field it stands in."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from hashlib import blake2b
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


_Field = tuple[str, Sequence[str]]


class Said(NamedTuple):
    """A word in lower case without accents, and the field of the record that holds it, as an officer would call it."""

    field: str
    word: str


def words_of(mention: Mention, source_ref: str, sector: str | None) -> frozenset[str]:
    """Every word to find the record by, with the one for where it stands."""
    found = [word[:LONGEST_WORD] for _, words in _said(mention, source_ref, sector) for word in words if word]
    stands = standing(mention)
    return frozenset([*found[:_MOST_WORDS], stands] if stands else found[:_MOST_WORDS])


def said(mention: Mention, source_ref: str, sector: str | None) -> list[Said]:
    """From this record alone; at most 80, names first."""
    found = [(field, word) for field, words in _said(mention, source_ref, sector) for word in words if word]
    return [Said(field, word[:LONGEST_WORD]) for field, word in found[:_MOST_WORDS]]


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


def _said(mention: Mention, source_ref: str, sector: str | None) -> list[_Field]:
    """Fields with their words, of which some may be empty."""
    said: list[_Field] = [(_NAME_FIELDS.get(name.kind, "name"), _words_of_name(name)) for name in mention.names]
    said.append(("reference", (identifier(compact(source_ref)),)))
    if mention.premises:
        said += _premises(mention.premises)
    said += _numbers(mention)
    said += [(f"{person.role or 'person'}'s name", sorted(person.tokens)) for person in mention.people]
    said.append(("type of business", sector_words(sector)))
    return said


def _words_of_name(name: NameForm) -> tuple[str, ...]:
    joins = len(name.tokens) > 1 and len(name.joined) <= _LONGEST_JOINED
    return (*name.tokens, name.joined) if joins else name.tokens


def _premises(p: Premises) -> list[_Field]:
    return [
        ("building", p.building),
        ("street", (*p.street.split(), "" if p.street_type in COMMON_TYPES else p.street_type)),
        ("number in the street", _words_of_number(p) if p.high else ()),
        ("unit", p.unit.split()),
        ("town", " ".join(sorted(p.places)).split()),
        ("postcode", (identifier(p.postcode),)),
        ("postcode district", (p.outward.lower(),)),
    ]


def _words_of_number(p: Premises) -> list[str]:
    numbers = [number for number in ((p.low,) if p.low == p.high else (p.low, p.high)) if number]
    return [f"{number}{suffix}" for number in numbers for suffix in (("", p.suffix) if p.suffix else ("",))]


def _numbers(mention: Mention) -> list[_Field]:
    said: list[_Field] = []
    for phone in sorted(mention.phones):
        said.append(("phone number", (identifier(phone),)))
        said.append(("end of a phone number", (phone_ending(phone),)))
    return [
        *said,
        ("e-mail address", _identifiers(mention.emails)),
        ("web or e-mail domain", _identifiers(mention.domains)),
        ("company number", (identifier(mention.company_number),)),
        ("VAT number", (identifier(mention.vat_number),)),
        ("charity number", (identifier(mention.charity_number),)),
        ("licence number", _identifiers(mention.licence_numbers)),
    ]


def _identifiers(texts: Collection[str]) -> list[str]:
    return list(map(identifier, sorted(texts))) if texts else []
