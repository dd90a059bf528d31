"""The week's few: who is on the list, and since when the records have matched so.

Source: evaluation Box 2 (Ealing: three or more agencies, then two, the top ten a week), ¶31 (intelligence used late).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.api.linker.risk import RiskPoint


@dataclass(frozen=True, slots=True)
class Pick:
    """A business on the list, and the number of regimes that put it there."""

    business_id: str
    regimes: int


def pick(
    narrow: Sequence[BusinessSummary], wide: Sequence[BusinessSummary], top: int, floors: tuple[int, int]
) -> list[Pick]:
    """Those of the narrow cut first, each once; `floors` are the regimes that either cut asks for."""
    floor_of = {one.business_id: floors[1] for one in wide} | {one.business_id: floors[0] for one in narrow}
    order = dict.fromkeys(one.business_id for one in (*narrow, *wide))
    return [Pick(business_id, floor_of[business_id]) for business_id in order][:top]


def matched_on(course: Iterable[RiskPoint], regimes: int) -> date | None:
    """The day from which concerns in so many regimes have stood together without a break; None if they do not now."""
    since: date | None = None
    for point in course:
        if len(point.regimes) < regimes:
            since = None
        elif since is None:
            since = point.on
    return since


def days_between(earlier: date | None, later: date) -> int | None:
    return (later - earlier).days if earlier else None
