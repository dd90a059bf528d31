"""What to look for: a handful for each who comes, and for those who do not, to be noted if seen (¶34, ¶44, ¶45)."""

from services.calendar.domain.compose.case import Attending, Case, Concern
from shared.contracts.api.calendar.composer import LookFor

MOST = 5


def looks_for(case: Case, agency: str, concerns: tuple[Concern, ...]) -> tuple[LookFor, ...]:
    """Its own indicators in the regimes that it comes for, the heaviest concern's first."""
    order = [concern.regime for concern in concerns]
    own = [one for one in case.indicators or () if one.agency == agency and one.regime in order]
    return tuple(sorted(own, key=lambda one: (order.index(one.regime), one.indicator_id)))[:MOST]


def note_if_seen(case: Case, attending: Attending) -> tuple[LookFor, ...]:
    """One indicator of each agency that does not come."""
    first: dict[str, LookFor] = {}
    for one in sorted(case.indicators or (), key=lambda one: (one.agency, one.indicator_id)):
        if one.agency not in attending:
            first.setdefault(one.agency, one)
    return tuple(first.values())[:MOST]
