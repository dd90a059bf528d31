"""Rows out of files of every format, streamed in bounded memory."""

from collections.abc import Iterator
from typing import BinaryIO, assert_never, cast

from services.ingest.domain.feed import (
    CsvFormat,
    FeedSpec,
    JsonFormat,
    NdjsonFormat,
    XlsxFormat,
    XmlFormat,
    mapped_columns,
)
from services.ingest.domain.readers.csv_rows import read_csv
from services.ingest.domain.readers.json_rows import read_json, read_ndjson
from services.ingest.domain.readers.rows import DEFAULT_LIMITS, BadRow, Limits, ReadableStream, Refused, Row
from services.ingest.domain.readers.xlsx_rows import read_xlsx
from services.ingest.domain.readers.xml_rows import read_xml

__all__ = ["DEFAULT_LIMITS", "BadRow", "Limits", "ReadableStream", "Refused", "Row", "read_rows"]


def read_rows(
    spec: FeedSpec, stream: ReadableStream, *, limits: Limits = DEFAULT_LIMITS, start_after: int = 0
) -> Iterator[Row | BadRow]:
    """The rows of a file of this feed, in order, from number `start_after` + 1 on.

    The same bytes always give the same numbers. `stream` is read forwards once; for XLSX alone it must be a seekable
    binary file. Raises Refused, at the first row or after those that could be read.
    """
    form, mapped = spec.format, mapped_columns(spec)
    match form:
        case CsvFormat():
            return read_csv(stream, form.delimiter, mapped, limits, start_after)
        case XlsxFormat():
            return read_xlsx(cast(BinaryIO, stream), form.sheet, mapped, limits, start_after)
        case JsonFormat():
            return read_json(stream, form.item_path, limits, start_after)
        case NdjsonFormat():
            return read_ndjson(stream, limits, start_after)
        case XmlFormat():
            return read_xml(stream, form.row_element, limits, start_after)
        case _:
            assert_never(form)
