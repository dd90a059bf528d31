"""A specification drafted by the names of a file's columns reads the file as its agency meant it."""

from pathlib import Path

import pytest

from joinedup.column_names import Meaning, meaning_of
from joinedup.draft import draft, in_yaml, read_table
from joinedup.feeds import FeedFile, Unusable, gather
from services.ingest.domain.spec_text import load_spec
from shared.contracts.record import Record

HEADING = (
    "business_id,restaurant_name,dba,owner,street_number,street_address,city,zip,phone_number,lat,long,url,permit_no"
)
ROW = "7,Café Noir,Noir,Ann Lee,12,High Street,Kerrow,ZA1 2AB,01632 960001,50.1,-4.2,noir.example,L1"


def read(path: Path) -> Record:
    (record,) = gather([FeedFile(load_spec(in_yaml(draft(read_table(path)))), path)]).values()
    return record


def check(record: Record) -> None:
    assert {name.value for name in record.names} == {"Café Noir", "Noir"}
    assert [person.name for person in record.people] == ["Ann Lee"]
    address = record.address
    assert address is not None
    assert (address.lines, address.town, address.postcode) == (("12", "High Street"), "Kerrow", "ZA1 2AB")
    assert (address.latitude, address.longitude) == (50.1, -4.2)
    assert record.phones == ("+441632960001",)
    assert record.websites == ("noir.example",)
    assert not record.licence_numbers


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_of_any_usual_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "Guide of 2024.csv"
    path.write_text(f"{HEADING}\n{ROW}\n".replace(",", delimiter), encoding=encoding)

    check(read(path))


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "guide.jsonl"
    cells = zip(HEADING.split(","), ROW.split(","), strict=True)
    path.write_text("{" + ", ".join(f'"{column}": "{cell}"' for column, cell in cells) + "}\n", encoding="utf-8")

    check(read(path))


@pytest.mark.parametrize(
    ("column", "meaning"),
    [
        ("DBA_Name", Meaning.trading),
        ("restaurantname", Meaning.trading),
        ("Doing Business As Name", Meaning.trading),
        ("LEGAL_NAME", Meaning.legal),
        ("addressLine2", Meaning.address),
        ("ZIP_CODE", Meaning.postcode),
        ("phoneNumber", Meaning.phone),
        ("Email Address", Meaning.email),
        ("contact_name", Meaning.person),
        ("company_number", Meaning.company_number),
        ("True Id", Meaning.truth),
        ("cluster_id", Meaning.truth),
        ("name_true", Meaning.nothing),
        ("Fax", Meaning.nothing),
        ("account_number", Meaning.nothing),
    ],
)
def test_what_a_column_is_called_says_what_it_holds(column: str, meaning: Meaning) -> None:
    assert meaning_of(column) is meaning


def test_births_are_read_as_the_file_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("rec_id,given_name,surname,date_of_birth\na,Ann,Lee,31/12/1980\nb,Bo,Ek,01/02/1990\n")
    spec = draft(read_table(path))

    assert spec.mapping.dates == ("%d/%m/%Y",)
    assert spec.mapping.people[0].name == ("given_name", "surname")
    assert spec.mapping.people[0].date_of_birth == "date_of_birth"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sizes.csv", "id,size\n1,2\n", "as names or addresses are: id, size"),
        ("guide.parquet", "PAR1", "save it as CSV"),
        ("empty.csv", "id,name\n", "holds no rows"),
    ],
)
def test_what_cannot_be_drafted_says_why(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(Unusable, match=said):
        draft(read_table(tmp_path / name))
