"""What somebody typed into one box, as terms: words, numbers, a postcode, an e-mail address."""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from services.linker.domain.normalise.contacts import phone_digits, web_domain
from services.linker.domain.normalise.names import name_form
from services.linker.domain.normalise.postcode import parse_postcode
from services.linker.domain.normalise.words import STREET_TYPES, fold, split_words
from services.linker.domain.search.said import (
    COMMON_TYPES,
    LONGEST_WORD,
    PHONE_ENDING,
    compact,
    identifier,
    phone_ending,
)

MOST_TERMS = 10
_LONGEST = 200
_SHORTEST_REFERENCE = 5
_FEWEST_DIGITS = 3
_POSTCODE = re.compile(r"(?<![0-9A-Z])[A-Z]{1,2}[0-9OI][0-9A-Z]?\s?[0-9OI][A-Z0-9]{2}(?![0-9A-Z])", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_REFERENCE = re.compile(r"(?<!\S)(?=\S*[A-Za-z])\S*\d\S*(?!\S)")
_SIGNED = re.compile(r"(?<!\S)\d+(?:[/.-]\d+)+(?!\S)")
_DOMAIN = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_PHONE = re.compile(r"(?<![0-9A-Za-z/])\+?\(?\d(?:[\s()-]*\d){5,}(?![0-9A-Za-z])")
_SIGNS = {form for sign in COMMON_TYPES for form in STREET_TYPES[sign]} | {"flat", "flats", "unit", "units"}


class Kind(StrEnum):
    word = "word"
    number = "number"
    postcode = "postcode"
    email = "e-mail address"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was typed. `words` find it exactly, `loosely` in part; `is_last` may still be being typed."""

    text: str
    kind: Kind
    words: tuple[str, ...]
    loosely: tuple[str, ...] = ()
    is_last: bool = False


def typed(text: str) -> tuple[Term, ...]:
    """At most ten terms, none for a text of signs. What is alike is taken once."""
    rest = text[:_LONGEST]
    found: list[Term] = []
    for pattern, read in _PATTERNS:
        rest = pattern.sub(lambda match, read=read: _taken(found, read(match[0]), match[0]), rest)  # type: ignore[misc]
    found += _words(rest)
    return tuple({term.words: term for term in found}.values())[:MOST_TERMS]


def _taken(found: list[Term], term: Term | None, text: str) -> str:
    if term is None:
        return text
    found.append(term)
    return " "


def _email(text: str) -> Term:
    return Term(text, Kind.email, _whole(text))


def _postcode(text: str) -> Term | None:
    postcode, _, _ = parse_postcode(text)
    is_one = postcode and any(sign.isdigit() for sign in text)  # repaired, Booze would be B0 0ZE
    return Term(text, Kind.postcode, _whole(postcode)) if is_one else None


def _phone(text: str) -> Term:
    """Six digits and more may also be the number of a company or a licence."""
    digits = compact(text)
    words = _whole(phone_digits(text), digits, digits.zfill(8))
    return Term(text.strip(), Kind.number, words, (phone_ending(digits),) if len(digits) >= PHONE_ENDING else ())


def _domain(text: str) -> Term | None:
    domain = web_domain(text)
    return Term(text, Kind.email, _whole(domain)) if domain else None


def _whole(*identifiers: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identifier(text)[:LONGEST_WORD] for text in identifiers if text))


def _words(rest: str) -> list[Term]:
    words = _plain_words(rest)
    last = _being_typed(rest)
    beside = _written_together(words)
    return [Term(word, Kind.word, (word, *beside.get(word, ())), is_last=word == last) for word in words]


def _being_typed(rest: str) -> str:
    words = split_words(fold(rest)) if rest and rest[-1].isalnum() else []
    return words[-1] if words else ""


def _plain_words(text: str) -> list[str]:
    """Without fillers and legal forms, and without "street", "unit" and the like, unless nothing else is left."""
    words = [word[:LONGEST_WORD] for word in name_form("", text).tokens] or split_words(fold(text))
    telling = [word for word in words if word not in _SIGNS]
    return list(dict.fromkeys(telling or words))


def _written_together(words: list[str]) -> dict[str, tuple[str, ...]]:
    """Blue Door may stand as Bluedoor."""
    joined: dict[str, tuple[str, ...]] = {}
    for first, second in pairwise(words):
        if first.isalpha() and second.isalpha():
            for word in (first, second):
                joined[word] = (*joined.get(word, ()), first + second)
    return joined


def _reference(text: str) -> Term | None:
    """Letters or signs among three digits and more: SC123456, PI/000123."""
    word = compact(text)
    if sum(sign.isdigit() for sign in word) < _FEWEST_DIGITS or len(word) < _SHORTEST_REFERENCE:
        return None
    return Term(text, Kind.number, _whole(word))


# In the order in which they are looked for: what one takes, the next does not see.
_PATTERNS = (
    (_EMAIL, _email),
    (_POSTCODE, _postcode),
    (_REFERENCE, _reference),
    (_PHONE, _phone),
    (_SIGNED, _reference),
    (_DOMAIN, _domain),
)
