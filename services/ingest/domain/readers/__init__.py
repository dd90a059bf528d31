"""Rows out of files of every format, streamed in bounded memory."""

from collections.abc import Iterator

from services.ingest.domain.feed import CsvFormat, FeedSpec, mapped_columns
from services.ingest.domain.readers.csv_rows import read_csv
from services.ingest.domain.readers.rows import DEFAULT_LIMITS, BadRow, Limits, ReadableStream, Refused, Row

__all__ = ["DEFAULT_LIMITS", "BadRow", "Limits", "ReadableStream", "Refused", "Row", "read_rows"]


def read_rows(
    spec: FeedSpec, stream: ReadableStream, *, limits: Limits = DEFAULT_LIMITS, start_after: int = 0
) -> Iterator[Row | BadRow]:
    """The rows of a file of this feed, in order, from number `start_after` + 1 on.

    The same bytes always give the same numbers. Raises Refused, at once or after the rows that could be read.
    """
    form, mapped = spec.format, mapped_columns(spec)
    match form:
        case CsvFormat():
            return read_csv(stream, form.delimiter, mapped, limits, start_after)
    raise AssertionError(form)
