"""The few indicators that an officer is shown for a kind of visit.

Cheshire's questionnaire failed because there were too many (seed ¶40, ¶44): so never more than a handful, spread over
the agencies that ask, those first that have helped.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from shared.contracts.api.referrals.indicators import Indicator


class Hits(NamedTuple):
    """What came of cards under an indicator."""

    closed: int = 0
    helped: int = 0

    @property
    def rate(self) -> float | None:
        return round(self.helped / self.closed, 3) if self.closed else None

    @property
    def expected(self) -> float:
        """The rate to reckon with: one of which nothing is known yet is worth a try."""
        return (self.helped + 1) / (self.closed + 2)


def offered(
    found: Iterable[Indicator], sector: str | None, hits: Mapping[str, Hits], handful: int
) -> list[tuple[Indicator, str]]:
    """At most `handful` for a business of this sector, each with the reason; `hits` are those of the asker's view."""
    fitting = [one for one in found if fits(one, sector)]
    by_agency: dict[str, list[Indicator]] = {}
    for one in sorted(fitting, key=lambda one: _order(one, hits)):
        by_agency.setdefault(one.agency, []).append(one)
    turns = zip_longest(*by_agency.values())
    chosen = [one for turn in turns for one in turn if one is not None][:handful]
    return [(one, _why(one, hits.get(one.indicator_id, Hits()))) for one in chosen]


def fits(indicator: Indicator, sector: str | None) -> bool:
    """Whether it is for any business, or for one of this sector."""
    if not indicator.sectors:
        return True
    return sector is not None and any(word in sector.lower() for word in indicator.sectors)


def never_helped(hits: Hits, after: int) -> bool:
    return hits.closed >= after and hits.helped == 0


def _order(one: Indicator, hits: Mapping[str, Hits]) -> tuple[bool, float, str]:
    return not one.sectors, -hits.get(one.indicator_id, Hits()).expected, one.indicator_id


def _why(one: Indicator, hits: Hits) -> str:
    kind = "It is for this kind of business" if one.sectors else "It is for any kind of business"
    if not hits.closed:
        return f"{kind}; nothing has come back yet of what your agency noted under it."
    return f"{kind}; {hits.helped} of your agency's {hits.closed} answered cards under it helped."


def texts(indicators: Sequence[Indicator]) -> tuple[str, ...]:
    return tuple(one.text for one in indicators)
