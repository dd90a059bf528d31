"""Cells that identify: phones, e-mail, web, and the numbers that registers give. Doubtful ones only warn."""

import re
from collections.abc import Callable
from typing import Any

from services.ingest.domain import values
from services.ingest.domain.cells import Cells, Issues, Row

Part = Callable[[Row, Issues], Any]
Check = Callable[[str, str, Issues], tuple[str, ...]]
_SEVERAL = re.compile(r"\s*(?:[;,/|]|\bor\b|\band\b)\s*", re.IGNORECASE)
_BETWEEN_EMAILS = re.compile(r"[;,\s]+")
_WITHOUT_ZERO = re.compile(r"[1-9][0-9]{8,9}")


def each(columns: tuple[str, ...], cells: Cells, check: Check) -> Part | None:
    """What the columns say, each once. A check turns one cell into values, and warns."""
    takes = [(column, cells.text(column)) for column in columns]

    def take_each(row: Row, issues: Issues) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for column, take in takes:
            if text := take(row):
                found.update(dict.fromkeys(check(column, text, issues)))
        return tuple(found)

    return take_each if takes else None


def checked(column: str | None, cells: Cells, check: Check) -> Part | None:
    values_of = each((column,), cells, check) if column else None
    return (lambda row, issues: next(iter(values_of(row, issues)), None)) if values_of else None


def as_given(column: str, text: str, issues: Issues) -> tuple[str, ...]:
    return (text,)


def phone(column: str, text: str, issues: Issues) -> tuple[str, ...]:
    whole, good = values.parse_phone(text)
    numbers = [(whole, good)] if good else [values.parse_phone(part) for part in _SEVERAL.split(text) if part]
    if not all(good for _, good in numbers):
        issues.warn(column, "phone_malformed", "Not a phone number in full; correct it at source. Kept as sent.")
    if _WITHOUT_ZERO.fullmatch(text):
        issues.warn(column, "leading_zero_lost", "A spreadsheet ate the first 0; format the column as text.")
    return tuple(number for number, _ in numbers)


def email(column: str, text: str, issues: Issues) -> tuple[str, ...]:
    found = [values.parse_email(part) for part in _BETWEEN_EMAILS.split(text) if part]
    if not all(found):
        issues.warn(column, "email_malformed", "Send name@domain; what is not was left out.")
    return tuple(email for email in found if email)


def company_number(column: str, text: str, issues: Issues) -> tuple[str, ...]:
    number, repaired = values.parse_company_number(text)
    if repaired:
        issues.warn(column, "leading_zero_lost", "Zeros were put back in front; format the column as text.")
    elif number is None:
        issues.warn(column, "company_number_malformed", "A company number has eight characters; left out.")
    return (number,) if number else ()


def vat_number(column: str, text: str, issues: Issues) -> tuple[str, ...]:
    number = values.parse_vat_number(text)
    if number is None:
        issues.warn(column, "vat_number_invalid", "The check digits are wrong; correct the number. Left out.")
    return (number,) if number else ()


def charity_number(column: str, text: str, issues: Issues) -> tuple[str, ...]:
    number = values.parse_charity_number(text)
    if number is None:
        issues.warn(column, "charity_number_malformed", "Send 6 or 7 digits, SC and 6 or NIC and 6; left out.")
    return (number,) if number else ()
