"""The parts of an address, read one by one from left to right: what each is depends on those before it."""

import re
from collections.abc import Collection
from functools import lru_cache

from services.linker.domain.normalise.door import (
    Number,
    as_unit,
    both_units,
    cut_position,
    cut_unit,
    is_rooms_above,
    number_behind,
    number_inside,
    read_number,
)
from services.linker.domain.normalise.names import name_form
from services.linker.domain.normalise.postcode import code_before_town
from services.linker.domain.normalise.sites import is_site, names_no_business
from services.linker.domain.normalise.street import Street, read_street
from services.linker.domain.normalise.tenement import cut_flat, cut_unit_in_front
from services.linker.domain.normalise.words import BROAD_PLACES, STREET_TYPES

_LONGEST_LIST = 30
_TYPES_OF_PLACES = frozenset({"green", "hill", "grove", "gardens", "wharf", "quay", "court"})  # Notting Hill
_NO_PLACE = re.compile(
    r"^(?:p\s?o\s+box\b|street record$|c/o [^0-9]*$|care of [^0-9]*$|(?:n/?a|not known|unknown)$"
    r"|(?:mobile|peripatetic)(?: (?:trader|business|caterer|catering|unit|premises|only))?$|no fixed (?:address|abode)$"
    r"|various(?: (?:locations|sites|addresses|premises))?$|(?:private )?address (?:withheld|not known|unknown)$"
    r"|private (?:address|residence)$)"
)


class Draft:
    """What has been understood so far, reading from left to right. `named` is the part that may name the business;
    `behind` a number that stands behind the street, unless another street follows; `code` a postcode before a town;
    `british`: by its postcode, so that it has neither of them but behind a street that shows itself by its type;
    `scottish` by its too; `overseas`: a postcode of four digits, as in Australia."""

    def __init__(self, known_names: Collection[str], british: bool, scottish: bool, overseas: bool) -> None:
        self.known_names = known_names
        self.british = british
        self.scottish = scottish
        self.overseas = overseas
        self.unit = self.code = self.named = ""
        self.number: Number | None = None
        self.behind: Number | None = None
        self.street: Street | None = None
        self.before: list[str] = []
        self.places: list[str] = []


def read_part(draft: Draft, part: str) -> None:
    part = _read_unit(draft, part)
    if not part or _NO_PLACE.match(part):
        return
    if not draft.british:
        part = _read_code(draft, part)
    if not draft.number and not draft.street:
        part = _read_flat(draft, part)
    number, rest = read_number(part)
    if number and not draft.street and not draft.number:
        _take_street_in_front(draft, rest)
    if draft.street and _belongs_to(draft.street, draft, part, number, rest):
        return
    if number:
        _take_number(draft, number)
        _take_street(draft, read_street(_read_position(draft, rest), numbered=True))
    elif _take_street_before_its_number(draft, part):
        return
    elif inside := number_inside(part):
        before, number, rest = inside
        _read_before(draft, before)
        _take_number(draft, number)
        _take_street(draft, read_street(rest, numbered=True))
    elif not _is_known_name(draft, part):
        street = read_street(part, numbered=False)
        _take_street(draft, street) if street else _read_before(draft, part)


def _read_code(draft: Draft, part: str) -> str:
    """The part without a postcode in front: 75008 Paris stands behind a street, whether or not that showed itself."""
    code, town = code_before_town(part)
    if not code or read_street(town, numbered=False):
        return part
    if not draft.street:
        look_behind(draft)
    if draft.street and not draft.code:
        draft.code, part = code, town
    return part


def _read_flat(draft: Draft, part: str) -> str:
    flat, rest = cut_unit_in_front(part) if draft.overseas else cut_flat(part, draft.scottish)
    if not flat or _is_known_name(draft, part):
        return part
    draft.unit = both_units(draft.unit, flat)
    return rest


def _belongs_to(street: Street, draft: Draft, part: str, number: Number | None, rest: str) -> bool:
    """Whether a part behind a street is its number or a place. The Drayton Court, 2 The Avenue: what sounded like a
    street was a name, since another follows."""
    if draft.number and _is_numbered_site(street, rest if number else part, number is not None):
        _take_site(street, draft, draft.number)
        return False
    if number and not draft.number:
        if draft.behind or not street.leads:
            _take_street_for_building(street, draft)
            return False
        draft.behind, part = number, rest.strip(" -")
    if part:
        draft.places.append(part)
    return True


def _is_numbered_site(street: Street, behind: str, numbered: bool) -> bool:
    """14 Trelawney House, High Street; 4 The Parade, 114 High Street: the first number is that of a unit."""
    if not numbered and not is_site(f"{street.name} {street.type}"):
        return False
    road = read_street(behind, numbered=False)
    if road is None or road.leads or road.name == street.name or not road.type:
        return False
    return numbered or road.type not in _TYPES_OF_PLACES


def _take_site(street: Street, draft: Draft, number: Number) -> None:
    named = f"{street.name} {street.type}".strip()
    if named.split()[-1] in STREET_TYPES or is_site(named):  # the number of 4 Seasons Kitchen is of no door
        draft.unit = both_units(draft.unit, as_unit(number))
    draft.before.append(named)
    draft.street = draft.number = None


def _is_known_name(draft: Draft, part: str) -> bool:
    """Whether the address repeats the name of the business: Round Square Restaurant is no square."""
    return bool(draft.known_names) and _joined(part) in draft.known_names


@lru_cache(maxsize=65_536)
def _joined(part: str) -> str:
    return name_form("", part).joined


def _take_number(draft: Draft, number: Number) -> None:
    """The number, or a further one: 12, 14 and 16 High Street is 12 to 16, but 11, The Maltings, 14 High Street unit 11
    at number 14."""
    first = draft.number
    if first is None:
        draft.number = number
    elif not draft.before and first.low < number.high <= first.low + _LONGEST_LIST:
        draft.number = first._replace(high=number.high)
    elif number.low:
        draft.unit = both_units(draft.unit, as_unit(first))
        draft.number = number


def _take_street(draft: Draft, street: Street | None) -> None:
    if street is None:
        return
    draft.street = street
    draft.unit = draft.unit or street.unit
    if street.before:
        _read_before(draft, street.before)
    if after := _read_position(draft, street.after):
        draft.places.append(after)


def _take_street_before_its_number(draft: Draft, part: str) -> bool:
    """Hauptstr. 5a, Main St 123: a street that shows itself by its type, with a number behind it."""
    behind = number_behind(part)
    street = read_street(behind[0], numbered=True) if behind else None
    if behind and street and street.type:
        _take_street(draft, street)
        draft.behind = behind[1]
        return True
    return False


def _take_street_in_front(draft: Draft, rest: str) -> None:
    """Via Roma, 3: the part before the number, if it begins with the type of a street and none stands behind."""
    if not draft.before or (rest and read_street(rest, numbered=False)):
        return
    street = read_street(draft.before[-1], numbered=True)
    if street and street.leads:
        draft.street = street
        draft.named = "" if draft.named == draft.before.pop() else draft.named


def look_behind(draft: Draft) -> None:
    """Where no part shows itself to be a street, the first with a number behind it: Piccadilly 12."""
    for i, part in enumerate(draft.before):
        if behind := number_behind(part):
            draft.street, draft.behind = read_street(behind[0], numbered=True), behind[1]
            draft.places = draft.before[i + 1 :] + draft.places
            draft.before = draft.before[:i]
            draft.named = "" if draft.named == part else draft.named
            return


def _take_street_for_building(street: Street, draft: Draft) -> None:
    _read_before(draft, f"{street.name} {street.type}".strip())
    draft.street = draft.behind = None


def _read_unit(draft: Draft, part: str) -> str:
    """The part without its unit and its position in the building."""
    before, unit, part = cut_unit(part)
    draft.unit = both_units(draft.unit, unit)
    if before:
        read_part(draft, before)
    return _read_position(draft, part)


def _read_position(draft: Draft, part: str) -> str:
    if _is_known_name(draft, part) and not is_rooms_above(part):
        return part
    position, part = cut_position(part)
    draft.unit = both_units(draft.unit, position)
    return part


def _read_before(draft: Draft, part: str) -> None:
    """A part in front of the street: the site, or the name of the business where the record gives none."""
    part = cut_position(part)[1]
    if not part or part in BROAD_PLACES or _is_known_name(draft, part):
        return
    if not draft.before and not draft.unit and not part.isdigit() and not names_no_business(part):
        draft.named = part
    draft.before.append(part)
