"""What a record says about a business, in the form in which two records can be compared quickly.

A mention is derived from one record alone; the store keeps it as compact JSON beside the record version. Its classes
are made and read by the million, and an `__init__` that a dataclass makes for itself is not compiled.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

FORMAT = 3

NAME_FROM_ADDRESS = "address"
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True, init=False)
class NameForm:
    """One name. `tokens` are its words without legal form, accents and fillers; `joined` is them without spaces."""

    kind: str  # legal, trading, former, unknown, or address where the address begins with what looks like a name
    text: str
    tokens: tuple[str, ...]
    words: frozenset[str] = field(init=False, compare=False, repr=False)
    joined: str = field(init=False, compare=False, repr=False)

    def __init__(self, kind: str, text: str, tokens: tuple[str, ...]) -> None:
        self.kind = kind
        self.text = text
        self.tokens = tokens
        self.words = frozenset(tokens)
        self.joined = "".join(tokens)


@dataclass(slots=True, init=False)
class Premises:
    """A place. `low` and `high` are the building number or range, 0 where the record gives none.

    `postcode` is a full UK postcode without space, else empty; `outward` its first half, a ZIP or other coarse code;
    `sector` the part known of a partial postcode (W53). `places` are town and localities, counties left out.
    """

    text: str
    unit: str
    low: int
    high: int
    suffix: str
    building: tuple[str, ...]
    street: str
    street_type: str
    places: frozenset[str]
    postcode: str
    outward: str
    sector: str
    uprn: str

    def __init__(
        self,
        text: str = "",
        unit: str = "",
        low: int = 0,
        high: int = 0,
        suffix: str = "",
        building: tuple[str, ...] = (),
        street: str = "",
        street_type: str = "",
        places: frozenset[str] = _NOTHING,
        postcode: str = "",
        outward: str = "",
        sector: str = "",
        uprn: str = "",
    ) -> None:
        self.text = text
        self.unit = unit
        self.low = low
        self.high = high
        self.suffix = suffix
        self.building = building
        self.street = street
        self.street_type = street_type
        self.places = places
        self.postcode = postcode
        self.outward = outward
        self.sector = sector
        self.uprn = uprn


class Point(NamedTuple):
    """Degrees north and east (WGS 84)."""

    north: float
    east: float


@dataclass(slots=True, init=False)
class PersonForm:
    text: str
    tokens: frozenset[str]
    born: str  # ISO date
    role: str  # words in lower case

    def __init__(self, text: str, tokens: frozenset[str], born: str = "", role: str = "") -> None:
        self.text = text
        self.tokens = tokens
        self.born = born
        self.role = role


@dataclass(slots=True, init=False)
class Mention:
    """A record made comparable. Phones are E.164 digits without the plus; numbers of companies and so on upper case."""

    names: tuple[NameForm, ...]
    premises: Premises | None
    phones: frozenset[str]
    emails: frozenset[str]
    domains: frozenset[str]  # of e-mail and web, without the free mail providers
    company_number: str
    vat_number: str
    charity_number: str
    licence_numbers: frozenset[str]
    people: tuple[PersonForm, ...]
    position: Point | None

    def __init__(
        self,
        names: tuple[NameForm, ...] = (),
        premises: Premises | None = None,
        phones: frozenset[str] = _NOTHING,
        emails: frozenset[str] = _NOTHING,
        domains: frozenset[str] = _NOTHING,
        company_number: str = "",
        vat_number: str = "",
        charity_number: str = "",
        licence_numbers: frozenset[str] = _NOTHING,
        people: tuple[PersonForm, ...] = (),
        position: Point | None = None,
    ) -> None:
        self.names = names
        self.premises = premises
        self.phones = phones
        self.emails = emails
        self.domains = domains
        self.company_number = company_number
        self.vat_number = vat_number
        self.charity_number = charity_number
        self.licence_numbers = licence_numbers
        self.people = people
        self.position = position

    def to_json(self) -> bytes:
        """Compact, and the same bytes for the same mention."""
        return orjson.dumps(
            [
                FORMAT,
                [[n.kind, n.text, n.tokens] for n in self.names],
                _premises_row(self.premises),
                *(sorted(values) for values in (self.phones, self.emails, self.domains, self.licence_numbers)),
                [self.company_number, self.vat_number, self.charity_number],
                [[p.text, sorted(p.tokens), p.born, p.role] for p in self.people],
                self.position and tuple(self.position),
            ]
        )

    @staticmethod
    def from_json(data: bytes | str) -> "Mention":
        """The inverse of `to_json`; ValueError where another version of this code wrote it."""
        row = orjson.loads(data)
        if row[0] != FORMAT:
            raise ValueError("mention: written in another format; normalise the record again")
        _, names, premises, phones, emails, domains, licences, numbers, people, where = row
        return Mention(
            names=tuple(NameForm(kind, text, tuple(tokens)) for kind, text, tokens in names),
            premises=_premises_from(premises),
            phones=frozenset(phones),
            emails=frozenset(emails),
            domains=frozenset(domains),
            company_number=numbers[0],
            vat_number=numbers[1],
            charity_number=numbers[2],
            licence_numbers=frozenset(licences),
            people=tuple(PersonForm(text, frozenset(tokens), born, role) for text, tokens, born, role in people),
            position=Point(*where) if where else None,
        )


def _premises_row(p: Premises | None) -> list[Any] | None:
    if p is None:
        return None
    where = [p.text, p.unit, p.low, p.high, p.suffix, p.building, p.street, p.street_type]
    return [*where, sorted(p.places), p.postcode, p.outward, p.sector, p.uprn]


def _premises_from(row: list[Any] | None) -> Premises | None:
    if row is None:
        return None
    text, unit, low, high, suffix, building, street, kind, places, postcode, outward, sector, uprn = row
    named, around = tuple(building), frozenset(places)
    return Premises(text, unit, low, high, suffix, named, street, kind, around, postcode, outward, sector, uprn)
