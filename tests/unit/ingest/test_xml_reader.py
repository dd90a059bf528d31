import pytest

from services.ingest.domain.readers import Limits
from tests.unit.ingest.support import codes, good, make_spec, read

SPEC = make_spec({"kind": "xml", "row_element": "Row"})
SMALL = Limits(max_row_bytes=200, max_cell=50, max_columns=5, max_depth=5)

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<File><Row><ref>&c;</ref></Row></File>"""
EXTERNAL = b"""<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><File><Row><ref>&e;</ref></Row></File>"""
REMOTE_DTD = b"""<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><File><Row><ref>1</ref></Row></File>"""


def test_elements_become_columns_with_dotted_names_whatever_the_namespace() -> None:
    content = b"""<f:File xmlns:f="urn:x" xmlns="urn:y"><Header><ref>0</ref></Header>
        <f:Row id="a"><ref> 1 </ref><Scores><Hygiene>5</Hygiene></Scores><tel>x</tel><tel>y</tel><note/></f:Row>
        <Row>z</Row></f:File>"""
    rows, refused = read(SPEC, content)
    assert not refused
    assert good(rows) == [{"@id": "a", "ref": "1", "Scores.Hygiene": "5", "tel": "x", "tel.1": "y"}, {"Row": "z"}]


@pytest.mark.parametrize("content", [BILLION_LAUGHS, EXTERNAL, REMOTE_DTD])
def test_a_document_type_is_refused_before_any_entity_is_looked_at(content: bytes) -> None:
    assert read(SPEC, content) == ([], ("xml_doctype",))


def test_rows_before_a_fault_stand() -> None:
    rows, refused = read(SPEC, b"<F><Row><ref>1</ref></Row><Row><ref>2</Row></F>")
    assert (good(rows), refused) == ([{"ref": "1"}], ("xml_malformed",))
    rows, refused = read(SPEC, b"<F><Row><ref>1</ref></Row>" + b"<a>" * 10, SMALL)
    assert (good(rows), refused) == ([{"ref": "1"}], ("too_deep",))
    rows, refused = read(SPEC, b"<F><Row><ref>1</ref></Row></F> trailing")
    assert (good(rows), refused) == ([{"ref": "1"}], ("xml_malformed",))


def test_a_row_beyond_a_limit_is_one_bad_row() -> None:
    cells = b"".join(b"<c%d>x</c%d>" % (number, number) for number in range(9))
    content = b"<F><Row><ref>%s</ref></Row><Row><ref>%s</ref></Row><Row>%s</Row><Row><ref>4</ref></Row></F>"
    rows, refused = read(SPEC, content % (b"x" * 500, b"y" * 60, cells), SMALL)
    assert not refused
    assert [codes(row) for row in rows] == [
        [("row", "row_too_long")],
        [("ref", "cell_too_long")],
        [("row", "too_many_columns")],
        [],
    ]


@pytest.mark.parametrize("huge", [b'<Row a="%s"/>', b"<!--%s-->", b"<?x %s?>"])
def test_one_tag_or_comment_that_would_fill_memory_is_refused(huge: bytes) -> None:
    assert read(SPEC, b"<F>" + huge % (b"x>" * 2_000_000)) == ([], ("row_too_long",))


def test_declared_encodings_are_read_and_unknown_ones_refused() -> None:
    cp1252 = b'<?xml version="1.0" encoding="windows-1252"?><F><Row>caf\xe9 \x80</Row></F>'
    assert good(read(SPEC, cp1252)[0]) == [{"Row": "café €"}]
    utf_16 = '<?xml version="1.0" encoding="utf-16"?><F><Row>é</Row></F>'.encode("utf-16")
    assert good(read(SPEC, utf_16)[0]) == [{"Row": "é"}]
    assert read(SPEC, cp1252.replace(b"windows-1252", b"klingon"))[1] == ("encoding_unsupported",)


def test_a_file_without_the_row_element_is_refused_rather_than_empty() -> None:
    assert read(SPEC, b"<F><row/></F>") == ([], ("row_element_missing",))


def test_reading_on_after_a_row_equals_reading_in_one_go() -> None:
    content = b"<F>" + b"".join(b"<Row><ref>%d</ref></Row>" % number for number in range(10)) + b"</F>"
    whole, _ = read(SPEC, content)
    assert read(SPEC, content, start_after=4)[0] == whole[4:]
