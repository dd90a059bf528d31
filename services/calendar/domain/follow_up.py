"""The work that visits leave behind, in officer-days, against what an agency can take on.

Source: evaluation ¶61 (six interviews under caution, goods to catalogue for months, inspections that fell behind).
"""

from collections.abc import Iterable

from shared.contracts.api.calendar.composer import FollowUp
from shared.contracts.api.calendar.policies import FollowUpRates


def after(regimes: Iterable[str], rates: FollowUpRates, visits: int = 1) -> FollowUp:
    """What so many visits leave for the agency of these regimes, on average."""
    each = [(regime, rates.officer_days(regime)) for regime in dict.fromkeys(regimes)]
    return FollowUp(
        officer_days=round(visits * sum(days for _, days in each), 2),
        parts=tuple(_part(regime, rates) for regime, _ in each),
    )


def _part(regime: str, rates: FollowUpRates) -> str:
    work = ", ".join(
        f"{count:g} {piece}{'' if count == 1 else 's'} of {rates.days[piece]:g} days"
        for piece, count in rates.work(regime).items()
    )
    return f"{regime.replace('-', ' ').capitalize()}, a visit: {work}."
