"""Rows of delimited text, with quoting, in bounded memory.

The csv module does the quoting; it is fed bounded lines. A row whose quotes do not close within the row limit is bad,
and reading goes on at the line after the one that opened them.
"""

import contextlib
import csv
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from services.ingest.domain.readers.heading import SEARCHED_ROWS, best_heading, column_names
from services.ingest.domain.readers.lines import decode, raw_lines
from services.ingest.domain.readers.rows import BadRow, Limits, ReadableStream, Row, bad_row, refused

DELIMITERS = (",", "\t", ";", "|")
_MAX_UNCLOSED = 100
_HEAD_CHARACTERS = 1 << 16


class _BadLines(Exception):
    """The lines taken since the last row are no row."""

    def __init__(self, code: str, remedy: str) -> None:
        super().__init__(code)
        self.code, self.remedy = code, remedy


class _Lines:
    """Decoded lines for the csv module, remembering those of the row being read."""

    def __init__(self, lines: Iterator[bytes | None], limits: Limits) -> None:
        self._lines, self._limits = lines, limits
        self._again: deque[bytes | None] = deque()
        self._row: list[bytes | None] = []
        self._size = 0
        self._unclosed = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else next(self._lines)
        except StopIteration:
            if self._row:
                raise _unclosed_quote() from None
            raise
        self._row.append(line)
        if line is None:
            raise _BadLines("row_too_long", f"Shorten the row to {self._limits.max_row_bytes} bytes.")
        self._size += len(line)
        if self._size > self._limits.max_row_bytes:
            raise _unclosed_quote()
        if (text := decode(line)) is None:
            raise _BadLines("not_text", "Save the file as UTF-8 text; this row holds other bytes.")
        return text

    def head(self) -> list[str]:
        """The first lines as far as they are text; they will be read again."""
        self._again.extend(islice(self._lines, SEARCHED_ROWS))
        texts = [(decode(line) or "\n") if line else "\n" for line in self._again]
        return [text[:_HEAD_CHARACTERS] for text in texts]

    def next_row(self) -> None:
        self._row.clear()
        self._size = 0

    def retry_after_first(self) -> None:
        """The lines of this row but the first are read again, as rows of their own."""
        self._unclosed += 1
        if self._unclosed > _MAX_UNCLOSED:
            raise refused("file", "quotes_unclosed", 'Close every quote ("); too many rows leave one open.')
        self._again.extendleft(reversed(self._row[1:]))


def _unclosed_quote() -> _BadLines:
    return _BadLines("quote_unclosed", 'Close the quote (") that this row opens, or double a quote inside a cell.')


def read_csv(
    stream: ReadableStream, delimiter: str | None, mapped: tuple[str, ...], limits: Limits, start_after: int
) -> Iterator[Row | BadRow]:
    """Rows after number `start_after`. Raises Refused."""
    lines = _Lines(raw_lines(stream, limits.max_row_bytes), limits)
    delimiter, heading_at = _layout(lines.head(), delimiter, mapped)
    records = _records(lines, delimiter)
    columns = _columns(islice(records, heading_at, heading_at + 1), mapped, limits)
    for number, cells in enumerate(records, start=1):
        if number <= start_after:
            continue
        if isinstance(cells, _BadLines):
            yield bad_row(number, "row", cells.code, cells.remedy)
        elif any(cells) and (row := _row(number, cells, columns, limits)):
            yield row


def _layout(head: list[str], delimiter: str | None, mapped: tuple[str, ...]) -> tuple[str, int]:
    """The delimiter under which most mapped columns are found, and the index of the heading."""
    best = (-1, -1, ",", 0)
    for candidate in (delimiter,) if delimiter else DELIMITERS:
        rows = _parse_head(head, candidate)
        index, found = best_heading(rows, mapped)
        width = len(rows[index]) if rows else 0
        best = max(best, (found, width, candidate, index), key=lambda layout: layout[:2])
    return best[2], best[3]


def _parse_head(head: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        rows.extend(csv.reader(head, delimiter=delimiter))
    return rows


def _columns(heading: Iterator[list[str] | _BadLines], mapped: tuple[str, ...], limits: Limits) -> list[str]:
    cells = next(heading, None)
    if cells is None:
        raise refused("file", "file_empty", "Send a file with a heading and rows; this one is empty.")
    if isinstance(cells, _BadLines):
        raise refused("heading", cells.code, cells.remedy)
    return column_names(cells, mapped, limits)


def _records(lines: _Lines, delimiter: str) -> Iterator[list[str] | _BadLines]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.next_row()
        try:
            yield next(reader)
        except StopIteration:
            return
        except _BadLines as bad:
            if bad.code == "quote_unclosed":
                lines.retry_after_first()
            yield bad
        except csv.Error:
            lines.retry_after_first()
            yield _BadLines("row_malformed", "Check the row's quotes and line breaks, and shorten very long cells.")


def _row(number: int, cells: Sequence[str], columns: list[str], limits: Limits) -> Row | BadRow | None:
    width = len(columns)
    if len(cells) > width and not any(cells[width:]):
        cells = cells[:width]
    if len(cells) != width:
        return _ragged(number, len(cells), columns)
    if len(max(cells, key=len)) > limits.max_cell:
        column = next(name for name, cell in zip(columns, cells, strict=True) if len(cell) > limits.max_cell)
        return bad_row(number, column, "cell_too_long", f"Shorten the cell to {limits.max_cell} characters.")
    return Row(number, dict(zip(columns, cells, strict=True)))


def _ragged(number: int, cells: int, columns: list[str]) -> BadRow:
    if cells < len(columns):
        remedy = f"The row has {cells} of {len(columns)} cells: fill it up from this column on."
        return bad_row(number, columns[cells], "too_few_cells", remedy)
    remedy = f"The row has {cells} cells for {len(columns)} columns: quote cells that hold the delimiter."
    return bad_row(number, "row", "too_many_cells", remedy)
