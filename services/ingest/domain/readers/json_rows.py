"""Rows of NDJSON and of a JSON array, streamed in bounded memory."""

import re
from collections.abc import Iterator
from typing import Any

import ijson

from services.ingest.domain.readers.json_items import BadItem, flatten, key_repeated, load_item
from services.ingest.domain.readers.lines import decode, raw_lines, without_bom
from services.ingest.domain.readers.rows import BadRow, Limits, ReadableStream, Refused, Row, bad_row, refused

_CHUNK = 1 << 14
_MAX_DIGITS = 1000  # ijson's C parser crashes the process on an integer of more digits than Python converts (4,300)
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (_MAX_DIGITS + 1))
Event = tuple[str, Any]


def read_ndjson(stream: ReadableStream, limits: Limits, start_after: int) -> Iterator[Row | BadRow]:
    """One row a line; a bad line is one bad row. Blank lines keep their number."""
    for number, line in enumerate(raw_lines(stream, limits.max_row_bytes), start=1):
        if number <= start_after or (line is not None and not line.strip()):
            continue
        yield _line_row(number, line, limits)


def _line_row(number: int, line: bytes | None, limits: Limits) -> Row | BadRow:
    if line is None:
        return bad_row(number, "row", "row_too_long", f"Shorten the row to {limits.max_row_bytes} bytes.")
    if (text := decode(line)) is None:
        return bad_row(number, "row", "not_text", "Save the file as UTF-8 text; this row holds other bytes.")
    try:
        return Row(number, load_item(text, limits))
    except BadItem as bad:
        return BadRow(number, (bad.error,))


def read_json(
    stream: ReadableStream, item_path: str | None, limits: Limits, start_after: int
) -> Iterator[Row | BadRow]:
    """The objects of the document's array, or of the array at `item_path`. Raises Refused."""
    items = _Items(tuple(item_path.split(".")) if item_path else (), limits)
    number = 0
    for events in _event_batches(stream, limits):
        for event, value in events:
            item = items.take(event, value)
            if item is None:
                continue
            number += 1
            if number > start_after:
                yield Row(number, item) if isinstance(item, dict) else BadRow(number, (item.error,))
    if not items.found:
        raise _no_array()


def _event_batches(stream: ReadableStream, limits: Limits) -> Iterator[list[Event]]:
    """Parser events chunk by chunk. A single value longer than a row may be is refused before it is held whole."""
    events = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events)
    silent, tail, chunk = 0, b"", without_bom(stream, _CHUNK)
    while True:
        if _LONG_NUMBER.search(tail + chunk):
            raise refused("row", "number_too_long", f"Send numbers of at most {_MAX_DIGITS} digits.")
        well_formed = _feed(parser, chunk)
        yield list(events)
        if not well_formed:
            remedy = "Correct the JSON from here on, in UTF-8: one complete document and nothing after it."
            raise refused("file", "json_malformed", remedy)
        if not chunk:
            return
        silent = 0 if events else silent + len(chunk)
        if silent > limits.max_row_bytes:
            raise refused("row", "row_too_long", f"Shorten the row to {limits.max_row_bytes} bytes.")
        events.clear()
        tail, chunk = (tail + chunk)[-_MAX_DIGITS:], stream.read(_CHUNK)


def _feed(parser: Any, chunk: bytes) -> bool:
    """Whether the JSON is well formed so far; an empty chunk ends it."""
    try:
        parser.send(chunk) if chunk else parser.close()
    except (ijson.JSONError, ValueError, ArithmeticError, StopIteration):
        return False
    return True


class _Items:
    """Finds the array and builds its items one at a time."""

    def __init__(self, path: tuple[str, ...], limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._keys: list[str | None] = []  # of every open container, the member being read; None in an array
        self._level = 0  # how many containers are open inside the array; 0 until it is found
        self._build: _Build | None = None
        self.found = False

    def take(self, event: str, value: Any) -> dict[str, str] | BadItem | None:
        """A finished item, if this event finishes one."""
        finished = None
        if self._level and len(self._keys) >= self._level and not self._closes_array(event):
            finished = self._item_event(event, value)
        elif not self.found:
            self._search(event)
        self._track(event, value)
        return finished

    def _closes_array(self, event: str) -> bool:
        return event == "end_array" and len(self._keys) == self._level

    def _item_event(self, event: str, value: Any) -> dict[str, str] | BadItem | None:
        build = self._build = self._build or _Build(self._limits)
        if not build.add(event, value):
            return None
        self._build = None
        return build.result()

    def _search(self, event: str) -> None:
        here = tuple(self._keys)
        if here != self._path or event in ("map_key", "end_map", "end_array"):
            return
        if event != "start_array":
            raise _no_array()
        self.found = True
        self._level = len(self._keys) + 1

    def _track(self, event: str, value: Any) -> None:
        if event == "map_key":
            self._keys[-1] = value
        elif event in ("start_map", "start_array"):
            self._keys.append(None)
            if len(self._keys) > self._limits.max_depth + len(self._path) + 2:
                raise refused("row", "too_deep", "Nest the row's members less deeply.")
        elif event in ("end_map", "end_array"):
            if self._closes_array(event):
                self._level = 0
            self._keys.pop()


class _Build:
    """One item out of events; past the row limit nothing more is kept."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[str] = []
        self._item: Any = None
        self._size = 0
        self._fault: BadItem | None = None

    def add(self, event: str, value: Any) -> bool:
        """Whether the item is complete."""
        self._size += 1 + (len(value) if isinstance(value, str) else 0)
        if self._size > self._limits.max_row_bytes and not self._fault:
            remedy = f"Shorten the row to {self._limits.max_row_bytes} bytes."
            self._fault = BadItem("row", "row_too_long", remedy)
        if event == "map_key":
            self._keys[-1] = value
        elif event in ("start_map", "start_array"):
            container: dict[str, Any] | list[Any] = {} if event == "start_map" else []
            self._put(container)
            self._open.append(container)
            self._keys.append("")
        elif event in ("end_map", "end_array"):
            self._open.pop()
            self._keys.pop()
        else:
            self._put(value)
        return not self._open

    def _put(self, value: Any) -> None:
        if not self._open:
            self._item = value
        elif self._fault:
            return
        elif isinstance(parent := self._open[-1], list):
            parent.append(value)
        elif self._keys[-1] in parent:
            self._fault = key_repeated()
        else:
            parent[self._keys[-1]] = value

    def result(self) -> dict[str, str] | BadItem:
        if self._fault:
            return self._fault
        try:
            return flatten(self._item, self._limits)
        except BadItem as bad:
            return bad


def _no_array() -> Refused:
    return refused("file", "not_an_array", "Send a JSON array of objects, or name where it is in the feed's item_path.")
