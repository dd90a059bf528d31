from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain import values

UK = ("%d/%m/%Y",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-04-03", date(2025, 4, 3)),
        ("03/04/2025", date(2025, 4, 3)),
        ("2025-04-03 09:30:00", date(2025, 4, 3)),
        ("2023-07-11T23:00:00Z", date(2023, 7, 12)),
        ("2023-01-11T23:00:00+00:00", date(2023, 1, 11)),
        ("31/02/2025", None),
        ("2025-02-31", None),
        ("04/13/2025", None),
        ("3 April", None),
        ("20250403", None),
        ("2025-W01-1", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_date_is_iso_or_in_a_declared_format_and_exists(text: str, day: date | None) -> None:
    assert values.parse_date(text, UK) == (day, False)


def test_an_excel_serial_number_is_converted_and_said_to_be_one() -> None:
    assert values.parse_date("45749", UK) == (date(2025, 4, 2), True)
    assert values.parse_date("45749.75", ()) == (date(2025, 4, 2), True)


@pytest.mark.parametrize(
    ("text", "postcode", "good"),
    [
        ("w5 1te", "W5 1TE", True),
        ("W51TE", "W5 1TE", True),
        ("EC1A1BB", "EC1A 1BB", True),
        ("W5 3", "W5 3", True),
        ("SW6", "SW6", True),
        ("GIR 0AA", "GIR 0AA", True),
        ("W5 1T", "W5 1T", False),
        ("unknown", "UNKNOWN", False),
    ],
)
def test_a_postcode_may_be_partial_and_is_kept_if_malformed(text: str, postcode: str, good: bool) -> None:
    assert values.parse_postcode(text) == (postcode, good)


@pytest.mark.parametrize(
    ("text", "number", "good"),
    [
        ("020 7946 0123", "+442079460123", True),
        ("07700 900123", "+447700900123", True),
        ("7700900123", "+447700900123", True),
        ("+44 (0)1632 960001", "+441632960001", True),
        ("ex directory", "ex directory", False),
        ("12", "12", False),
    ],
)
def test_a_phone_is_e164_where_it_parses(text: str, number: str, good: bool) -> None:
    assert values.parse_phone(text) == (number, good)


@given(st.from_regex(r"(00?|44|(\+|00)44 ?(0|\(0\))?)?[ ()+-]?[0-9]{5}[ ()+-]?[0-9]{4,5}", fullmatch=True))
def test_a_phone_in_a_usual_form_is_what_the_library_makes_of_it(text: str) -> None:
    assert values.parse_phone(text) == values.parse_phone_by_library(text)


@pytest.mark.parametrize(
    ("text", "number", "repaired"),
    [
        ("01261512", "01261512", False),
        ("1261512", "01261512", True),
        ("sc123456", "SC123456", False),
        ("SC12345", "SC012345", True),
        ("IP12345R", "IP12345R", False),
        ("R0000123", "R0000123", False),
        ("Company No. 01261512", "01261512", False),
        ("sole trader", None, False),
        ("00000000", None, False),
        ("0", None, False),
        ("123456789", None, False),
    ],
)
def test_a_company_number_gets_its_zeros_back(text: str, number: str | None, repaired: bool) -> None:
    assert values.parse_company_number(text) == (number, repaired)


def test_a_vat_number_is_checked_by_its_digits() -> None:
    assert values.parse_vat_number("GB 980 7806 84") == "980780684"
    assert values.parse_vat_number("VAT No: GB 980 7806 84") == "980780684"
    assert values.parse_vat_number("980780685") is None
    assert values.parse_vat_number("000000000") is None


def test_numbers_of_registers_are_recognised() -> None:
    assert values.parse_charity_number("sc012345") == "SC012345"
    assert values.parse_charity_number("Reg. Charity No. 1140948") == "1140948"
    assert values.parse_charity_number("applied for") is None
    assert values.parse_uprn("000100023336956") == "100023336956"
    assert values.parse_uprn("0") is None
    assert values.parse_email("Info@Example.org") == "info@example.org"
    assert values.parse_email("<info@example.org>") == "info@example.org"
    assert values.parse_email("info@example.org.") == "info@example.org"
    assert values.parse_email("info at example") is None
    assert values.parse_degrees("nan", 90) is None
    assert values.parse_degrees("51.5", 90) == 51.5


def test_cleaned_text_has_single_spaces_and_nothing_invisible() -> None:
    assert values.clean(" The\u00a0 Chicken\r\n\x00Shop\u200b ") == "The Chicken Shop"
    assert values.clean("\ud800x") == "x"


@given(st.text())
def test_no_text_makes_a_parser_raise(text: str) -> None:
    cleaned = values.clean(text)
    cleaned.encode()
    assert values.clean(cleaned) == cleaned
    values.parse_date(text, UK)
    values.parse_postcode(text)
    values.parse_phone(text)
    values.parse_company_number(text)
    values.parse_vat_number(text)
    values.parse_charity_number(text)
    values.parse_uprn(text)
    values.parse_email(text)
    values.parse_degrees(text, 90)
