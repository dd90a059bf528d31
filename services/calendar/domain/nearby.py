"""How far two places are from each other."""

from math import asin, cos, degrees, radians, sin, sqrt

_EARTH_KM = 6371.0088
Point = tuple[float, float]
"""Degrees north and east."""


def kilometres(a: Point, b: Point) -> float:
    """Along the great circle (haversine formula)."""
    (north_a, east_a), (north_b, east_b) = (tuple(map(radians, point)) for point in (a, b))
    half = sin((north_b - north_a) / 2) ** 2 + cos(north_a) * cos(north_b) * sin((east_b - east_a) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def around(point: Point, km: float) -> tuple[float, float, float, float]:
    """South, north, west and east of a box that holds all within `km`."""
    north, east = point
    up = degrees(km / _EARTH_KM)
    wide = up / max(cos(radians(north)), 0.01)
    return north - up, north + up, east - wide, east + wide
