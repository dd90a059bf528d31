"""Short ways to say businesses as parties to relations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.linker.domain.model import Model, default_model
from services.linker.domain.normalise import normalise
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.relations import Related, relations
from shared.contracts.events.linker import RegimeConcern
from shared.contracts.identifiers import business_id, record_id
from shared.contracts.record import Observation, ObservationKind, Person, Record, TradingStatus
from tests.unit.linker.build import record

TODAY = date(2026, 11, 22)


def on(text: str) -> date:
    return date.fromisoformat(text)


def who(name: str, role: str | None = None, born: str | None = None, **dates: date) -> Person:
    return Person(name=name, role=role, date_of_birth=on(born) if born else None, **dates)


def profile(
    ref: str,
    name: str | None,
    *lines: str,
    seen: str = "2026-01-10",
    severity: int | None = None,
    regime: str = "food-hygiene",
    closed: bool = False,
    trading: bool = False,
    **fields: Any,
) -> Profile:
    """One record: `severity` makes it a concern, `closed` and `trading` its status, `fields` those of the record."""
    what: Record = record(name, *lines, **fields)
    kind = ObservationKind.presence if severity is None else ObservationKind.concern
    status = TradingStatus.closed if closed else TradingStatus.open if trading else TradingStatus.unknown
    return Profile(
        record_id=record_id("feed", ref),
        agency="council",
        regime=regime,
        received_on=TODAY,
        observation=Observation(kind=kind, severity=severity, observed_on=on(seen)),
        mention=normalise(what),
        address=", ".join([*lines, *filter(None, [what.address and what.address.postcode])]) or None,
        sector=what.sector,
        status=status,
        people=what.people,
    )


def party(*profiles: Profile, model: Model | None = None) -> Party:
    """A business of these records; every concern of them is live."""
    first = min(found.record_id for found in profiles)
    name = next((found.mention.names[0].text for found in profiles if found.mention.names), "Unnamed business")
    places = [p.mention.premises.outward for p in profiles if p.mention.premises]
    area = places[0] if places else None
    return Party.of(business_id(first), name, area, profiles, model or default_model(), _concerns(profiles))


def _concerns(profiles: Sequence[Profile]) -> list[RegimeConcern]:
    """Every concern of them as a live one."""
    worrying = [found for found in profiles if found.observation.severity]
    return [
        RegimeConcern(
            regime=regime,
            severity=max(found.observation.severity or 0 for found in worrying if found.regime == regime),
            weight=1.0,
            records=tuple(found.record_id for found in worrying if found.regime == regime),
            reason=f"{regime}: a reason.",
        )
        for regime in sorted({found.regime for found in worrying})
    ]


def types(a: Party, b: Party) -> list[str]:
    return [relation.type.value for relation in relations(a, b)]


def only(found: Sequence[Related]) -> Related:
    (one,) = found
    return one
