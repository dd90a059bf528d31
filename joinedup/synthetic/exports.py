"""Files as nine different systems write them: delimited text, XLSX, JSON, NDJSON, XML. Streaming, same bytes each time.

Each export is a context manager; `add` takes one row, column → text. The XLSX writer is our own because openpyxl puts
the present time into every file.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from joinedup.synthetic.layouts import Row


class Export(Protocol):
    def add(self, row: Row) -> None: ...


OpenExport = Callable[[Path, Sequence[str]], AbstractContextManager[Export]]


class _TextFile:
    """A text file with something before the first row and something after the last."""

    _encoding = "utf-8"

    def __init__(self, path: Path, head: str, tail: str) -> None:
        self._file = path.open("w", encoding=self._encoding, newline="")
        self._file.write(head)
        self._tail = tail

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._file:
            self._file.write(self._tail)


class _Ndjson(_TextFile):
    def add(self, row: Row) -> None:
        self._file.write(_json(row) + "\n")


class _JsonArray(_TextFile):
    _between = ""

    def add(self, row: Row) -> None:
        self._file.write(f"{self._between}\n{_json(row)}")
        self._between = ","


class _Xml(_TextFile):
    def __init__(self, path: Path, columns: Sequence[str], root: str, collection: str, element: str) -> None:
        head = f'<?xml version="1.0" encoding="utf-8"?>\n<{root}><{collection}>\n'
        super().__init__(path, head, f"</{collection}></{root}>\n")
        self._element = element
        self._tags = {column: _nested(column) for column in columns}

    def add(self, row: Row) -> None:
        fields = (self._tags[column] % escape(value) for column, value in row.items() if value)
        self._file.write(f"<{self._element}>{''.join(fields)}</{self._element}>\n")


class _Delimited:
    def __init__(self, path: Path, columns: Sequence[str], delimiter: str, encoding: str, newline: str) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._writer = csv.DictWriter(self._file, columns, delimiter=delimiter, lineterminator=newline)
        self._writer.writeheader()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, row: Row) -> None:
        self._writer.writerow(row)


class _Xlsx:
    """One sheet. As in Excel, digits become numbers (a telephone number loses its zero) and ISO days become dates."""

    def __init__(self, path: Path, columns: Sequence[str], sheet: str) -> None:
        self._zip = ZipFile(path, "w")
        for name, text in _XLSX_PARTS.items():
            self._zip.writestr(_zip_entry(name), text.replace("SHEET", escape(sheet)))
        self._sheet: IO[bytes] = self._zip.open(_zip_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._sheet.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self._write(columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()

    def add(self, row: Row) -> None:
        self._write(row.values())

    def _write(self, values: Iterable[str]) -> None:
        self._sheet.write(f"<row>{''.join(map(_cell, values))}</row>".encode())


def delimited(delimiter: str, encoding: str = "utf-8", newline: str = "\r\n") -> OpenExport:
    return lambda path, columns: _Delimited(path, columns, delimiter, encoding, newline)


def xlsx(sheet: str) -> OpenExport:
    return lambda path, columns: _Xlsx(path, columns, sheet)


def ndjson() -> OpenExport:
    return lambda path, columns: _Ndjson(path, "", "")


def json_array(key: str) -> OpenExport:
    return lambda path, columns: _JsonArray(path, f'{{"{key}": [', "\n]}\n")


def xml(root: str, collection: str, element: str) -> OpenExport:
    return lambda path, columns: _Xml(path, columns, root, collection, element)


def _json(row: Row) -> str:
    return json.dumps({column: value or None for column, value in row.items()}, ensure_ascii=False)


def _nested(column: str) -> str:
    """`Operator.Name` → `<Operator><Name>%s</Name></Operator>`."""
    tags = column.split(".")
    return "".join(f"<{tag}>" for tag in tags) + "%s" + "".join(f"</{tag}>" for tag in reversed(tags))


def _cell(value: str) -> str:
    if not value:
        return "<c/>"
    if value.isdigit() and len(value) < 16:
        return f"<c><v>{int(value)}</v></c>"
    if len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit():
        return f'<c s="1"><v>{date.fromisoformat(value).toordinal() - _EXCEL_EPOCH}</v></c>'
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _zip_entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    return entry


_EXCEL_EPOCH = date(1899, 12, 30).toordinal()
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XLSX_PARTS = {
    "[Content_Types].xml": (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="SHEET" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0"/></cellStyles></styleSheet>'
    ),
}
