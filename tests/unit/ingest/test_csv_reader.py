import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.readers import BadRow, Limits, Refused, read_rows
from tests.unit.ingest.support import codes, good, make_spec, read

SPEC = make_spec(names=[{"column": "name"}])
SMALL = Limits(max_row_bytes=200, max_cell=50, max_columns=10)


def test_good_rows_land_around_bad_ones_and_numbers_count_every_row_below_the_heading() -> None:
    rows, refused = read(SPEC, b'ref,name\r\n1,"A, ""B""\nC"\r\n\r\n2\r\n3,x,y\r\n,\r\n4,D,,\r\n')
    assert not refused
    assert [(row.number, codes(row)) for row in rows] == [
        (1, []),
        (3, [("name", "too_few_cells")]),
        (4, [("row", "too_many_cells")]),
        (6, []),
    ]
    assert good(rows) == [{"ref": "1", "name": 'A, "B"\nC'}, {"ref": "4", "name": "D"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_shows_the_mapped_columns(delimiter: str) -> None:
    content = f"Export; of, today\n\n Ref {delimiter}NAME{delimiter}note\n1{delimiter}A{delimiter}x\n"
    rows, _ = read(SPEC, content.encode())
    assert [row.number for row in rows] == [1]
    assert [(row["ref"], row["name"]) for row in good(rows)] == [("1", "A")]


def test_a_declared_delimiter_is_used() -> None:
    rows, _ = read(make_spec({"kind": "csv", "delimiter": "^"}, names=[{"column": "name"}]), b"ref^name\n1^a,b\n")
    assert good(rows) == [{"ref": "1", "name": "a,b"}]


def test_a_missing_column_is_refused_with_the_nearest_heading() -> None:
    rows, refused = read(SPEC, b"ref,nane\n1,A\n")
    assert (rows, refused) == ([], ("column_missing",))


def test_the_nearest_heading_is_not_taken_from_a_row_of_data() -> None:
    with pytest.raises(Refused) as no_heading:
        list(read_rows(SPEC, io.BytesIO(b"7,Nameh\n")))
    assert "Nameh" not in str([error.remedy for error in no_heading.value.errors])
    with pytest.raises(Refused) as near:
        list(read_rows(SPEC, io.BytesIO(b"ref,nane\n")))
    assert "'nane'" in near.value.errors[0].remedy


def test_a_repeated_mapped_column_is_refused_and_other_columns_may_repeat_or_have_no_name() -> None:
    assert read(SPEC, b"ref,name,name\n1,A,B\n")[1] == ("column_repeated",)
    rows, _ = read(SPEC, b"ref,note,name,note,\n1,x,A,y,z\n")
    assert good(rows) == [{"ref": "1", "note": "x", "name": "A", "note (column 4)": "y", "column 5": "z"}]


def test_an_empty_file_is_refused_and_a_heading_alone_is_no_rows() -> None:
    assert read(SPEC, b"") == ([], ("file_empty",))
    assert read(SPEC, b"ref,name\n") == ([], ())


def test_text_is_utf_8_with_or_without_mark_else_windows_1252_line_by_line() -> None:
    content = b"\xef\xbb\xbfref,name\n1,caf\xc3\xa9\n2,caf\xe9 \x80\n3,\x81\n4,a\x00b\n5,\xc3\xa9\n"
    rows, _ = read(SPEC, content)
    assert [row["name"] for row in good(rows)] == ["café", "café €", "é"]
    assert [(row.number, codes(row)) for row in rows if isinstance(row, BadRow)] == [
        (3, [("row", "not_text")]),
        (4, [("row", "not_text")]),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(encoding: str) -> None:
    _, refused = read(SPEC, "ref,name\n1,A\n".encode(encoding))
    assert refused


def test_a_quote_left_open_costs_its_own_row_only() -> None:
    rows, refused = read(SPEC, b'ref,name\n1,"open\n2,B\n' + b"3,C\n" * 100, SMALL)
    assert not refused
    assert codes(rows[0]) == [("row", "quote_unclosed")]
    assert [row["ref"] for row in good(rows)] == ["2"] + ["3"] * 100
    rows, _ = read(SPEC, b'ref,name\n1,A\n2,"open at the end\n3,C')
    assert [codes(row) for row in rows] == [[], [("row", "quote_unclosed")], []]


def test_a_file_full_of_open_quotes_is_refused_rather_than_read_again_and_again() -> None:
    body = b"".join(b'%d,"open\n' % number + b"x,y\n" * 100 for number in range(200))
    rows, refused = read(SPEC, b"ref,name\n" + body, SMALL)
    assert refused == ("quotes_unclosed",)
    assert rows


def test_a_row_cell_or_heading_beyond_its_limit_is_named() -> None:
    rows, refused = read(SPEC, b"ref,name\n1," + b"x" * 500 + b"\n2," + b"y" * 60 + b"\n3,C\n", SMALL)
    assert not refused
    assert [codes(row) for row in rows] == [[("row", "row_too_long")], [("name", "cell_too_long")], []]
    assert read(SPEC, b"ref,name" + b",x" * 20 + b"\n", SMALL)[1] == ("too_many_columns",)


def test_lines_may_end_in_carriage_returns_alone() -> None:
    assert good(read(SPEC, b"ref,name\r1,A\r2,B")[0]) == [{"ref": "1", "name": "A"}, {"ref": "2", "name": "B"}]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
TABLE = st.lists(st.tuples(st.text("abc1", min_size=1), CELL), max_size=20)


@given(TABLE, st.sampled_from([",", ";", "\t", "|", "^", "~"]), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_writes_is_read_back(table: list[tuple[str, str]], delimiter: str, end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("ref", "name"), *table])
    spec = make_spec({"kind": "csv", "delimiter": delimiter}, names=[{"column": "name"}])
    rows, refused = read(spec, out.getvalue().encode())
    assert not refused
    assert [tuple(row.values()) for row in good(rows)] == table


def dirty_lines() -> st.SearchStrategy[list[bytes]]:
    lines = [b"1,A\n", b"2\n", b'3,"x\ny"\n', b'4,"open\n', b"\n", b"5,\xe9\n", b"6,\x81\n", b"7," + b"z" * 300 + b"\n"]
    return st.lists(st.sampled_from(lines), max_size=30)


@given(dirty_lines(), st.integers(0, 30))
def test_reading_on_after_a_row_equals_reading_in_one_go(lines: list[bytes], start_after: int) -> None:
    content = b"ref,name\n" + b"".join(lines)
    whole, refused = read(SPEC, content, SMALL)
    rest, refused_again = read(SPEC, content, SMALL, start_after)
    assert rest == [row for row in whole if row.number > start_after]
    assert refused == refused_again


class Dribble(io.BytesIO):
    """A stream that gives a few bytes at a time, as a network does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(3, size) if size and size > 0 else 3)


def test_rows_do_not_depend_on_how_the_bytes_arrive() -> None:
    content = b'\xef\xbb\xbfref,name\r\n1,"caf\xc3\xa9\r\nx"\r\n2,B\r\n'
    assert list(read_rows(SPEC, Dribble(content))) == list(read_rows(SPEC, io.BytesIO(content)))
