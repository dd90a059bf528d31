"""Around where to look."""

import re
from typing import Annotated

from fastapi import Depends, Query

from services.linker.domain.normalise import Point
from services.linker.domain.search.standing import Around
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

_DEGREES = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]+)?),(-?[0-9]{1,3}(?:\.[0-9]+)?)")
_POLE, _HALF_ROUND = 90, 180

Near = Annotated[
    str | None,
    Query(max_length=50, description="Nearest first: degrees north and east (WGS 84), such as 51.5074,-0.1278"),
]
Within = Annotated[int, Query(ge=10, le=2000, description="How far to look, in metres")]


async def _around(near: Near = None, within: Within = 1000) -> Around | None:
    if near is None:
        return None
    found = _DEGREES.fullmatch(near)
    point = Point(float(found[1]), float(found[2])) if found else None
    if point is None or abs(point.north) > _POLE or abs(point.east) > _HALF_ROUND:
        remedy = "Give degrees north and degrees east as decimals with a comma between, such as 51.5074,-0.1278."
        raise Invalid(errors=[FieldProblem(field="query.near", code="position", remedy=remedy)])
    return Around(point, within)


Somewhere = Annotated[Around | None, Depends(_around)]
