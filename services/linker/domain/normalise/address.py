"""Addresses as parts or as one string → premises.

A missing number, name or postcode is normal. The first part may be the name of the business; it is handed back as such.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from services.linker.domain.normalise.door import (
    Number,
    both_units,
    cut_position,
    cut_unit,
    is_rooms_above,
    number_inside,
    read_number,
)
from services.linker.domain.normalise.mention import Premises
from services.linker.domain.normalise.names import name_form
from services.linker.domain.normalise.postcode import NONE, cut_postcode, parse_postcode
from services.linker.domain.normalise.street import Street, read_street
from services.linker.domain.normalise.words import BROAD_PLACES, DIRECTIONS, SITE_WORDS, fold, split_words
from shared.contracts.record import Address

_LONGEST_ADDRESS = 1000
_LONGEST_RANGE = 200
_MOVED_SIGNS = str.maketrans({"–": "-", "—": "-", "\n": ",", "\r": ",", ";": ",", "(": " ", ")": " "})
_NO_PLACE = re.compile(
    r"^(?:p\s?o\s+box\b|street record$|c/o [^0-9]*$|care of [^0-9]*$|(?:n/?a|not known|unknown)$"
    r"|(?:mobile|peripatetic)(?: (?:trader|business|caterer|catering|unit|premises|only))?$|no fixed (?:address|abode)$"
    r"|various(?: (?:locations|sites|addresses|premises))?$|(?:private )?address (?:withheld|not known|unknown)$"
    r"|private (?:address|residence)$)"
)
_SITE_ENDS = frozenset({"estate", "building", "buildings", "floor", "floors"})
_SITE_KINDS = frozenset({"industrial", "trading", "business", "enterprise", "retail", "shopping", "trade", "science"})


@dataclass(slots=True)
class _Draft:
    """What has been understood so far, reading from left to right. `named` is the part that may name the business."""

    known_names: Collection[str]
    unit: str = ""
    number: Number | None = None
    street: Street | None = None
    named: str = ""
    before: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


def premises_of(address: Address | None, known_names: Collection[str]) -> tuple[Premises | None, str]:
    """(premises, leading part that may be the name of the business). `known_names` are joined names of the record."""
    if address is None:
        return None, ""
    said = ", ".join(address.lines)[:_LONGEST_ADDRESS]  # what takes milliseconds here takes seconds of a whole page
    text, found = cut_postcode(said.translate(_MOVED_SIGNS))
    draft = _Draft(known_names)
    for part in text.split(","):
        _read_part(draft, _folded(part))
    named = draft.named if draft.street or draft.number or len(draft.before) > 1 else ""
    if draft.street is None and len(draft.before) > 1:
        draft.places += draft.before[1:]
        draft.before = draft.before[:1]
    premises = _premises(draft, address, found)
    return (premises if _says_anything(premises) else None), named


def _premises(draft: _Draft, address: Address, found: str) -> Premises:
    postcode, outward, sector = _postcode(address.postcode, found)
    low, high, suffix = draft.number or (0, 0, "")
    street = draft.street
    return Premises(
        text=_readable(address, found),
        unit=draft.unit,
        low=low,
        high=high,
        suffix=suffix,
        building=_building(draft.before),
        street=street.name if street else "",
        street_type=street.type if street else "",
        places=_places(draft.places, address.town),
        postcode=postcode,
        outward=outward,
        sector=sector,
        uprn=(address.uprn or "").lstrip("0"),
    )


def _says_anything(p: Premises) -> bool:
    return bool(p.unit or p.low or p.street or p.building or p.places or p.outward or p.uprn)


def _postcode(given: str | None, found: str) -> tuple[str, str, str]:
    parsed = parse_postcode(given) if given else NONE
    return parsed if parsed != NONE or not found else parse_postcode(found)


def _readable(address: Address, found: str) -> str:
    parts = [*address.lines, address.town or "", "" if found else address.postcode or ""]
    return ", ".join([part.strip() for part in parts if part and part.strip()])


def _places(parts: Iterable[str], town: str | None) -> frozenset[str]:
    towns = map(_folded, town.split(",")) if town else ()
    return frozenset(filter(None, map(_place, [*parts, *towns])))


@lru_cache(maxsize=16_384)
def _place(folded: str) -> str:
    """A town or locality; "" for a county, a country, or what is no place. W. Hollywood → west hollywood."""
    name = " ".join(DIRECTIONS.get(word, word) for word in split_words(folded)).removesuffix(" city")
    return "" if name in BROAD_PLACES or name.endswith("shire") or name.replace(" ", "").isdigit() else name


def _building(before: list[str]) -> tuple[str, ...]:
    return tuple(word for part in before for word in _building_words(part))


@lru_cache(maxsize=65_536)
def _building_words(part: str) -> tuple[str, ...]:
    return tuple(SITE_WORDS.get(word, word) for word in name_form("", part).tokens)


@lru_cache(maxsize=65_536)
def _folded(part: str) -> str:
    return fold(part).strip(" .-")


def _read_part(draft: _Draft, part: str) -> None:
    part = _read_unit(draft, part)
    if not part or _NO_PLACE.match(part):
        return
    number, rest = read_number(part)
    if draft.street and number and not draft.number:
        _take_street_for_building(draft)
    if draft.street:
        draft.places.append(part)
    elif number:
        _take_number(draft, number)
        _take_street(draft, read_street(_read_position(draft, rest), numbered=True))
    elif inside := number_inside(part):
        before, number, rest = inside
        _read_before(draft, before)
        _take_number(draft, number)
        _take_street(draft, read_street(rest, numbered=True))
    elif not _is_known_name(draft, part):
        street = read_street(part, numbered=False)
        _take_street(draft, street) if street else _read_before(draft, part)


def _is_known_name(draft: _Draft, part: str) -> bool:
    """Whether the address repeats the name of the business: Round Square Restaurant is no square."""
    return bool(draft.known_names) and _joined(part) in draft.known_names


@lru_cache(maxsize=65_536)
def _joined(part: str) -> str:
    return name_form("", part).joined


def _take_number(draft: _Draft, number: Number) -> None:
    """The number, or a further one: 12, 14 and 16 High Street is 12 to 16."""
    if draft.number is None:
        draft.number = number
    elif draft.number.low < number.high <= draft.number.low + _LONGEST_RANGE:
        draft.number = draft.number._replace(high=number.high)


def _take_street(draft: _Draft, street: Street | None) -> None:
    if street is None:
        return
    draft.street = street
    draft.unit = draft.unit or street.unit
    if street.before:
        _read_before(draft, street.before)
    if after := _read_position(draft, street.after):
        draft.places.append(after)


def _take_street_for_building(draft: _Draft) -> None:
    """The Drayton Court, 2 The Avenue: what sounded like a street was a name, since a numbered one follows."""
    if draft.street:
        _read_before(draft, f"{draft.street.name} {draft.street.type}".strip())
    draft.street = None


def _read_unit(draft: _Draft, part: str) -> str:
    """The part without its unit and its position in the building."""
    before, unit, part = cut_unit(part)
    draft.unit = both_units(draft.unit, unit)
    if before:
        _read_part(draft, before)
    return _read_position(draft, part)


def _read_position(draft: _Draft, part: str) -> str:
    if _is_known_name(draft, part) and not is_rooms_above(part):
        return part
    position, part = cut_position(part)
    draft.unit = both_units(draft.unit, position)
    return part


def _read_before(draft: _Draft, part: str) -> None:
    """A part in front of the street: the site, or the name of the business where the record gives none."""
    part = cut_position(part)[1]
    if not part or part in BROAD_PLACES or _is_known_name(draft, part):
        return
    if not draft.before and not draft.unit and not part.isdigit() and not _is_site(part):
        draft.named = part
    draft.before.append(part)


@lru_cache(maxsize=65_536)
def _is_site(part: str) -> bool:
    """An industrial estate, a shopping centre: no business is called by that alone."""
    words = [SITE_WORDS.get(word, word) for word in split_words(part)]
    return bool(words) and (words[-1] in _SITE_ENDS or not _SITE_KINDS.isdisjoint(words[-2:-1]))
