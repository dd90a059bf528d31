"""Flats as Scotland writes them beside the number of a stair, and as Australia does before that of a building."""

import re
from functools import lru_cache

from services.linker.domain.normalise.door import plain_unit

_SCOTTISH_AREAS = "AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE"
_AREAS = frozenset(_SCOTTISH_AREAS.split())
_ON_A_FLOOR = r"(?:\d|[bgpt])f(?:\d|[lr])"  # 1F2: the second on the first floor
_FIRST = re.compile(rf"(?P<flat>[0gb]/\d{{1,2}}|{_ON_A_FLOOR}|[a-z]{{1,3}}-?\d{{1,4}}[a-z]?$)(?=\s|$)\s*")
_FIRST_IN_SCOTLAND = re.compile(r"(?P<flat>\d/\d{1,2})(?:$|\s+(?=\d))")
_BEHIND = re.compile(rf"(?P<number>\d{{1,4}}[a-z]?)(?:\s*/\s*|\s+)(?P<flat>{_ON_A_FLOOR})(?=\s|$)")
_BEHIND_IN_SCOTLAND = re.compile(r"(?P<number>\d{1,4}[a-z]?)(?:/|\s+)(?P<flat>\d{1,2}(?:/\d{1,2})?)(?=\s)")
_IN_FRONT_ABROAD = re.compile(r"(?P<flat>[a-z]?\d{1,4}[a-z]?)/(?=\d)")


def is_scottish(outward: str) -> bool:
    """Of the first half of a postcode."""
    return outward.rstrip("0123456789") in _AREAS


@lru_cache(maxsize=65_536)
def cut_flat(part: str, scottish: bool) -> tuple[str, str]:
    """(flat, the part without it): 1F2; 20 (1F2) Marchmont Road; LG03 and nothing else; in Scotland also 2/1 and 14/3
    Leith Walk, which is flat 3 at 14, where 12/14 is a range."""
    match = _FIRST.match(part) or (_FIRST_IN_SCOTLAND.match(part) if scottish else None)
    if match:
        return plain_unit(match["flat"]), part[match.end() :]
    match = _BEHIND.match(part) or (_BEHIND_IN_SCOTLAND.match(part) if scottish else None)
    if match is None or _is_range(match["number"], match["flat"]):
        return "", part
    return plain_unit(match["flat"]), f"{match['number']}{part[match.end() :]}"


def _is_range(number: str, flat: str) -> bool:
    return number.isdigit() and flat.isdigit() and int(flat) > int(number)


def cut_unit_in_front(part: str) -> tuple[str, str]:
    """(unit, the part without it): 3/14 Smith Street is unit 3 at 14 in Australia and New Zealand."""
    match = _IN_FRONT_ABROAD.match(part)
    return (plain_unit(match["flat"]), part[match.end() :]) if match else ("", part)
