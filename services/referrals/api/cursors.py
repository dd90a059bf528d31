"""Where a page ended: a time and an id that its reader was shown, as a text that need not be understood."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated

from fastapi import Query

from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid

Cursor = Annotated[str | None, Query(max_length=600, description="`next` of the page before")]
PageSize = Annotated[int, Query(ge=1, le=200)]
Moment = tuple[datetime, str]


def cursor_after(place: Moment | None) -> str | None:
    return sealed(place[0].isoformat(), place[1]) if place else None


def moment(cursor: str | None) -> Moment | None:
    """The inverse. Raises Invalid for anything else."""
    if cursor is None:
        return None
    parts = opened(cursor, 2)
    try:
        at = datetime.fromisoformat(parts[0])
    except ValueError:
        raise _not_ours() from None
    if at.tzinfo is None:
        raise _not_ours()
    return at, parts[1]


def sealed(*parts: str) -> str:
    return urlsafe_b64encode("\n".join(parts).encode()).decode()


def opened(cursor: str, count: int) -> list[str]:
    """As many parts as were sealed. Raises Invalid."""
    try:
        parts = urlsafe_b64decode(cursor.encode()).decode().split("\n")
    except ValueError:
        raise _not_ours() from None
    if len(parts) != count or "\0" in cursor or not all(part.isprintable() for part in parts):
        raise _not_ours()
    return parts


def _not_ours() -> Invalid:
    remedy = "Use the value of `next` of the page before, or leave it out."
    return Invalid(errors=[FieldProblem(field="query.cursor", code="cursor", remedy=remedy)])
