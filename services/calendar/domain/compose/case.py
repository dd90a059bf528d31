"""What is known when a visit is composed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.calendar.domain.policy import Policies
from shared.contracts.api.calendar.composer import ComposeRequest, LookFor
from shared.contracts.api.calendar.policies import Staff, Staffing


@dataclass(frozen=True, slots=True)
class Partner:
    """An agency of the partnership, with its classes."""

    id: str
    title: str
    classes: tuple[str, ...]

    def is_one_of(self, classes: Iterable[str]) -> bool:
        return not set(classes).isdisjoint(self.classes)

    def staff(self, staffing: Staffing) -> Staff:
        """Of its most demanding class, so that an agency of many is not sent short-handed."""
        known = [staffing.classes[one] for one in self.classes if one in staffing.classes]
        return max(known, key=lambda staff: staff.alone, default=staffing.otherwise)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A record behind a concern: whose it is, and when it was observed."""

    record_id: str
    agency: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Concern:
    """A live concern in one regime. `weight` is severity after decay, 0 to 4; `reason` is the linker's sentence."""

    regime: str
    weight: float
    reason: str
    sightings: tuple[Sighting, ...]

    @property
    def records(self) -> tuple[str, ...]:
        return tuple(sighting.record_id for sighting in self.sightings)

    def is_of(self, agency: str) -> bool:
        return any(sighting.agency == agency for sighting in self.sightings)

    def newest(self, agency: str | None = None) -> date | None:
        """Of this agency's records, or of all."""
        days = [one.on for one in self.sightings if one.on and agency in (None, one.agency)]
        return max(days, default=None)


Attending = Mapping[str, tuple[Concern, ...]]
"""By agency, the concerns that it comes for, heaviest first."""


@dataclass(frozen=True, slots=True)
class Case:
    """`known_to` are the agencies that hold any record of the business that the caller sees. `indicators` is None where
    they could not be had."""

    day: date
    name: str
    asked: ComposeRequest
    concerns: tuple[Concern, ...]
    known_to: frozenset[str]
    partners: tuple[Partner, ...]
    indicators: tuple[LookFor, ...] | None
    policies: Policies
    primary_authority: tuple[str, ...] = ()

    def partner(self, id_: str) -> Partner:
        return next(partner for partner in self.partners if partner.id == id_)

    def is_current(self, observed: date | None, within_days: int) -> bool:
        return observed is not None and self.day - observed <= timedelta(days=within_days)
