"""The table that every peer gets: a canonical record cleaned as a careful user of a general linker would clean it.

The cleaning is deliberately none of ours (`services.linker.domain.normalise`): a peer's figures must not move when we
change our own parsing. Legal forms go, `t/a` splits a name in two, numbers are taken out of addresses.
"""

import re
from typing import NamedTuple

from shared.contracts.record import Address, Record

_FORM = re.compile(r"\b(ltd|limited|llp|plc|inc|corp|llc|co|uk|group|holdings)\b")
_TRADING_AS = re.compile(r"\s+t/a\s+|\s+trading as\s+")
_NUMBER = re.compile(r"\b\d+[a-z]?\b")
_TITLE = re.compile(r"^(mr|mrs|ms|miss|dr)\s+")


class Columns(NamedTuple):
    """One record, lower case; "" for what it does not say. `door`: every number of the address, in order."""

    id: str
    source: str
    name: str
    name2: str
    door: str
    street: str
    town: str
    postcode: str
    outward: str
    phone: str
    email: str
    company: str
    licence: str
    owner: str
    dob: str


def columns(id_: str, source: str, record: Record) -> Columns:
    names = [part for name in record.names for part in _TRADING_AS.split(name.value.casefold())]
    cleaned = list(dict.fromkeys(filter(None, map(_name, names))))
    address = record.address or Address()
    postcode = " ".join((address.postcode or "").casefold().split())
    line = ", ".join(address.lines).casefold()
    person = record.people[0] if record.people else None
    return Columns(
        id_,
        source,
        cleaned[0] if cleaned else "",
        cleaned[1] if len(cleaned) > 1 else "",
        " ".join(_NUMBER.findall(line)),
        _letters(_NUMBER.sub("", line), digits=True),
        (address.town or "").casefold(),
        postcode,
        postcode.split(" ")[0],
        next(iter(record.phones), ""),
        next(iter(record.emails), "").casefold(),
        record.company_number or "",
        next(iter(record.licence_numbers), ""),
        " ".join(sorted(_letters(_TITLE.sub("", person.name.casefold())).split())) if person else "",
        person.date_of_birth.isoformat() if person and person.date_of_birth else "",
    )


def _name(text: str) -> str:
    return _letters(_FORM.sub("", text.replace("&", " and ")), digits=True)


def _letters(text: str, *, digits: bool = False) -> str:
    kept = (letter if letter.isalpha() or (digits and letter.isdigit()) else " " for letter in text.replace("'", ""))
    return " ".join("".join(kept).split())
