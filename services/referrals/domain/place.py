"""The place that a card names to others: what the officer said of it, or what the officer's own agency holds."""

import re
from collections.abc import Iterable

from shared.contracts.api.linker.businesses import Member
from shared.contracts.api.referrals.cards import Place
from shared.contracts.api.referrals.life import Feedback
from shared.contracts.record import Address, Name, NameKind, Observation, ObservationKind, Record

_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?)(?: ?[0-9][A-Z]{2})?\b")
_LINE = 200


def own_place(members: Iterable[Member], agency: str) -> Place | None:
    """From the agency's own records of a business, and nobody else's: others may not see what it sees."""
    own = [one for one in members if one.agency == agency]
    name = next((one.names[0].value for one in own if one.names), None)
    address = next((one.address for one in own if one.address), None)
    phone = next((one.phones[0] for one in own if one.phones), None)
    if not (name or address):
        return None
    return Place(name=_line(name), address=_line(address), phone=_line(phone))


def area_of(place: Place) -> str | None:
    """The outward postcode, e.g. UB1."""
    if found := _POSTCODE.match((place.postcode or "").upper()):
        return found[1]
    in_address = _POSTCODE.findall((place.address or "").upper())
    return in_address[-1] if in_address else None


def record_of(place: Place, observation: Observation) -> Record:
    """The card as a record of the officer's agency: never the officer's words."""
    return Record(
        names=(Name(kind=NameKind.trading, value=place.name),) if place.name else (),
        address=Address(
            lines=(place.address,) if place.address else (),
            postcode=" ".join(place.postcode.upper().split()) if place.postcode else None,
            latitude=place.latitude,
            longitude=place.longitude,
        ),
        phones=(place.phone,) if place.phone else (),
        observation=observation,
    )


def observed(severity: int, observation: Observation, feedback: Feedback | None) -> Observation:
    """What an accepted card says about compliance, before and after the feedback: checked and nothing found is worth
    keeping (seed T3), and what was too little to act on is a concern no more."""
    match feedback:
        case Feedback.not_helpful:
            return observation.model_copy(update={"kind": ObservationKind.nothing_found})
        case Feedback.too_little:
            return observation
    return observation.model_copy(update={"kind": ObservationKind.concern, "severity": severity})


def _line(text: str | None) -> str | None:
    return " ".join(text.split())[:_LINE] or None if text else None
