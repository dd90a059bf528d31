"""From what was noted, and where, to who gets it.

Routing key: (indicator, regime, place, capacity); seed ¶72, ¶90: HMRC by regime, Immigration Enforcement by region, GLA
by a tiny team. Which role of an agency has a referral (`contacts.who_has`) is worked out from the contacts of today
whenever it is asked for, so nothing is lost when one goes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from services.referrals.domain.contacts import Contact, lies_in
from shared.contracts.api.referrals.indicators import Indicator


class Route(NamedTuple):
    """One agency that is to get the card, for one regime; none where the officer addressed it without an indicator."""

    agency: str
    regime: str | None
    indicators: tuple[Indicator, ...]


def routes(
    seen: Sequence[Indicator], addressed: Iterable[str], interested: Mapping[str, Collection[str]], own: str
) -> list[Route]:
    """The agencies whose indicators were seen, those that asked to have what is seen under them (`interested`, by
    indicator), and those that the officer addressed; each once a regime, in order, and never the officer's own."""
    found: dict[tuple[str, str], list[Indicator]] = {}
    for indicator in seen:
        for agency in {indicator.agency, *interested.get(indicator.indicator_id, ())}:
            found.setdefault((agency, indicator.regime), []).append(indicator)
    routed = [Route(agency, regime, tuple(under)) for (agency, regime), under in found.items() if agency != own]
    reached = {route.agency for route in routed}
    by_hand = [Route(agency, None, ()) for agency in addressed if agency not in reached | {own}]
    return sorted((*routed, *by_hand), key=lambda route: (route.agency, route.regime or ""))


def works_there(roles: Collection[Contact], area: str | None) -> bool:
    """Whether an agency with these roles works at the place: one that has named no role works everywhere, and a place
    that is not known may be anywhere."""
    return (
        not roles
        or area is None
        or any(not one.areas or any(lies_in(area, wide) for wide in one.areas) for one in roles)
    )
