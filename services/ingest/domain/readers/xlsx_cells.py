"""Rows of cells out of a sheet's XML, each cell as the text that a person sees."""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from services.ingest.domain.readers.rows import Limits, refused
from services.ingest.domain.readers.workbook import PLAIN, Style, Workbook
from services.ingest.domain.readers.xml_stream import Attributes

_LETTERS = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_NOT_AVAILABLE = "#N/A"


class Fault(Enum):
    """Why a cell has no value."""

    not_calculated = "formula_not_calculated"
    error = "cell_error"


@dataclass(slots=True)
class SheetRow:
    """A row as it stands in the sheet: its number from 1, its filled cells by column from 0."""

    number: int
    cells: dict[int, str | Fault] = field(default_factory=dict)
    too_long: bool = False


class _OpenCell:
    def __init__(self, column: int, kind: str, style: Style) -> None:
        self.column, self.kind, self.style = column, kind, style
        self.has_formula = self.has_value = False


class Sheet:
    """The parser's target for one sheet."""

    def __init__(self, book: Workbook, limits: Limits) -> None:
        self._book, self._limits = book, limits
        self._finished: list[SheetRow] = []
        self._row = SheetRow(0)
        self._cell: _OpenCell | None = None
        self._column, self._size = -1, 0
        self._text: list[str] = []
        self._taking, self._phonetic = False, False

    def finished(self) -> list[SheetRow]:
        done, self._finished = self._finished, []
        return done

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "row":
            self._start_row(attributes)
        elif tag == "c":
            self._start_cell(attributes)
        elif self._cell:
            self._start_inside(tag, self._cell)

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r") or self._row.number + 1)
        if number <= self._row.number:
            raise refused("file", "rows_out_of_order", "Save the workbook again in Excel: its rows are out of order.")
        self._row, self._column, self._size = SheetRow(number), -1, 0

    def _start_cell(self, attributes: Attributes) -> None:
        place = _LETTERS.fullmatch(attributes.get("r", ""))
        self._column = _column_index(place[1]) if place else self._column + 1
        style = int(attributes.get("s") or 0)
        known = self._book.styles[style] if 0 <= style < len(self._book.styles) else PLAIN
        self._cell = _OpenCell(self._column, attributes.get("t", "n"), known)
        self._text.clear()

    def _start_inside(self, tag: str, cell: _OpenCell) -> None:
        if tag == "f":
            cell.has_formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "v" or (tag == "t" and not self._phonetic):
            cell.has_value = self._taking = True

    def data(self, text: str) -> None:
        if self._taking:
            self._size += len(text)
            if self._size <= self._limits.max_row_bytes:
                self._text.append(text)

    def end(self, tag: str) -> None:
        self._taking = False
        if tag == "rPh":
            self._phonetic = False
        elif tag == "c" and self._cell:
            self._end_cell(self._cell)
        elif tag == "row":
            self._row.too_long = self._size > self._limits.max_row_bytes
            self._finished.append(self._row)

    def _end_cell(self, cell: _OpenCell) -> None:
        self._cell = None
        if not (cell.has_value or cell.has_formula) or cell.column >= self._limits.max_columns:
            return
        if value := self._value(cell, "".join(self._text)):
            self._row.cells[cell.column] = value

    def _value(self, cell: _OpenCell, text: str) -> str | Fault:
        if cell.has_formula and not text and not (cell.kind == "str" and cell.has_value):
            return Fault.not_calculated
        if cell.kind == "s":
            return self._shared(text)
        if cell.kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if cell.kind == "e":
            return "" if text == _NOT_AVAILABLE else Fault.error
        if cell.kind != "n" or not text:
            return text
        return _number(text, cell.style, self._book.from_1904)

    def _shared(self, text: str) -> str | Fault:
        texts = self._book.texts
        return texts[int(text)] if text.isdecimal() and int(text) < len(texts) else Fault.error


def _number(text: str, style: Style, from_1904: bool) -> str | Fault:
    try:
        if style.is_date:
            return _moment(float(text), from_1904)
        return (text if text.isdecimal() else f"{float(text):.15g}").zfill(style.width)
    except (ValueError, OverflowError):
        return Fault.error


def _moment(number: float, from_1904: bool) -> str:
    moment = from_excel(number, CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(timespec="seconds")
    return str(moment) if isinstance(moment, timedelta) else moment.isoformat()


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
