"""A JSON object as a flat row: nested members get dotted names (`geocode.latitude`, `phones.0`)."""

import json
from collections.abc import Iterator

from services.ingest.domain.readers.rows import DEFAULT_LIMITS, Limits
from shared.contracts.problem import FieldProblem


class BadItem(Exception):
    """The item cannot be a row; `error` says why, without repeating it."""

    def __init__(self, field: str, code: str, remedy: str) -> None:
        super().__init__(code)
        self.error = FieldProblem(field=field, code=code, remedy=remedy)


def flatten(item: object, limits: Limits = DEFAULT_LIMITS) -> dict[str, str]:
    """Text by dotted name; null is empty text, booleans are `true` and `false`. Raises BadItem."""
    if not isinstance(item, dict):
        raise BadItem("row", "not_an_object", "Send each row as a JSON object.")
    row: dict[str, str] = {}
    for name, text in _leaves("", item, limits.max_depth):
        if not (_is_text(name) and _is_text(text)):
            raise BadItem("row", "not_text", "Send whole characters: the row holds one half of an escaped pair.")
        if name in row:
            raise BadItem("row", "column_repeated", "Two members have the same dotted name; rename one.")
        if len(row) == limits.max_columns:
            raise BadItem("row", "too_many_columns", f"Send at most {limits.max_columns} values in a row.")
        if len(text) > limits.max_cell:
            raise BadItem(_shown(name), "cell_too_long", f"Shorten the value to {limits.max_cell} characters.")
        row[name] = text
    return row


def load_item(line: str, limits: Limits) -> dict[str, str]:
    """One JSON object as text, flattened; numbers keep their digits as sent. Raises BadItem."""
    try:
        item = json.loads(line, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError:
        raise BadItem("row", "json_malformed", "Correct the JSON: one complete object a line.") from None
    return flatten(item, limits)


def key_repeated() -> BadItem:
    return BadItem("row", "key_repeated", "Give every member of an object a name of its own.")


def _leaves(prefix: str, value: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        if depth == 0:
            raise _too_deep()
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from _leaves(f"{prefix}.{key}" if prefix else str(key), member, depth - 1)
    else:
        yield prefix, _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _is_text(text: str) -> bool:
    """Whether it can be written at all: JSON may escape half of a surrogate pair, which is no character."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(name: str) -> str:
    """A member's name, unless it is so long that it may be data."""
    return name if len(name) <= 100 else "row"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    item = dict(pairs)
    if len(item) < len(pairs):
        raise key_repeated()
    return item


def _no_constant(name: str) -> str:
    raise BadItem("row", "json_malformed", "NaN and Infinity are not JSON; send a number or null.")


def _too_deep() -> BadItem:
    return BadItem("row", "too_deep", "Nest the row's members less deeply.")
