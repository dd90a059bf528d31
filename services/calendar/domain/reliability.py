"""Whether agencies came where they had agreed to come (seed ¶71-72)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.api.calendar.outcomes import Reliability


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agency's agreement to one visit that is over or was cancelled. `notice` is of a cancellation by this agency,
    in clear working days before the beginning; None where it cancelled nothing. `told`: somebody said what became of
    the visit."""

    agency: str
    attended: bool | None
    cancelled: bool
    notice: int | None
    told: bool = True


def reliability(agreed: Sequence[Agreed], since: date, until: date, late: int) -> tuple[Reliability, ...]:
    """Of each agency, in visits of these days; with fewer than `late` clear working days a cancellation is late."""
    return tuple(
        _of(agency, agreed, f"since={since}&until={until}", late) for agency in sorted({one.agency for one in agreed})
    )


def _of(agency: str, agreed: Sequence[Agreed], days: str, late: int) -> Reliability:
    own = [one for one in agreed if one.agency == agency]
    held = [one for one in own if not one.cancelled]
    return Reliability(
        agency=agency,
        agreed=len(own),
        attended=sum(1 for one in held if one.attended),
        missed=sum(1 for one in held if one.attended is False),
        cancelled_late=sum(1 for one in own if one.notice is not None and one.notice < late),
        not_said=sum(1 for one in held if one.attended is None and one.told),
        not_told=sum(1 for one in held if one.attended is None and not one.told),
        list=f"/v1/visits?attending={agency}&ended=true&{days}",
        untold=f"/v1/visits?attending={agency}&untold=true&{days}",
    )
