"""Premises: door and area judged jointly, since number, street, town and postcode are not independent.

The level is "door.area": how the doors compare (unit, number, building, street) within how the areas compare.
"""

import re

from rapidfuzz.distance import OSA, Levenshtein

from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.compare.positions import as_positioned
from services.linker.domain.compare.ringing import ONE_TELEPHONE, as_it_rings
from services.linker.domain.compare.streets import OTHER, OTHER_TYPE, SAME, UNSAID, alike, compare_streets, street_words
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention, Premises
from services.linker.domain.normalise.door import ABOVE
from services.linker.domain.normalise.words import NEW_YORK

_UNITS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_AREAS_THAT_AGREE = frozenset({"postcode", "near", "district", "town"})  # each has a Station Yard Shopping Centre
_ABOVE = f"{ABOVE} "
_LARGE = frozenset({NEW_YORK})
_NOWHERE = Premises()
_NOTHING_SAID = "unsaid.unsaid"


def _measure(a: Mention, b: Mention, model: Model) -> Finding | None:
    p, q = a.premises, b.premises
    if p is None or q is None:
        if a.position is None or b.position is None:
            return None
        p, q = p or _NOWHERE, q or _NOWHERE
    if p.uprn and p.uprn == q.uprn:
        level = "same_uprn" if _units(p, q) != OTHER else "other_unit.postcode"
    else:
        level = as_positioned(premises_level(p, q), a, b)
        if level == _NOTHING_SAID and _NOWHERE in (p, q):
            return None
        if a.phones and a.phones & b.phones:
            level = as_it_rings(level, a, b, model)
    return Finding(level, model.weights["premises"][level], p.text, q.text)


def premises_level(p: Premises, q: Premises) -> str:
    """door.area, e.g. "same_door.postcode", "other_number.near", "unsaid.town"."""
    area = _area(p, q)
    door = _door(p, q, area)
    if door == area == "unsaid" and NEW_YORK in p.places and NEW_YORK in q.places:
        area = "town"
    return f"{door}.{area}"


def _area(p: Premises, q: Premises) -> str:
    shared = p.places & q.places
    shares_place = bool(shared) and shared != _LARGE
    if p.postcode and q.postcode:
        if p.postcode == q.postcode:
            return "postcode"
        if p.outward == q.outward or Levenshtein.distance(p.postcode, q.postcode, score_cutoff=1) <= 1:
            return "near"
        return "other_district" if shares_place else "elsewhere"
    if p.outward and q.outward:
        if _same_district(p, q):
            return "district"
        return "town" if shares_place else "elsewhere"
    if shares_place or _place_behind_street(p, q) or _place_behind_street(q, p):
        return "town"
    towns_differ = p.places - _LARGE and q.places - _LARGE and not _share_spelling(p, q)
    return "other_town" if towns_differ else "unsaid"


def _place_behind_street(p: Premises, q: Premises) -> bool:
    """Whether the one runs on from its street to the other's town: 12 Cheapside Barnsley."""
    return " " in p.street and not p.places and any(p.street.endswith(f" {place}") for place in q.places)


def _share_spelling(p: Premises, q: Premises) -> bool:
    """Whether they may mean one place: alike but for spelling, or West Hollywood and Hollywood."""
    return any(x in y or y in x or alike(x, y) for x in p.places for y in q.places)


def _same_district(p: Premises, q: Premises) -> bool:
    """Outward codes or ZIPs that agree, two digits perhaps exchanged, and sectors that do not contradict each other."""
    if p.outward == q.outward:
        return not (p.sector and q.sector and p.sector != q.sector)
    return p.outward.isdigit() and sorted(p.outward) == sorted(q.outward) and OSA.distance(p.outward, q.outward) == 1


def _door(p: Premises, q: Premises, area: str) -> str:
    if area in _AREAS_THAT_AGREE and (_is_unit_of_site(p, q) or _is_unit_of_site(q, p)):
        return "same_door"
    street = compare_streets(p, q)
    if p.low and q.low:
        return _numbered_door(p, q, street, area)
    if street in (OTHER, OTHER_TYPE):
        return "other_street"
    if p.building and q.building:
        if _buildings(p, q):
            return _inside("same_door" if area in _AREAS_THAT_AGREE or street == SAME else "no_number", p, q)
        if not (p.low or q.low or frozenset(p.building) & frozenset(q.building)):
            return "other_building"
    if _unit_is_number(p, q) and street == SAME:
        return "same_door"
    if street == SAME or area == "postcode":
        units = _units(p, q)
        if units:
            return "same_unit" if units == SAME and not (p.low or q.low) else _inside("no_number", p, q)
    return "no_number" if street == SAME else "unsaid"


def _numbered_door(p: Premises, q: Premises, street: int, area: str) -> str:
    overlap = p.low <= q.high and q.low <= p.high
    if street == OTHER_TYPE and overlap and area != "postcode":
        return "other_type"
    if street in (OTHER, OTHER_TYPE) and not (overlap and area == "postcode"):
        return "same_number" if p.low == q.low and p.suffix == q.suffix else "other_street"
    if not overlap:
        if street == SAME and _misread(p.low, q.low):
            return "number_misread"
        on_one = street == SAME or area == "postcode" or (street == UNSAID and _one_site(p, q))
        return "other_number" if on_one else "other_street"
    if p.suffix and q.suffix and p.suffix != q.suffix:
        return "other_unit"
    if p.low == q.low and p.high == q.high:
        return _inside("same_door", p, q)
    return _inside("door_in_range", p, q)


def _misread(number: int, other: int) -> bool:
    """A digit too many or two exchanged (12, 112; 14, 41); another digit only in long numbers: neighbours differ so."""
    left, right = str(number), str(other)
    if sorted(left) == sorted(right):
        return OSA.distance(left, right) == 1
    longest = max(len(left), len(right))
    return longest > (2 if len(left) == len(right) else 1) and Levenshtein.distance(left, right) == 1


def _inside(door: str, p: Premises, q: Premises) -> str:
    """The door refined by units: the same, another, or said by one alone."""
    units = _units(p, q)
    if units == OTHER:
        return "other_unit"
    if units == SAME and door == "same_door":
        return "same_unit"
    if door == "same_door" and (p.unit or q.unit or p.suffix != q.suffix):
        return "door_unit_unsaid"
    return door


def _units(p: Premises, q: Premises) -> int:
    """What is above the shop is not the shop, which need not say that it is below."""
    if not (p.unit and q.unit):
        return OTHER if (p.unit or q.unit).startswith(ABOVE) else UNSAID
    if p.unit.removeprefix(_ABOVE) == q.unit.removeprefix(_ABOVE):
        return SAME
    return UNSAID if _share_a_unit(p.unit, q.unit) else OTHER


def _share_a_unit(unit: str, other: str) -> bool:
    """Units 6-8 and unit 6; not flat 2-1, which is the first on the second floor."""
    if "-" not in unit and "-" not in other:
        return False
    x, y = _UNITS.fullmatch(unit), _UNITS.fullmatch(other)
    if x is None or y is None:
        return False
    (low, high), (from_, to) = ((int(found[1]), int(found[2] or found[1])) for found in (x, y))
    return max(low, from_) <= min(high, to)


def _is_unit_of_site(p: Premises, q: Premises) -> bool:
    """4 The Parade, 114 High Street is 4 The Parade."""
    if not (p.unit and p.building and q.low and q.street) or p.unit != _number(q):
        return False
    words, building = street_words(q), frozenset(p.building)
    return words <= building or alike(" ".join(p.building), f"{q.street} {q.street_type}")


def _unit_is_number(p: Premises, q: Premises) -> bool:
    """Unit 3B King Street is 3B King Street."""
    return (bool(q.low) and p.unit == _number(q)) or (bool(p.low) and q.unit == _number(p))


def _number(p: Premises) -> str:
    """As a unit is written."""
    return f"{p.low}{p.suffix}" if p.low == p.high else f"{p.low}-{p.high}{p.suffix}"


def _one_site(p: Premises, q: Premises) -> bool:
    return bool(p.building) and bool(q.building) and _buildings(p, q)


def _buildings(p: Premises, q: Premises) -> bool:
    words, others = frozenset(p.building), frozenset(q.building)
    return words <= others or others <= words


_DOORS = {
    "same_unit": "{left} and {right} are the same unit",
    "same_door": "{left} and {right} are the same address",
    "door_unit_unsaid": "{left} and {right} are the same building, and only one of them names a unit",
    "door_in_range": "{left} and {right} overlap in their numbers",
    "other_unit": "{left} and {right} are different units of one building",
    "no_number": "{left} and {right} are on the same street or site, and one of them has no number",
    "other_building": "{left} and {right} name different buildings",
    "other_number": "{left} and {right} have different numbers",
    "number_misread": "{left} and {right} have numbers that differ by one slip of the hand",
    "same_number": "{left} and {right} have one number, on different streets",
    "other_street": "{left} and {right} are different addresses",
    "other_type": "{left} and {right} have one number, on streets of one name but for Road, Avenue and the like",
    "unsaid": "{left} and {right} do not say enough to compare the doors",
}
_ONE_TELEPHONE = "{left} and {right} are different addresses with one name and one telephone, as of a corner house."
_AT_ONE_PLACE = frozenset({"same_unit", "same_door", "no_number"})
_AREAS = {
    "postcode": "; they have the same postcode",
    "near": "; their postcodes are near each other",
    "other_district": "; they are in the same town, and their postcodes in different districts",
    "district": "; their postcodes are the same as far as both give them",
    "town": "; they are in the same town",
    "telephone": "; no postcode or town agrees, but a telephone that they share rings at one place",
    "spot": "; their positions on the map are one spot",
    "apart": "; their positions on the map are kilometres apart",
    "unsaid": "; there is no postcode or town to compare",
    "other_town": "; the towns that they give differ",
    "elsewhere": "; they are in different postcode areas",
}


def _describe(found: Finding) -> str:
    if found.level == "same_uprn":
        return "Both have the same unique property reference number."
    if found.level == ONE_TELEPHONE:
        return _ONE_TELEPHONE.format(left=_quoted(found.left), right=_quoted(found.right))
    door, _, area = found.level.partition(".")
    if found.left and found.left.casefold() == found.right.casefold():
        if door in _AT_ONE_PLACE:
            return f"Both are at {found.left}."
        if door == "unsaid":
            return f"Both say only {_quoted(found.left)}, too little to compare the doors."
    return f"{_DOORS[door]}{_AREAS[area]}.".format(left=_quoted(found.left), right=_quoted(found.right))


def _quoted(address: str) -> str:
    """An address has commas of its own."""
    return f"“{address}”" if address else "an address that says nothing"


PREMISES = Comparator("premises", _measure, _describe)
