"""What two records say, line by line."""

from collections.abc import Callable, Mapping
from typing import Any

from services.gateway.pages.showing import day

Record = Mapping[str, Any]
"""One of the `records` of a comparison, as the linker tells them."""


def side_by_side(a: Record, b: Record) -> list[tuple[str, str, str]]:
    """(what a line is about, what `a` says, what `b` says), without the lines on which both say nothing."""
    lines = ((title, says(a), says(b)) for title, says in _LINES.items())
    return [line for line in lines if line[1] or line[2]]


def _all_of(field: str) -> Callable[[Record], str]:
    return lambda record: ", ".join(record[field])


def _text_of(field: str) -> Callable[[Record], str]:
    return lambda record: record[field] or ""


def _names(record: Record) -> str:
    return " / ".join(name["value"] for name in record["names"])


def _people(record: Record) -> str:
    return "; ".join(map(_person, record["people"]))


def _person(person: Record) -> str:
    born = f"born {day(person['date_of_birth'])}" if person["date_of_birth"] else ""
    return ", ".join(filter(None, (person["name"], person["role"], born)))


def _seen(record: Record) -> str:
    on = day(record["observed_on"]) if record["observed_on"] else ""
    rated = f"rated {record['native_rating']}" if record["native_rating"] else ""
    return ", ".join(filter(None, (on, rated)))


def _trading(record: Record) -> str:
    return "" if record["status"] == "unknown" else str(record["status"])


_LINES: dict[str, Callable[[Record], str]] = {
    "Name": _names,
    "Address": _text_of("address"),
    "Telephone": _all_of("phones"),
    "E-mail": _all_of("emails"),
    "Website": _all_of("websites"),
    "Company number": _text_of("company_number"),
    "VAT number": _text_of("vat_number"),
    "Charity number": _text_of("charity_number"),
    "Licence": _all_of("licence_numbers"),
    "People": _people,
    "Kind of business": _text_of("sector"),
    "Trading": _trading,
    "Seen": _seen,
}
