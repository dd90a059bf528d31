import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.readers import BadRow, Limits
from services.ingest.domain.readers.json_items import BadItem, flatten
from tests.unit.ingest.support import codes, good, make_spec, read

ARRAY = make_spec({"kind": "json"})
NESTED = make_spec({"kind": "json", "item_path": "data.rows"})
LINES = make_spec({"kind": "ndjson"})
SMALL = Limits(max_row_bytes=200, max_cell=50, max_columns=10, max_depth=4)


def test_an_array_of_objects_is_rows_with_dotted_names() -> None:
    content = '\ufeff[{"ref":1,"geo":{"lat":1.50,"on":true,"off":null},"tel":["a","b"]}]'
    rows, refused = read(ARRAY, content.encode())
    assert not refused
    assert good(rows) == [{"ref": "1", "geo.lat": "1.50", "geo.on": "true", "geo.off": "", "tel.0": "a", "tel.1": "b"}]


def test_the_array_may_be_inside_the_document() -> None:
    content = b'{"meta":{"rows":[{"x":1}]},"data":{"n":2,"rows":[{"ref":"1"},{"ref":"2"}],"z":[3]},"rows":[4]}'
    assert good(read(NESTED, content)[0]) == [{"ref": "1"}, {"ref": "2"}]


@pytest.mark.parametrize("content", [b'{"ref":1}', b"3", b'"x"', b"null"])
def test_a_document_without_the_array_is_refused(content: bytes) -> None:
    assert read(ARRAY, content) == ([], ("not_an_array",))
    assert read(NESTED, b'{"data":{"rows":{"a":1}}}') == ([], ("not_an_array",))


def test_an_empty_array_is_no_rows() -> None:
    assert read(ARRAY, b"[]") == ([], ())


def test_bad_items_are_bad_rows_and_the_rest_is_read() -> None:
    content = b'[{"ref":1},2,{"a":1,"a":2},{"a":{"b":1},"a.b":2},{"a":"%s"},{"a":["%s"]},{"ref":3}]'
    rows, refused = read(ARRAY, content % (b"x" * 60, b'","'.join([b"x" * 30] * 9)), SMALL)
    assert not refused
    assert [codes(row) for row in rows] == [
        [],
        [("row", "not_an_object")],
        [("row", "key_repeated")],
        [("row", "column_repeated")],
        [("a", "cell_too_long")],
        [("row", "row_too_long")],
        [],
    ]


@pytest.mark.parametrize(
    "rest", [b"] trailing", b",", b',{"ref":', b',{"ref":\xff}]', b",nope]", b"]]", b',{"a":1e999999999999999999999}]']
)
def test_rows_before_a_fault_in_the_document_stand_and_the_file_is_refused(rest: bytes) -> None:
    rows, refused = read(ARRAY, b'[{"ref":1}' + rest)
    assert good(rows)[:1] == [{"ref": "1"}]
    assert refused == ("json_malformed",)


def test_a_number_that_would_crash_the_parser_is_refused() -> None:
    assert read(ARRAY, b'[{"ref":' + b"9" * 5000 + b"}]") == ([], ("number_too_long",))
    padding = b" " * ((1 << 14) - 500)
    assert read(ARRAY, padding + b'[{"ref":' + b"9" * 5000 + b"}]") == ([], ("number_too_long",))


def test_nesting_beyond_the_limit_is_refused() -> None:
    assert read(ARRAY, b"[" * 100_000)[1] == ("too_deep",)


def test_one_object_a_line_and_a_bad_line_is_one_bad_row() -> None:
    lines = [b'{"ref":7,"n":12345678901234567890,"f":1.50}', b"", b'{"ref":', b'{"a":1,"a":2}', b"[1]", b'{"a":NaN}']
    lines += [b'{"a":' + b"[" * 100_000, b'{"a":"\x81"}', b'{"a":"%s"}' % (b"x" * 2_000_000), b'{"ref":"caf\xe9"}']
    rows, refused = read(LINES, b"\n".join(lines))
    assert not refused
    assert good(rows) == [{"ref": "7", "n": "12345678901234567890", "f": "1.50"}, {"ref": "café"}]
    assert [(row.number, codes(row)[0][1]) for row in rows if isinstance(row, BadRow)] == [
        (3, "json_malformed"),
        (4, "key_repeated"),
        (5, "not_an_object"),
        (6, "json_malformed"),
        (7, "too_deep"),
        (8, "not_text"),
        (9, "row_too_long"),
    ]


@pytest.mark.parametrize("item", [{"half \ud800": "x"}, {"name": "half \udfff"}, {"a": {"\ud800": 1}}])
def test_half_a_character_is_a_fault_of_its_row(item: object) -> None:
    """No store can keep it, and no answer repeat it."""
    with pytest.raises(BadItem) as caught:
        flatten(item, SMALL)
    assert (caught.value.error.field, caught.value.error.code) == ("row", "not_text")


def test_a_long_member_name_is_not_repeated_in_a_problem() -> None:
    with pytest.raises(BadItem) as caught:
        flatten({"s" * 200: "x" * 60}, SMALL)
    assert caught.value.error.field == "row"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text("ab", min_size=1), JSON, max_size=3), max_size=5), st.integers(0, 5))
def test_an_array_and_its_lines_give_the_same_rows_from_any_row_on(items: list[dict[str, Any]], start: int) -> None:
    array, _ = read(ARRAY, json.dumps(items).encode(), start_after=start)
    lines, _ = read(LINES, "\n".join(json.dumps(item) for item in items).encode(), start_after=start)
    assert array == lines
    assert all(row.number > start for row in array)
