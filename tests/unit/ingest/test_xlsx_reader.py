import io
import struct
import zipfile
from datetime import date, datetime, time

import pytest

from services.ingest.domain.readers import Limits
from tests.unit.ingest.support import codes, good, make_spec, read, replace_member, workbook

SPEC = make_spec({"kind": "xlsx"}, names=[{"column": "name"}])
SHEET = "xl/worksheets/sheet1.xml"
SMALL = Limits(max_row_bytes=500, max_cell=50, max_columns=10, max_uncompressed=100_000)


def test_cells_are_read_as_a_person_sees_them() -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5)  # noqa: DTZ001 - Excel knows no time zones
    values = ["07700900123", 7700900123, 1.5, True, date(2024, 2, 29), moment, time(3, 4), 123]
    heading = ["ref", "name", "number", "yes", "day", "moment", "hour", "padded"]
    rows, refused = read(SPEC, workbook([["Title of the export"], [], heading, values], {"H4": "00000000"}))
    assert not refused
    assert list(good(rows)[0].values()) == [
        *("07700900123", "7700900123", "1.5", "TRUE", "2024-02-29", "2024-01-02T03:04:05", "03:04:00", "00000123")
    ]


def test_rows_are_numbered_as_below_the_heading_in_the_sheet() -> None:
    rows, _ = read(SPEC, workbook([["ref", "name"], [1, "A"], [], [3, "C"]]))
    assert [row.number for row in rows] == [1, 3]
    assert read(SPEC, workbook([["ref", "name"], [1, "A"], [], [3, "C"]]), start_after=1)[0] == rows[1:]


def test_a_formula_without_a_saved_result_and_an_error_are_faults_of_mapped_columns_only() -> None:
    rows, _ = read(
        SPEC, workbook([["ref", "name", "x"], ["=1+1", "A", "=2"], [2, "#REF!", 1], [3, "#N/A", 1], [4, "D", "=1"]])
    )
    assert [codes(row) for row in rows] == [
        [("ref", "formula_not_calculated")],
        [("name", "cell_error")],
        [],
        [],
    ]
    assert [row["name"] for row in good(rows)] == ["", "D"]


def test_a_formula_with_its_saved_result_is_that_result() -> None:
    sheet = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row><c t="inlineStr"><is><t>ref</t></is></c><c t="str"><v>name</v></c></row>
        <row><c><f>1+1</f><v>2</v></c><c t="str"><f>A1&amp;""</f><v></v></c></row></sheetData></worksheet>"""
    rows, _ = read(SPEC, replace_member(workbook([["x"]]), SHEET, sheet))
    assert good(rows) == [{"ref": "2", "name": ""}]


def test_the_named_sheet_is_read_and_a_missing_one_refused() -> None:
    named = make_spec({"kind": "xlsx", "sheet": "Sheet"}, names=[{"column": "name"}])
    missing = make_spec({"kind": "xlsx", "sheet": "Other"}, names=[{"column": "name"}])
    content = workbook([["ref", "name"], [1, "A"]])
    assert good(read(named, content)[0]) == [{"ref": "1", "name": "A"}]
    assert read(missing, content) == ([], ("sheet_missing",))
    assert read(SPEC, workbook([["ref", "nane"]])) == ([], ("column_missing",))
    assert read(SPEC, workbook([])) == ([], ("file_empty",))


def zip_bomb(size: int) -> bytes:
    return replace_member(workbook([["ref", "name"]]), SHEET, b"<a>" + b" " * size)


def test_a_zip_bomb_that_declares_its_size_is_refused() -> None:
    assert read(SPEC, zip_bomb(30_000_000)) == ([], ("archive_too_big",))


def test_a_zip_bomb_that_declares_less_than_it_unpacks_is_refused() -> None:
    bomb = bytearray(zip_bomb(30_000_000))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = bomb.find(signature)
        while at >= 0:
            if struct.unpack_from("<L", bomb, at + offset)[0] > 1_000_000:
                struct.pack_into("<L", bomb, at + offset, 5_000)
            at = bomb.find(signature, at + 1)
    rows, refused = read(SPEC, bytes(bomb))
    assert not rows
    assert refused[0] in ("archive_damaged", "xml_malformed")


def test_an_archive_that_unpacks_beyond_the_limit_is_refused() -> None:
    rows: list[list[object]] = [["ref", "name"], *([number, f"name {number}"] for number in range(5000))]
    assert read(SPEC, workbook(rows), SMALL)[1] == ("archive_too_big",)


def test_a_directory_of_very_many_members_is_refused_unread() -> None:
    out = io.BytesIO(workbook([["ref", "name"]]))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(8_000):
            archive.writestr(f"{number:0100}", b"")
    assert read(SPEC, out.getvalue()) == ([], ("not_xlsx",))


@pytest.mark.parametrize("content", [b"", b"ref,name\n", b"\xd0\xcf\x11\xe0" * 200, b"PK\x05\x06" + b"\0" * 18])
def test_what_is_not_a_workbook_is_refused(content: bytes) -> None:
    assert read(SPEC, content) == ([], ("not_xlsx",))


def test_an_archive_without_a_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert read(SPEC, out.getvalue()) == ([], ("not_xlsx",))


def test_a_document_type_inside_the_workbook_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    assert read(SPEC, replace_member(workbook([["ref", "name"]]), SHEET, bomb)) == ([], ("xml_doctype",))
    workbook_part = replace_member(workbook([["ref", "name"]]), "xl/workbook.xml", bomb)
    assert read(SPEC, workbook_part) == ([], ("not_xlsx",))


def test_a_row_beyond_a_limit_is_one_bad_row() -> None:
    sheet = b'<worksheet><sheetData><row r="1"><c t="str"><v>ref</v></c><c t="str"><v>name</v></c></row>'
    sheet += b"".join(
        b'<row r="%d"><c t="str"><v>%d</v></c><c t="str"><v>%s</v></c></row>' % (row, row, b"x" * length)
        for row, length in ((2, 600), (3, 60), (4, 6))
    )
    content = replace_member(workbook([["x"]]), SHEET, sheet + b"</sheetData></worksheet>")
    rows, refused = read(SPEC, content, SMALL)
    assert not refused
    assert [codes(row) for row in rows] == [[("row", "row_too_long")], [("name", "cell_too_long")], []]


def test_rows_out_of_order_are_refused() -> None:
    sheet = b'<worksheet><row r="2"><c t="str"><v>ref</v></c><c t="str"><v>name</v></c></row><row r="1"/></worksheet>'
    assert read(SPEC, replace_member(workbook([["x"]]), SHEET, sheet))[1] == ("rows_out_of_order",)
