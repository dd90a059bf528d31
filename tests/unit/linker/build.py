"""Short ways to say a record, as the tests of linking need them."""

from datetime import date
from typing import Any

from shared.contracts.record import Address, Name, NameKind, Person, Record


def record(name: str | None = None, *lines: str, **fields: Any) -> Record:
    """A record with one name of unknown kind, address lines, `town` and the like, and fields of the record."""
    where = {key: fields.pop(key) for key in ("town", "postcode", "uprn", "latitude", "longitude") if key in fields}
    names = fields.pop("names", (Name(value=name),) if name else ())
    address = Address(lines=lines, **where) if lines or where else None
    return Record(names=names, address=address, **fields)


def named(**by_kind: str) -> tuple[Name, ...]:
    """Names by kind: named(legal="Spice Ltd", trading="Spice Hut")."""
    return tuple(Name(kind=NameKind(kind), value=value) for kind, value in by_kind.items())


def person(name: str, born: str | None = None) -> Person:
    return Person(name=name, date_of_birth=date.fromisoformat(born) if born else None)
