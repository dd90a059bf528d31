"""Item 4 of the spine, at the readers: whatever comes, rows or a typed refusal, in bounded memory."""

import contextlib
import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.readers import BadRow, Limits, Refused, Row, read_rows
from tests.unit.ingest.support import make_spec, read, workbook

SPECS = {
    "csv": make_spec({"kind": "csv"}, names=[{"column": "name"}]),
    "xlsx": make_spec({"kind": "xlsx"}, names=[{"column": "name"}]),
    "json": make_spec({"kind": "json"}, names=[{"column": "name"}]),
    "ndjson": make_spec({"kind": "ndjson"}, names=[{"column": "name"}]),
    "xml": make_spec({"kind": "xml", "row_element": "Row"}, names=[{"column": "name"}]),
}
GOOD = {
    "csv": b"ref,name\n1,A\n2,B\n",
    "xlsx": workbook([["ref", "name"], [1, "A"], [2, "B"]]),
    "json": b'[{"ref":1,"name":"A"},{"ref":2,"name":"B"}]',
    "ndjson": b'{"ref":1,"name":"A"}\n{"ref":2,"name":"B"}\n',
    "xml": b"<F><Row><ref>1</ref><name>A</name></Row><Row><ref>2</ref><name>B</name></Row></F>",
}
SMALL = Limits(max_row_bytes=100, max_cell=20, max_columns=5, max_depth=5)
KINDS = sorted(SPECS)
SIGNS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\x00",
    b"[",
    b"]",
    b"{",
    b"}",
    b":",
    b"<",
    b">",
    b"<Row>",
    b"</Row>",
    b"<ref>",
    b"&a;",
]
WORDS = [
    b"ref",
    b"name",
    b"1e",
    b"-",
    b"9" * 400,
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"\\ud800",
    b"\\",
    b"<!--",
]
PIECES = st.sampled_from(SIGNS + WORDS)


def consume(spec: FeedSpec, content: bytes) -> None:
    """Reads everything; anything but rows and Refused fails the test."""
    rows, refused = read(spec, content, SMALL)
    assert all(isinstance(row, Row) or row.errors for row in rows)
    assert all(refused)


@pytest.mark.parametrize("kind", KINDS)
@given(content=st.binary(max_size=300))
def test_no_bytes_make_a_reader_raise_anything_untyped(kind: str, content: bytes) -> None:
    consume(SPECS[kind], content)


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson", "xml"])
@settings(max_examples=300)
@given(pieces=st.lists(PIECES | st.binary(max_size=3), max_size=40))
@example(pieces=[b"[", b"9" * 400] * 3)
def test_no_mixture_of_the_formats_signs_makes_a_reader_raise_anything_untyped(kind: str, pieces: list[bytes]) -> None:
    consume(SPECS[kind], GOOD[kind][:20] + b"".join(pieces))
    consume(SPECS[kind], b"".join(pieces))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=200)
@given(data=st.data())
def test_no_damage_to_a_good_file_makes_a_reader_raise_anything_untyped(kind: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    consume(
        SPECS[kind], bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content)
    )


class Endless(io.RawIOBase):
    """`before`, then `body` over and over for `size` bytes, then `after`: 200 MB that nobody holds in memory."""

    def __init__(self, before: bytes, body: bytes, size: int, after: bytes) -> None:
        self._parts = self._chunks(before, body * ((1 << 18) // len(body)), size, after)
        self._held = b""

    @staticmethod
    def _chunks(before: bytes, body: bytes, size: int, after: bytes) -> Iterator[bytes]:
        yield before
        for _ in range(size // len(body)):
            yield body
        yield after

    def read(self, size: int = -1, /) -> bytes:
        while len(self._held) < size and (part := next(self._parts, None)) is not None:
            self._held += part
        content, self._held = self._held[:size], self._held[size:]
        return content


MB = 1 << 20
ROW_LIMIT = Limits(max_row_bytes=MB // 16)
XML_START, XML_END = b"<F><Row><ref>1</ref></Row>", b"</Row><Row><ref>3</ref></Row></F>"
LONG = {
    "one line": ("csv", b"ref,name\n1,A\n2,", b"x", b"\n3,C\n", ["1", "3"]),
    "one quoted cell of many lines": ("csv", b'ref,name\n1,A\n2,"', b"x" * 999 + b"\n", b'"\n3,C\n', ["1", "3"]),
    "only delimiters": ("csv", b"ref,name\n1,A\n", b",", b"\n3,C\n", ["1", "3"]),
    "no line break in the heading": ("csv", b"", b"ref,name,", b"", []),
    "one line of JSON": ("ndjson", b'{"ref":1}\n{"ref":"', b"x", b'"}\n{"ref":3}\n', ["1", "3"]),
    "one JSON text": ("json", b'[{"ref":1},{"ref":"', b"x", b'"},{"ref":3}]', ["1"]),
    "one JSON object": ("json", b'[{"ref":1},{"ref":[', b"1,", b'1]},{"ref":3}]', ["1", "3"]),
    "only JSON brackets": ("json", b'[{"ref":1},', b"[", b"", ["1"]),
    "only JSON blanks": ("json", b'[{"ref":1},', b" ", b'{"ref":3}]', ["1"]),
    "one XML text": (
        "xml",
        b"<F><Row><ref>1</ref></Row><Row><ref>",
        b"x",
        b"</ref></Row><Row><ref>3</ref></Row></F>",
        ["1", "3"],
    ),
    "one XML row": (
        "xml",
        b"<F><Row><ref>1</ref></Row><Row>",
        b"<a>x</a>",
        b"</Row><Row><ref>3</ref></Row></F>",
        ["1", "3"],
    ),
    "one XML tag": ("xml", XML_START + b'<Row a="', b"x", b'"/></F>', ["1"]),
    "only XML openings": ("xml", XML_START, b"<a>", b"", ["1"]),
}


@pytest.mark.parametrize("case", LONG)
def test_a_row_of_any_length_is_told_in_bounded_memory_and_good_rows_land(case: str) -> None:
    kind, before, body, after, landed = LONG[case]
    refs: list[str] = []
    tracemalloc.start()
    with contextlib.suppress(Refused):
        for row in read_rows(SPECS[kind], Endless(before, body, 2 * MB, after), limits=ROW_LIMIT):
            refs.extend([row.values["ref"]] if isinstance(row, Row) and row.values.get("ref", "").isdigit() else [])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refs == landed
    assert peak < 5 * MB


@pytest.mark.slow
def test_a_line_of_two_hundred_megabytes_is_one_bad_row() -> None:
    stream = Endless(b"ref,name\n1,A\n2,", b"x", 200 * MB, b"\n3,C\n")
    tracemalloc.start()
    rows = list(read_rows(SPECS["csv"], stream))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(row) for row in rows] == [Row, BadRow, Row]
    assert peak < 8 * MB


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson", "xml"])
def test_memory_does_not_grow_with_the_number_of_rows(kind: str) -> None:
    spec = SPECS[kind]
    row, before, after = {
        "csv": (b"12345,some name or other\n", b"ref,name\n", b""),
        "json": (b'{"ref":12345,"name":"some name"},', b"[", b'{"ref":1}]'),
        "ndjson": (b'{"ref":12345,"name":"some name"}\n', b"", b""),
        "xml": (b"<Row><ref>12345</ref><name>some name</name></Row>", b"<F>", b"</F>"),
    }[kind]
    tracemalloc.start()
    count = sum(1 for _ in read_rows(spec, Endless(before, row, MB, after)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 15_000
    assert peak < 6 * MB


@pytest.mark.parametrize("kind", KINDS)
def test_reading_may_go_on_after_any_row(kind: str) -> None:
    content = {
        "csv": b"ref,name\n" + b"".join(b"%d,A\n" % number for number in range(60)),
        "xlsx": workbook([["ref", "name"], *([number, "A"] for number in range(60))]),
        "json": json.dumps([{"ref": number} for number in range(60)]).encode(),
        "ndjson": b"".join(b'{"ref":%d}\n' % number for number in range(60)),
        "xml": b"<F>" + b"".join(b"<Row><ref>%d</ref></Row>" % number for number in range(60)) + b"</F>",
    }[kind]
    whole, _ = read(SPECS[kind], content)
    assert len(whole) == 60
    for start_after in (0, 1, 30, 59, 60, 99):
        assert read(SPECS[kind], content, start_after=start_after)[0] == whole[start_after:]
