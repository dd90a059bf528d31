"""Where a page ended, as a text that its reader need not understand."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query
from sqlalchemy import Row

from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

Place = TypeVar("Place")
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


def cursor_after(*parts: str) -> str:
    """Of parts without spaces."""
    return urlsafe_b64encode(" ".join(parts).encode()).decode()


def place_of(cursor: str, parse: Callable[[list[str]], Place]) -> Place:
    """The inverse: `parse` is given the parts, and raises ValueError for any that are not its own. Raises Invalid."""
    try:
        return parse(urlsafe_b64decode(cursor.encode()).decode("ascii").split(" "))
    except ValueError as error:
        remedy = "Use the value of `next` of the page before, or leave it out."
        raise Invalid(errors=[FieldProblem(field="query.cursor", code="cursor", remedy=remedy)]) from error


def position_after(number: int, id_: str) -> str:
    """Where a list goes on that is sorted by a number and an id."""
    return cursor_after(str(number), id_)


def position(cursor: str) -> tuple[int, str]:
    """The inverse of `position_after`. Raises Invalid."""
    return place_of(cursor, _position)


def _position(parts: list[str]) -> tuple[int, str]:
    number, id_ = parts
    if not -(2**62) < int(number) < 2**62 or not id_.isidentifier():
        raise ValueError("out of range")
    return int(number), id_


def next_page(rows: Sequence[Row[Any]], limit: int) -> str | None:
    """Where a list of businesses goes on that was read one further than it is shown."""
    return position_after(rows[limit - 1].priority, rows[limit - 1].business_id) if len(rows) > limit else None
