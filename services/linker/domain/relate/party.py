"""A business as a party to relations: its visible records, what they share with others, and when it was there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.relate.traits import Trait, TraitKind, is_landlord, telling
from shared.contracts.events.linker import RegimeConcern, RiskBand
from shared.contracts.record import Observation, ObservationKind, Person, TradingStatus

_ELSEWHERE_BEFORE = ("director", "secretary")


@dataclass(frozen=True, slots=True)
class Profile:
    """What one record says. `address` is one line, as shown; `people` as the agency gave them."""

    record_id: str
    agency: str
    regime: str
    received_on: date
    observation: Observation
    mention: Mention
    address: str | None = None
    sector: str | None = None
    status: TradingStatus = TradingStatus.unknown
    people: tuple[Person, ...] = ()

    @property
    def on(self) -> date:
        return self.observation.observed_on or self.received_on

    @property
    def recorded_on(self) -> date:
        """When the agency said so: later than `on` where its row still bears the day of an earlier visit."""
        return max(self.on, self.received_on)

    @property
    def first_on(self) -> date:
        """The earliest day on which it puts the business there: someone's role at the premises may be older."""
        return min([self.on, *(person.since for person in self.people if person.since and _stands_here(person))])

    def is_breach(self, least_severity: int, as_of: date) -> bool:
        said = self.observation
        counts = said.kind is ObservationKind.concern and (said.severity or 0) >= least_severity
        return counts and self.on <= as_of


def _stands_here(person: Person) -> bool:
    role = (person.role or "").lower()
    return bool(role) and not is_landlord(role) and not any(word in role for word in _ELSEWHERE_BEFORE)


@dataclass(frozen=True, slots=True)
class Party:
    """`profiles` in order of record id; `concerns` are those live today; hubs of `model` are no traits."""

    business_id: str
    name: str
    area: str | None
    band: RiskBand
    profiles: tuple[Profile, ...]
    concerns: tuple[RegimeConcern, ...] = ()
    traits: Mapping[Trait, tuple[Profile, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        business_id: str,
        name: str,
        area: str | None,
        profiles: Sequence[Profile],
        model: Model,
        concerns: Sequence[RegimeConcern] = (),
        band: RiskBand = RiskBand.none,
    ) -> "Party":
        ordered = tuple(sorted(profiles, key=lambda profile: profile.record_id))
        return cls(business_id, name, area, band, ordered, tuple(concerns), _holders(ordered, model))

    @property
    def began(self) -> date:
        return min(profile.first_on for profile in self.profiles)

    @property
    def last_seen(self) -> date:
        return max(profile.on for profile in self.profiles)

    @property
    def closing(self) -> Profile | None:
        """The first record that has it closed and that no record of it open follows; None while it may trade."""
        opened = [profile.on for profile in self.profiles if profile.status is TradingStatus.open]
        closed = [profile for profile in self.profiles if profile.status is TradingStatus.closed]
        last = [profile for profile in closed if not opened or profile.on >= max(opened)]
        return min(last, key=lambda profile: (profile.on, profile.record_id), default=None)

    @property
    def record_ids(self) -> tuple[str, ...]:
        return tuple(profile.record_id for profile in self.profiles)

    def of_kind(self, *kinds: TraitKind) -> Iterator[Trait]:
        return (trait for trait in self.traits if trait.kind in kinds)

    def breaches(self, least_severity: int, as_of: date) -> list[Profile]:
        return [profile for profile in self.profiles if profile.is_breach(least_severity, as_of)]

    def concern_since(self, concern: RegimeConcern) -> date:
        """The day of the first of the records behind a live concern."""
        behind = set(concern.records)
        return min(profile.on for profile in self.profiles if profile.record_id in behind)


def _holders(profiles: Sequence[Profile], model: Model) -> Mapping[Trait, tuple[Profile, ...]]:
    found: defaultdict[Trait, list[Profile]] = defaultdict(list)
    for profile in profiles:
        for trait in telling(profile.mention, model):
            found[trait].append(profile)
    return {trait: tuple(found[trait]) for trait in sorted(found)}


def shared(a: Party, b: Party) -> list[Trait]:
    """In order of kind and value."""
    return [trait for trait in a.traits if trait in b.traits]
