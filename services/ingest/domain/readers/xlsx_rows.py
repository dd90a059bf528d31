"""Rows of an Excel workbook, streamed. A formula counts as the value saved with it; without one its row is bad."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from services.ingest.domain.readers.archive import Archive
from services.ingest.domain.readers.heading import SEARCHED_ROWS, best_heading, column_names
from services.ingest.domain.readers.rows import BadRow, Limits, Row, bad_row, refused
from services.ingest.domain.readers.workbook import open_workbook
from services.ingest.domain.readers.xlsx_cells import Fault, Sheet, SheetRow
from services.ingest.domain.readers.xml_stream import parse_xml
from shared.contracts.problem import FieldProblem

_REMEDIES = {
    Fault.not_calculated: "Open the workbook in Excel and save it, or paste values: the formula has no saved result.",
    Fault.error: "Correct the cell: it holds an error instead of a value.",
}


def read_xlsx(
    stream: BinaryIO, sheet: str | None, mapped: tuple[str, ...], limits: Limits, start_after: int
) -> Iterator[Row | BadRow]:
    """Rows after number `start_after`. `stream` must be seekable. Raises Refused."""
    archive = Archive(stream, limits)
    book = open_workbook(archive, sheet, limits)
    rows = parse_xml(archive.open(book.sheet_part, limits.max_uncompressed), Sheet(book, limits), limits)
    top = list(islice(rows, SEARCHED_ROWS))
    if not top:
        raise refused("sheet", "file_empty", "Send a sheet with a heading and rows; this one is empty.")
    heading_at, _ = best_heading([_heading(row) for row in top], mapped)
    columns = column_names(_heading(top[heading_at]), mapped, limits)
    above = top[heading_at].number
    for row in chain(top[heading_at + 1 :], rows):
        if row.number - above > start_after and (row.cells or row.too_long):
            yield _read(row, row.number - above, columns, mapped, limits)


def _heading(row: SheetRow) -> list[str]:
    width = max(row.cells, default=-1) + 1
    cells = (row.cells.get(column, "") for column in range(width))
    return [cell if isinstance(cell, str) else "" for cell in cells]


def _read(row: SheetRow, number: int, columns: list[str], mapped: tuple[str, ...], limits: Limits) -> Row | BadRow:
    if row.too_long:
        return bad_row(number, "row", "row_too_long", f"Shorten the row to {limits.max_row_bytes} bytes.")
    cells = {name: row.cells.get(column, "") for column, name in enumerate(columns)}
    faults = tuple(
        FieldProblem(field=name, code=cell.value, remedy=_REMEDIES[cell])
        for name, cell in cells.items()
        if isinstance(cell, Fault) and name in mapped
    )
    if faults:
        return BadRow(number, faults)
    values = {name: cell if isinstance(cell, str) else "" for name, cell in cells.items()}
    too_long = next((name for name, text in values.items() if len(text) > limits.max_cell), None)
    if too_long:
        return bad_row(number, too_long, "cell_too_long", f"Shorten the cell to {limits.max_cell} characters.")
    return Row(number, values)
