"""Records whose words are to be brought up to date."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store.tables import wording_due
from services.linker.store.writing import take
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_NOTE = Statement(insert(wording_due), omit=["no"])


def note(session: Session, rows: Sequence[tuple[int, Sequence[tuple[int, str]]]]) -> None:
    """`rows` are (record, the (source, word) that it had)."""
    session.run(_NOTE, rows)


_ANY_DUE = select(exists(select(wording_due.c.no)))


async def is_any_due(connection: AsyncConnection) -> bool:
    return bool(await connection.scalar(_ANY_DUE))


_DUE = Statement(select(wording_due).order_by(wording_due.c.no).limit(bindparam("page")))


def due(session: Session, page: int) -> Sequence[Any]:
    """The oldest notes: (no, record, had)."""
    return session.fetch(_DUE, page=page)


def take_due(session: Session, notes: Sequence[Any]) -> None:
    take(session, wording_due, [(row.no,) for row in notes])
