"""The week's few: who is on the list, and since when the records have matched so.

Source: evaluation Box 2 (Ealing: three or more agencies, then two, the top ten a week), ¶31 (intelligence used late).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.contracts.api.linker.businesses import BusinessSummary
from shared.contracts.api.linker.risk import RegimeRisk, RiskPoint


@dataclass(frozen=True, slots=True)
class Pick:
    """A business on the list, and what put it there: live concerns in so many regimes, or the day on which its agency
    wanted to look at it again, or both. `record_id` is the record whose business it is about."""

    business_id: str
    regimes: int = 0
    matched_on: date | None = None
    record_id: str | None = None
    review_on: date | None = None

    @property
    def because(self) -> str:
        """In plain English."""
        said = [f"Live concerns in {self.regimes} or more regimes when the list was made."] if self.regimes else []
        if self.review_on:
            day = f"{self.review_on.day} {self.review_on:%B %Y}"
            said.append(f"Your agency decided to look at it again on {day}.")
        return " ".join(said)


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


def with_reviews(picks: Iterable[Pick], due: Iterable[Pick]) -> list[Pick]:
    """The week's picks, and behind them those that are due again for nothing else; each business once."""
    found = {one.business_id: one for one in picks}
    for one in due:
        had = found.get(one.business_id)
        found[one.business_id] = replace(had, review_on=had.review_on or one.review_on) if had else one
    return list(found.values())


def behind(regimes: Iterable[RegimeRisk]) -> str | None:
    """The record behind the heaviest live concern: where it goes, what is decided because of it goes."""
    return next((regime.concerns[0].record_id for regime in regimes if regime.live and regime.concerns), None)


def is_in(area: str | None, asked: str | None) -> bool:
    """UB1 is that district; UB is every district of the postcode area."""
    if asked is None:
        return True
    wanted, has = asked.upper(), area or ""
    return has == wanted or (wanted.isalpha() and has.startswith(wanted) and has[len(wanted) :][:1].isdigit())


def days_between(earlier: date | None, later: date) -> int | None:
    return (later - earlier).days if earlier else None
