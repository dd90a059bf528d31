"""One cell at a time: text as agencies type it into the values of the canonical record. Pure, and never raises."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from stdnum.exceptions import ValidationError as BadCheckDigits
from stdnum.gb import vat

_LONDON = ZoneInfo("Europe/London")
_INVISIBLE = {"Cc", "Cf", "Cs"}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)
_EXCEL_SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d+)?", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR|BFPO) ?([0-9][A-Z]{2}|[0-9]{1,4})?", re.ASCII)
_COMPANY = re.compile(r"\d{8}|[A-Z]{2}\d{6}|R\d{7}|[A-Z]{2}\d{5}[A-Z]", re.ASCII)
_COMPANY_SHORT = re.compile(r"([A-Z]{0,2})(\d{1,7})", re.ASCII)
_BEFORE_NUMBER = re.compile(r"^(?:(?:REG(?:ISTERED|ISTRATION)?|COMPANY|CO|VAT|CHARITY|NUMBER|NO|NR)\b[\s.:]*)+")
_CHARITY = re.compile(r"\d{6,7}(?:-\d{1,3})?|SC\d{6}|NIC\d{6}", re.ASCII)
_UPRN = re.compile(r"0*(\d{1,12})", re.ASCII)
_USUAL_PHONE = re.compile(r"(?:(?:\+|00)440?|44|0)?([1-357-9]\d{9})", re.ASCII)
_BETWEEN_DIGITS = str.maketrans("", "", " ()-")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def clean(text: str) -> str:
    """Single spaces, no line breaks, nothing invisible: neither a store nor a reader could cope with a NUL."""
    if text.isprintable() and "  " not in text:  # of white space only a space is printable
        return text.strip()
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join("".join(char for char in text if unicodedata.category(char) not in _INVISIBLE).split())


@lru_cache(maxsize=16_384)
def parse_date(text: str, formats: tuple[str, ...]) -> tuple[date | None, bool]:
    """The day, and whether it was an Excel serial number. ISO 8601 first, then `formats` in order; None if no date.

    A time with an offset is turned into the day it was in London: `2023-07-11T23:00:00Z` is 12 July.
    """
    if _ISO.fullmatch(text):
        return _iso_date(text), False
    for form in formats:
        try:
            return datetime.strptime(text, form).date(), False  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    if _EXCEL_SERIAL.fullmatch(text):
        return _EXCEL_EPOCH + timedelta(days=int(text[:5])), True
    return None, False


def _iso_date(text: str) -> date | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(_LONDON) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def parse_postcode(text: str) -> tuple[str, bool]:
    """Upper case with one space, and whether it is a UK postcode or the beginning of one."""
    text = text.upper()
    found = _POSTCODE.fullmatch(text)
    if not found:
        return text, False
    return " ".join(part for part in found.groups() if part), True


def parse_phone(text: str) -> tuple[str, bool]:
    """E.164 and True, or the text as given and False. Reserved (drama) numbers count as numbers."""
    if usual := _USUAL_PHONE.fullmatch(text.translate(_BETWEEN_DIGITS)):
        return f"+44{usual[1]}", True
    return parse_phone_by_library(text)


@lru_cache(maxsize=16_384)
def parse_phone_by_library(text: str) -> tuple[str, bool]:
    """As `parse_phone`, and for most numbers at some twenty times the cost."""
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return text, False
    if not phonenumbers.is_possible_number(number):
        return text, False
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), True


def parse_company_number(text: str) -> tuple[str | None, bool]:
    """The eight characters, and whether zeros that a spreadsheet had eaten were put back. None if it is not one."""
    text = _BEFORE_NUMBER.sub("", text.upper()).replace(" ", "")
    if _COMPANY.fullmatch(text):
        return (text, False) if text.strip("0") else (None, False)
    short = _COMPANY_SHORT.fullmatch(text)
    if not short or not short[2].strip("0"):
        return None, False
    prefix, digits = short.groups()
    return (prefix + digits.zfill(8 - len(prefix)), True) if len(text) < 8 else (None, False)


def parse_vat_number(text: str) -> str | None:
    """The digits without GB, if the check digits are right."""
    try:
        number = str(vat.validate(_BEFORE_NUMBER.sub("", text.upper()).removeprefix("XI")))
    except BadCheckDigits:
        return None
    return number if number.strip("0") else None


def parse_charity_number(text: str) -> str | None:
    text = _BEFORE_NUMBER.sub("", text.upper()).replace(" ", "")
    return text if _CHARITY.fullmatch(text) else None


def parse_uprn(text: str) -> str | None:
    found = _UPRN.fullmatch(text)
    return found[1] if found and found[1].strip("0") else None


def parse_email(text: str) -> str | None:
    text = text.lower().strip("<>").rstrip(".")
    return text if len(text) <= 320 and _EMAIL.fullmatch(text) else None


def parse_degrees(text: str, limit: float) -> float | None:
    """Decimal degrees between -limit and limit."""
    try:
        degrees = float(text)
    except ValueError:
        return None
    return degrees if -limit <= degrees <= limit else None
