"""The canonical record: what any agency's row becomes, whatever its own columns were called."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from shared.contracts.envelope import Contract


class NameKind(StrEnum):
    legal = "legal"
    trading = "trading"
    former = "former"
    unknown = "unknown"


class ObservationKind(StrEnum):
    """Presence is not a concern, and a check that found nothing is worth keeping (seed T3, Box 2 Cheshire)."""

    presence = "presence"
    concern = "concern"
    nothing_found = "nothing_found"


class TradingStatus(StrEnum):
    open = "open"
    closed = "closed"
    unknown = "unknown"


class Name(Contract):
    kind: NameKind = NameKind.unknown
    value: str = Field(min_length=1, max_length=500)


class Address(Contract):
    """As the agency gave it: `lines` in order without town, county and postcode where it says which is which;
    everything in one line where it does not."""

    lines: tuple[str, ...] = ()
    town: str | None = None
    county: str | None = None
    postcode: str | None = Field(default=None, description="As given, upper case, single spaces; may be partial")
    uprn: str | None = Field(default=None, pattern=r"^[0-9]{1,12}$")
    country: str | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class Person(Contract):
    name: str = Field(min_length=1, max_length=300)
    role: str | None = Field(default=None, description="owner, director, manager, licence holder, landlord …")
    date_of_birth: date | None = None
    since: date | None = None
    until: date | None = None


class Observation(Contract):
    """What the record says about compliance. `severity` 0–4 on the common scale only where `kind` is a concern."""

    kind: ObservationKind
    severity: int | None = Field(default=None, ge=0, le=4)
    native_rating: str | None = Field(default=None, description="The agency's own rating, never averaged")
    observed_on: date | None = None
    closed_on: date | None = Field(default=None, description="When the agency closed the concern; None while live")


class Record(Contract):
    """One row of a feed in canonical form. Empty tuples and None mean that the agency did not say."""

    names: tuple[Name, ...] = ()
    address: Address | None = None
    phones: tuple[str, ...] = Field(default=(), description="E.164 where it parses, else as given")
    emails: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    company_number: str | None = None
    vat_number: str | None = None
    charity_number: str | None = None
    licence_numbers: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    sector: str | None = Field(default=None, description="The agency's own type of business, e.g. Takeaway")
    status: TradingStatus = TradingStatus.unknown
    observation: Observation = Observation(kind=ObservationKind.presence)
