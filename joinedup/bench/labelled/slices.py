"""Parts of a set that are judged apart, because the whole hides them: those where the obvious evidence is missing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from shared.contracts.record import Address, Record

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Slice:
    """The pairs of records for which `holds`: (feed, record) of the one, (feed, record) of the other."""

    name: str
    holds: Callable[[tuple[str, Record], tuple[str, Record]], bool]


def between(name: str, feed: str, other: str) -> Slice:
    """The pairs with one record in each of the two feeds."""
    return Slice(name, lambda a, b: {a[0], b[0]} == {feed, other})


def _no_equal_name(a: tuple[str, Record], b: tuple[str, Record]) -> bool:
    """No name of the one is letter for letter a name of the other, case and punctuation aside."""
    return not _names(a[1]) & _names(b[1])


def _address_differs(a: tuple[str, Record], b: tuple[str, Record]) -> bool:
    """The words of the address as written, without the town, county and postcode that either gives apart."""
    around = _around(a[1].address) | _around(b[1].address)
    return _lines(a[1].address, around) != _lines(b[1].address, around)


def _names(record: Record) -> set[str]:
    return {"".join(_words(name.value)) for name in record.names}


def _lines(address: Address | None, without: set[str]) -> list[str]:
    return [word for word in _words(" ".join(address.lines) if address else "") if word not in without]


def _around(address: Address | None) -> set[str]:
    if address is None:
        return set()
    return set(_words(" ".join(filter(None, (address.town, address.county, address.postcode)))))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


EVERYWHERE = (Slice("no equal name", _no_equal_name), Slice("address text differs", _address_differs))
