"""Where records stand, and how far that is from a point.

A record that gives a position stands there. One that gives a full postcode and no position stands where the nearest
record of that postcode does which its reader sees.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, floor, hypot, radians
from typing import NamedTuple

from services.linker.domain.normalise import Mention, Point

_MARK = "@"
_UNITS = 100_000  # in a degree: one is about a metre
_ROW = 1000  # units from south to north, about a kilometre
_ROUND = 360 * _UNITS
_DEGREE = 111_195  # metres, on a globe of 6,371 km
_BEHIND = "~"
_POSTCODE = 18


class Stand(NamedTuple):
    """How far away a record stands, in metres. `about`: by its postcode alone."""

    metres: int
    about: bool

    @property
    def in_words(self) -> str:
        return f"{self.metres} metres away{', going by its postcode' if self.about else ''}."


class Away(NamedTuple):
    """What businesses near a point are sorted by."""

    metres: int
    business_id: str


@dataclass(frozen=True, slots=True)
class Around:
    """A point, and how far from it to look, in metres."""

    point: Point
    within: int


def standing(mention: Mention) -> str:
    """A word for where the record stands, to be kept with those it is found by; "" for nowhere that is known."""
    postcode = mention.premises.postcode.lower() if mention.premises else ""
    if mention.position is None:
        return by_postcode(postcode) if postcode else ""
    north, east = _units(mention.position)
    row, rest = divmod(round(north), _ROW)
    return f"{_MARK}{row:05d}{round(east):08d}{rest:03d}={postcode}"


def by_postcode(postcode: str) -> str:
    """The word of the records that stand where others of their postcode do."""
    return f"{_MARK}={postcode}"


def bands(point: Point, metres: int) -> list[tuple[str, str]]:
    """Words of records within so many metres lie from the first of one of these to before its second."""
    north, east = _units(point)
    high = metres / _DEGREE * _UNITS
    wide = high / _narrowed(point)
    west, east = max(0, floor(east - wide)), min(_ROUND, floor(east + wide) + 1)
    rows = range(max(0, floor((north - high) / _ROW)), floor((north + high) / _ROW) + 1)
    return [(f"{_MARK}{row:05d}{west:08d}", f"{_MARK}{row:05d}{east:08d}{_BEHIND}") for row in rows]


def stands(point: Point, metres: int, words: Sequence[tuple[int, str]]) -> tuple[dict[int, Stand], dict[str, Stand]]:
    """Of the records with these words: those within so many metres, and the nearest of each postcode. `words` are
    (record, word)."""
    away = _measure(point)
    records = {record: Stand(far, False) for record, word in words if (far := away(word)) <= metres}
    postcodes: dict[str, Stand] = {}
    for record, word in words:
        if (stand := records.get(record)) and (postcode := word[_POSTCODE:]):
            about = Stand(stand.metres, True)
            postcodes[postcode] = min(postcodes.get(postcode, about), about)
    return records, postcodes


def _measure(point: Point) -> Callable[[str], int]:
    """Metres to where a word stands; on a plane, which within a few kilometres is true to a metre."""
    narrowed, metre = _narrowed(point), _DEGREE / _UNITS
    north, east = _units(point)

    def away(word: str) -> int:
        up = int(word[1:6]) * _ROW + int(word[14:17]) - north
        return round(metre * hypot(up, (int(word[6:14]) - east) * narrowed))

    return away


def _units(point: Point) -> tuple[float, float]:
    return (point.north + 90) * _UNITS, (point.east + 180) * _UNITS


def _narrowed(point: Point) -> float:
    """How much shorter a degree is from west to east."""
    return max(cos(radians(point.north)), 0.01)
