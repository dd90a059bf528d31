"""Who is found when a person asks what is held of them: too much rather than too little."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.api.duties import Subject
from shared.contracts.record import Name, Person, Record
from shared.duties.subject import Sought

RECORD = Record(
    names=(Name(value="Marsden's Café"),),
    people=(Person(name="Ivy Zoë MARSDEN", date_of_birth=date(1970, 5, 1)),),
    phones=("+442079460111",),
    emails=("Ivy@Marsden.example",),
    company_number="01234567",
    licence_numbers=("PREM/2041",),
)


@pytest.mark.parametrize(
    "subject",
    [
        {"name": "ivy marsden"},
        {"name": "Marsden, Zoe"},
        {"name": "marsden cafe"},
        {"name": "Ivy Marsden", "date_of_birth": "1970-05-01"},
        {"phones": ["020 7946 0111"]},
        {"emails": ["IVY@marsden.example"]},
        {"numbers": ["prem 2041"]},
        {"numbers": ["f-17"]},
        {"name": "somebody else", "numbers": ["01234567"]},
    ],
    ids=str,
)
def test_found(subject):
    assert Sought.of(Subject(**subject)).is_in(RECORD, "F17")


@pytest.mark.parametrize(
    "subject",
    [
        {"name": "Ivy Marston"},
        {"name": "Ivy Marsden", "date_of_birth": "1971-05-01"},
        {"name": "Ivy Marsden Smith"},
        {"phones": ["020 7946 0112"]},
        {"phones": ["111"]},
        {"numbers": ["12345"]},
        {"numbers": ["--"]},
    ],
    ids=str,
)
def test_not_found(subject):
    assert not Sought.of(Subject(**subject)).is_in(RECORD, "F17")


def test_a_person_without_a_date_of_birth_may_be_the_one():
    record = Record(people=(Person(name="Ivy Marsden"),))
    assert Sought.of(Subject(name="Ivy Marsden", date_of_birth=date(1971, 1, 1))).is_in(record, "x")


def test_a_row_that_could_not_be_used_is_looked_through_cell_by_cell():
    cells = ["F17", "Ivy", "Marsden", "020 7946 0111", "no such rating"]
    assert Sought.of(Subject(name="Ivy Marsden")).is_among(cells)
    assert Sought.of(Subject(phones=("+44 20 7946 0111",))).is_among(cells)
    assert not Sought.of(Subject(name="Ivy Marston")).is_among(cells)


def test_a_search_for_nobody_is_refused():
    with pytest.raises(ValueError, match="identifies"):
        Subject()


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ({"name": "ivy quillfeather"}, True),
        ({"name": "Ivy Marsden"}, False),
        ({"phones": ["+44 20 7946 0777"]}, True),
        ({"phones": ["020 7946 0778"]}, False),
        ({"emails": ["IVY@example.org"]}, True),
        ({"numbers": ["ab 123"]}, True),
    ],
)
def test_in_what_people_write_a_name_and_an_identifier_are_found_anywhere(subject: dict[str, Any], found: bool) -> None:
    said = ["Quillfeather, Ivy; ring 020 7946 0777 or 020 7946 0001,", "or ivy@example.org (licence AB-123)"]
    assert Sought.of(Subject(**subject)).is_told_in(said) is found
