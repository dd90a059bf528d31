"""Small feeds and files for the tests of ingest's domain."""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import openpyxl

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.readers import DEFAULT_LIMITS, BadRow, Limits, Refused, Row, read_rows
from services.ingest.domain.spec_text import parse_spec


def make_spec(form: dict[str, Any] | None = None, **mapping: Any) -> FeedSpec:
    """A feed whose mapping is `mapping`; with no source_ref, rows are identified by `ref`."""
    return parse_spec(
        {
            "id": "test-feed",
            "title": "Test feed",
            "agency": "fire",
            "regime": "fire-safety",
            "category": "inspection",
            "mode": "delta",
            "retention_days": 30,
            "expected_every_hours": 24,
            "format": form or {"kind": "csv"},
            "mapping": {"source_ref": "ref", **mapping},
        }
    )


def read(
    spec: FeedSpec, content: bytes, limits: Limits = DEFAULT_LIMITS, start_after: int = 0
) -> tuple[list[Row | BadRow], tuple[str, ...]]:
    """The rows that could be read, and the codes of the refusal that ended them, if any."""
    rows: list[Row | BadRow] = []
    try:
        for row in read_rows(spec, io.BytesIO(content), limits=limits, start_after=start_after):
            rows.append(row)  # noqa: PERF402 - what was read before a refusal stands
    except Refused as refusal:
        return rows, tuple(error.code for error in refusal.errors)
    return rows, ()


def codes(row: Row | BadRow) -> list[tuple[str, str]]:
    """Field and code of each fault; none for a good row."""
    return [(error.field, error.code) for error in row.errors] if isinstance(row, BadRow) else []


def good(rows: Iterable[Row | BadRow]) -> list[dict[str, str]]:
    return [row.values for row in rows if isinstance(row, Row)]


def workbook(rows: Iterable[Iterable[Any]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def replace_member(archive: bytes, name: str, content: bytes) -> bytes:
    """The same archive with another content of one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info))
    return out.getvalue()
