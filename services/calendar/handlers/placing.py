"""Where and when a visit goes. What the graph has to say is asked before the store is locked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.calendar.clients import Linker
from services.calendar.domain.london import ClockChange, beginning_of, day_of, instant
from services.calendar.domain.place import Spot, exposed, picked, reached
from services.calendar.handlers.caller import Caller
from shared.contracts.api.calendar.visits import NewPlace, Slot, When
from shared.contracts.api.calendar.words import How
from shared.contracts.api.linker.traits import Trait
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

_LONGEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a visit goes, and the keys by which it meets others."""

    spot: Spot
    exposed: frozenset[str]
    reached: dict[str, How]

    @property
    def columns(self) -> dict[str, Any]:
        address = self.spot.address
        return {
            "business_id": self.spot.business_id,
            "record_id": self.spot.record_id,
            "followed_at": None,
            "place": {"name": self.spot.name, "address": address.model_dump(mode="json") if address else None},
            "area": self.spot.area,
            "latitude": address.latitude if address else None,
            "longitude": address.longitude if address else None,
        }


async def placed(linker: Linker, caller: Caller, given: NewPlace) -> Placed:
    """Raises Invalid for a business that the caller does not see or that nothing of the caller's own says where it is,
    and what the linker's client raises."""
    spot, traits = Spot(given.name, given.address), tuple[Trait, ...]()
    if given.business_id:
        business = await linker.business(caller.headers, given.business_id)
        spot = picked(business, caller.agency, given.name, given.address)
        if spot.address is None:
            remedy = "Say where it is: partners may not see the records by which you found it."
            raise Invalid(errors=[FieldProblem(field="body.place.address", code="missing", remedy=remedy)])
        traits = (await linker.traits(caller.headers, business.business_id)).traits
    described = (await linker.traits_of(caller.headers, spot.described)).traits
    return Placed(spot, exposed(described), reached([*traits, *described]))


async def reached_now(linker: Linker, caller: Caller, business_id: str | None) -> dict[str, How]:
    """What concerns the business by what the caller sees of it now."""
    if business_id is None:
        return {}
    try:
        return reached((await linker.traits(caller.headers, business_id)).traits)
    except Invalid:
        return {}


@dataclass(frozen=True, slots=True)
class Timed:
    """A window ends with the beginning of the day after its last."""

    starts: datetime
    ends: datetime
    is_window: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts,
            "ends_at": self.ends,
            "is_window": self.is_window,
            "first_on": day_of(self.starts),
            "last_on": day_of(self.ends - timedelta(microseconds=1)),
        }


def timed(when: When) -> Timed:
    """Raises Invalid for times that the clock in London does not show, or shows twice, or in the wrong order."""
    if not isinstance(when, Slot):
        return Timed(beginning_of(when.first), beginning_of(when.last + timedelta(days=1)), is_window=True)
    starts, ends = _instant(when.starts, "starts"), _instant(when.ends, "ends")
    if not starts < ends <= starts + _LONGEST:
        raise _faulty("ends", "order", f"End after the beginning, and within {_LONGEST.days} days of it.")
    return Timed(starts, ends)


def _instant(given: datetime, field: str) -> datetime:
    try:
        return instant(given)
    except ClockChange as error:
        raise _faulty(field, "clock_change", error.remedy) from error


def _faulty(field: str, code: str, remedy: str) -> Invalid:
    return Invalid(errors=[FieldProblem(field=f"body.when.{field}", code=code, remedy=remedy)])
