"""What was wrong with a field, as what to do about it, for a reader who knows no pydantic."""

import re
from collections.abc import Mapping
from typing import Any

from shared.contracts.problem import FieldProblem

_REMEDIES = {
    "missing": "Give this field; it is required.",
    "extra_forbidden": "Remove the fields that the description of this API does not list.",
    "value_error": "Give a value of the documented form.",
    "string_pattern_mismatch": "Give a text of the documented form.",
    "json_invalid": "Send JSON that can be read.",
}
_BEGINNINGS = {
    "int_": "Give a whole number.",
    "float_": "Give a number.",
    "decimal_": "Give a number.",
    "bool_": "Give true or false.",
    "date_": "Give a day that exists, as YYYY-MM-DD.",
    "datetime_": "Give a moment that exists, as YYYY-MM-DDTHH:MM:SSZ.",
    "timezone_": "Give the moment with its time zone, as YYYY-MM-DDTHH:MM:SSZ.",
    "url_": "Give a web address in full, with https://.",
}
_BE, _HAVE = re.compile(r"^\w+ should be "), re.compile(r"^\w+ should have ")


def field_problem(fault: Mapping[str, Any]) -> FieldProblem:
    """A pydantic error as field, code and remedy; never its `input` or `ctx`, which repeat what was sent, nor the name
    of a field that is not ours."""
    known = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    field = ".".join(str(part) for part in known)
    return FieldProblem(field=field, code=str(fault["type"]), remedy=_remedy(str(fault["type"]), str(fault["msg"])))


def _remedy(kind: str, message: str) -> str:
    """Ours, or what pydantic says of its own limits: Input should be less than or equal to 200."""
    beginnings = (remedy for beginning, remedy in _BEGINNINGS.items() if kind.startswith(beginning))
    found = _REMEDIES.get(kind) or next(beginnings, None)
    return found or f"{_BE.sub('Give a value that is ', _HAVE.sub('Give ', message)).rstrip('.')}."
