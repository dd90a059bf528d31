"""A made-up county: towns, streets, premises and postcodes.

Outward codes use two-letter areas that have the form of a postcode area and that Royal Mail does not use (ZA, ZB …).
The county lies in the Atlantic, so that no real place is meant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from zlib import crc32

from joinedup.synthetic.numbers import Series
from joinedup.synthetic.words import words

COUNTY = "Kerrowshire"
_AREAS = tuple("Z" + letter for letter in "ABCDFGHJKLMNPQRSTUVW")
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_INWARD_CODES = 10 * len(_INWARD_LETTERS) ** 2
_POSTCODE_SPAN = 24  # house numbers that share one postcode
_SHARE_IN_COMPLEX = 0.1
_UNITS_PER_COMPLEX = 18
_SOUTH, _WEST = 48.0, -14.0
_TOWNS_IN_A_ROW = 50
_TOWN_DEGREES = 0.018  # from one town to the next: two kilometres
_STREET_DEGREES = 0.01
_ROOMS = ("First Floor", "Flat Above", "Rear Of", "Basement", *(f"Flat {label}" for label in "123456ABCDEF"))


class Place(NamedTuple):
    """One premises. `unit` is a flat, shop or unit inside `building` or inside the house number."""

    unit: str | None
    building: str | None
    number: str | None
    street: str
    town: str
    postcode: str

    @property
    def position(self) -> tuple[float, float]:
        """Degrees north and east: those of its postcode, near which it stands."""
        outward, _, inward = self.postcode.partition(" ")
        row, column = divmod(_town_index(outward), _TOWNS_IN_A_ROW)
        up, along = divmod(crc32(f"{inward}{self.street}".encode()), 2**16)
        north = _SOUTH + row * _TOWN_DEGREES + _STREET_DEGREES * up / 2**16
        return round(north, 6), round(_WEST + 1.5 * (column * _TOWN_DEGREES + _STREET_DEGREES * along / 2**16), 6)


@dataclass(slots=True)
class _Complex:
    name: str
    street: str
    postcode: str
    units: int = 0


class Town:
    """Streets and complexes that fill up as businesses move in."""

    def __init__(self, random: Random, index: int, businesses: int) -> None:
        self.name = town_name(index)
        self._random = random
        self._outward = f"{_AREAS[index % len(_AREAS)]}{1 + index // len(_AREAS) % 99}"
        self._inward = Series(random, _INWARD_CODES)
        self._postcodes: dict[tuple[str, int], str] = {}
        names = words("places")["streets"]
        self._streets = [names[0], *random.sample(names[1:], min(len(names) - 1, 3 + businesses // 12))]
        self._last_number = dict.fromkeys(self._streets, 0)
        self._taken: set[Place] = set()
        self._complexes = [self._complex() for _ in range(1 + businesses // (_UNITS_PER_COMPLEX * 7))]

    def place(self) -> Place:
        """Premises that nobody has had before."""
        return self._first_free(self._unit if self._random.random() < _SHARE_IN_COMPLEX else self._house)

    def beside(self, place: Place) -> Place:
        """Other premises in the building of `place`, free till now: the flat above, the other half, the next unit."""
        return self._first_free(lambda: self._room_beside(place))

    def _first_free(self, offer: Callable[[], Place]) -> Place:
        place = offer()
        while place in self._taken:
            place = offer()
        self._taken.add(place)
        return place

    def _room_beside(self, place: Place) -> Place:
        if place.building and place.unit and place.unit.startswith("Unit"):
            return place._replace(unit=f"{place.unit}{self._random.choice('ABCDEFGH')}")
        return place._replace(unit=self._random.choice(_ROOMS))

    def _house(self) -> Place:
        random = self._random
        street = self._streets[int(len(self._streets) * random.random() ** 1.6)]
        number = self._last_number[street] + random.randrange(1, 16)
        self._last_number[street] = number
        roll = random.random()
        text = f"{number}A" if roll < 0.05 else f"{number}-{number + 2}" if roll < 0.09 else str(number)
        building = random.choice(words("places")["buildings"]) if roll > 0.94 else None
        if roll > 0.98:
            return Place(None, building, None, street, self.name, self._postcode(street, number))
        return Place(None, building, text, street, self.name, self._postcode(street, number))

    def _unit(self) -> Place:
        at = self._random.choice(self._complexes)
        at.units += 1
        return Place(f"Unit {at.units}", at.name, None, at.street, self.name, at.postcode)

    def _complex(self) -> _Complex:
        lists, random = words("places"), self._random
        name = f"{random.choice(lists['complex.stems'])} {random.choice(lists['complex.suffixes'])}"
        street = random.choice(self._streets)
        return _Complex(name, street, self._postcode(name, 0))

    def _postcode(self, street: str, number: int) -> str:
        key = (street, number // _POSTCODE_SPAN)
        if key not in self._postcodes:
            self._postcodes[key] = f"{self._outward} {_inward(self._inward.next())}"
        return self._postcodes[key]


def _town_index(outward: str) -> int:
    """The inverse of how a town gets its outward code."""
    return (int(outward[2:]) - 1) * len(_AREAS) + _AREAS.index(outward[:2])


def town_name(index: int) -> str:
    """A name of its own for each of the first 2,800 towns."""
    lists = words("places")
    if index % 20 == 19:
        saints = lists["town.saints"]
        name, rest = f"St {saints[index // 20 % len(saints)]}", index // 20 // len(saints)
    else:
        prefixes, stems = lists["town.prefixes"], lists["town.stems"]
        rest, pair = divmod(index - index // 20, len(prefixes) * len(stems))
        row, column = divmod(pair, len(prefixes))
        name = prefixes[column] + stems[(row + 3 * column) % len(stems)]
    suffixes = ("", *lists["town.suffixes"])
    return f"{name} {suffixes[rest % len(suffixes)]}".strip()


def _inward(code: int) -> str:
    sector, pair = divmod(code, len(_INWARD_LETTERS) ** 2)
    first, second = divmod(pair, len(_INWARD_LETTERS))
    return f"{sector}{_INWARD_LETTERS[first]}{_INWARD_LETTERS[second]}"
