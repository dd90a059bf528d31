"""Where a page ended, as a text that its reader need not understand."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Query

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
