"""What two positions say of two addresses: that they are one spot, or so far apart that no slip of a map explains it.

It refines the level of the premises, since a place and its position are not independent. A full postcode that both give
is as fine as a position, and was often what the position was looked up by.
"""

from math import cos, hypot, radians

from services.linker.domain.normalise import Mention, Point

_METRES_PER_DEGREE = 111_195.0
_ONE_SPOT, _APART = 150.0, 1_500.0
_FINE = frozenset({"postcode", "near", "other_district", "elsewhere"})


def as_positioned(level: str, a: Mention, b: Mention) -> str:
    """The level of two premises (`door.area`), given their positions: with the area `spot` or `apart` where they say
    either and the postcodes do not say it already."""
    if a.position is None or b.position is None:
        return level
    door, _, area = level.partition(".")
    if area in _FINE:
        return level
    metres = _metres(a.position, b.position)
    return f"{door}.spot" if metres <= _ONE_SPOT else f"{door}.apart" if metres > _APART else level


def _metres(a: Point, b: Point) -> float:
    """As on a plane: exact enough for what is near, and what is far is far either way."""
    north = a.north - b.north
    east = (a.east - b.east) * cos(radians(a.north))
    return _METRES_PER_DEGREE * hypot(north, east)
