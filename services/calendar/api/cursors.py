"""Where a page ended, as a text that its reader need not understand: of the last that was shown, and so of nothing that
the reader may not see."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import Annotated

from fastapi import Query

from services.calendar.store.listing import Place
from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


def cursor_after(place: Place) -> str:
    return urlsafe_b64encode(f"{place[0].isoformat()} {place[1]}".encode()).decode()


def place_of(cursor: str | None) -> Place | None:
    """The inverse; raises Invalid for anything else."""
    if cursor is None:
        return None
    try:
        when, id_ = urlsafe_b64decode(cursor.encode()).decode("ascii").split(" ")
        place = date.fromisoformat(when), id_
        if not id_.isidentifier():
            raise ValueError("not made here")
    except ValueError as error:
        remedy = "Use the value of `next` of the page before, or leave it out."
        raise Invalid(errors=[FieldProblem(field="query.cursor", code="cursor", remedy=remedy)]) from error
    return place
