"""Addresses as parts or as one string → premises.

A missing number, name or postcode is normal. The first part may be the name of the business; it is handed back as such.
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from services.linker.domain.normalise.mention import Premises
from services.linker.domain.normalise.names import name_form
from services.linker.domain.normalise.parts import Draft, look_behind, read_part
from services.linker.domain.normalise.postcode import NONE, cut_postcode, is_british, parse_postcode
from services.linker.domain.normalise.tenement import is_scottish
from services.linker.domain.normalise.words import BROAD_PLACES, DIRECTIONS, NEW_YORK, SITE_WORDS, fold, split_words
from shared.contracts.record import Address

_LONGEST_ADDRESS = 1000
_MOVED = re.compile("[–—\n\r;()]")
_MOVED_SIGNS = str.maketrans({"–": "-", "—": "-", "\n": ",", "\r": ",", ";": ",", "(": " ", ")": " "})


def premises_of(address: Address | None, known_names: Collection[str]) -> tuple[Premises | None, str]:
    """(premises, leading part that may be the name of the business). `known_names` are joined names of the record."""
    if address is None:
        return None, ""
    said = ", ".join(address.lines)[:_LONGEST_ADDRESS]  # what takes milliseconds here takes seconds of a whole page
    text, found = cut_postcode(said.translate(_MOVED_SIGNS) if _MOVED.search(said) else said)
    full, outward, _ = _postcode(address.postcode, found)
    scottish = outward[:1].isalpha() and is_scottish(outward)
    draft = Draft(known_names, is_british(full), scottish, len(outward) == 4 and outward.isdigit())
    for part in text.split(","):
        read_part(draft, _folded(part))
    if draft.street is None and draft.number is None and not draft.british:
        look_behind(draft)
    named = draft.named if draft.street or draft.number or len(draft.before) > 1 else ""
    if draft.street is None and len(draft.before) > 1:
        draft.places += draft.before[1:]
        draft.before = draft.before[:1]
    premises = _premises(draft, address, found or draft.code.upper())
    return (premises if _says_anything(premises) else None), named


def _premises(draft: Draft, address: Address, found: str) -> Premises:
    postcode, outward, sector = _postcode(address.postcode, found)
    low, high, suffix = draft.number or draft.behind or (0, 0, "")
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
    places = frozenset(filter(None, map(_place, [*parts, *towns])))
    return places | {NEW_YORK} if town and town.lower().startswith(NEW_YORK) else places


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
