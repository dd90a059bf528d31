"""Rows of an XML file: one element a row, nested elements flattened (`Scores.Hygiene`), attributes as `Name@attr`."""

from collections.abc import Iterator

from services.ingest.domain.readers.rows import BadRow, Limits, ReadableStream, Row, bad_row, refused
from services.ingest.domain.readers.xml_stream import Attributes, local_name, parse_xml


def read_xml(stream: ReadableStream, row_element: str, limits: Limits, start_after: int) -> Iterator[Row | BadRow]:
    """Rows after number `start_after`. Raises Refused; also if there is no such element, rather than call it empty."""
    target = _Rows(row_element, limits)
    for row in parse_xml(stream, target, limits):
        if row.number > start_after:
            yield row
    if target.number == 0:
        raise refused(row_element, "row_element_missing", "Name in row_element the element that is one row.")


class _Rows:
    def __init__(self, row_element: str, limits: Limits) -> None:
        self._row_element, self._limits = row_element, limits
        self._finished: list[Row | BadRow] = []
        self._path: list[str] = []  # of the open elements below the row's; empty in the row element itself
        self._inside = False
        self._values: dict[str, str] = {}
        self._text: list[str] = []
        self._size = 0
        self.number = 0

    def finished(self) -> list[Row | BadRow]:
        done, self._finished = self._finished, []
        return done

    def start(self, tag: str, attributes: Attributes) -> None:
        if not self._inside:
            if tag != self._row_element:
                return
            self._inside = True
            self.number += 1
        else:
            self._path.append(tag)
        self._text.clear()
        for name, text in attributes.items():
            self._put(".".join(self._path) + "@" + local_name(name), text)

    def end(self, tag: str) -> None:
        if not self._inside:
            return
        if text := "".join(self._text).strip():
            self._put(".".join(self._path) or tag, text)
        self._text.clear()
        if self._path:
            self._path.pop()
        else:
            self._finish()

    def data(self, text: str) -> None:
        if self._inside and self._room(len(text)):
            self._text.append(text)

    def _put(self, name: str, text: str) -> None:
        if self._room(len(name)) and len(self._values) <= self._limits.max_columns:
            self._values[self._free(name)] = text

    def _free(self, name: str) -> str:
        """The second element of a name is `Name.1`, and so on."""
        if name not in self._values:
            return name
        count = 1
        while f"{name}.{count}" in self._values:
            count += 1
        return f"{name}.{count}"

    def _room(self, size: int) -> bool:
        self._size += size
        return self._size <= self._limits.max_row_bytes

    def _finish(self) -> None:
        self._finished.append(self._checked())
        self._values, self._inside, self._size = {}, False, 0

    def _checked(self) -> Row | BadRow:
        limits = self._limits
        if self._size > limits.max_row_bytes:
            return bad_row(self.number, "row", "row_too_long", f"Shorten the row to {limits.max_row_bytes} bytes.")
        if len(self._values) > limits.max_columns:
            remedy = f"Send at most {limits.max_columns} values in a row."
            return bad_row(self.number, "row", "too_many_columns", remedy)
        for name, text in self._values.items():
            if len(text) > limits.max_cell:
                return bad_row(self.number, name, "cell_too_long", f"Shorten it to {limits.max_cell} characters.")
        return Row(self.number, self._values)
