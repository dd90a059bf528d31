"""Times in which an agency is busy, without what with."""

from collections.abc import Iterable
from datetime import datetime

Period = tuple[datetime, datetime]


def merged(periods: Iterable[Period], within: Period) -> list[Period]:
    """In order; what overlaps or touches is one; cut off at the ends of `within`."""
    found: list[Period] = []
    for starts, ends in sorted((max(starts, within[0]), min(ends, within[1])) for starts, ends in periods):
        if ends <= starts:
            continue
        if found and starts <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((starts, ends))
    return found
