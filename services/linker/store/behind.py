"""What is to be done soon after a transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.store import writing
from services.linker.store.tables import behind
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_NOTE = Statement(insert(behind), omit=["no"])


def note(
    session: Session,
    records: Sequence[int],
    words: Sequence[tuple[int, str, int]],
    traits: Sequence[tuple[int, int]],
    near: Sequence[int],
) -> None:
    """`words` are (source, word, record) and `traits` (key, record), as they were."""
    session.run(_NOTE, [(records, words, traits, near)])


_ANY = select(exists(select(behind.c.no)))


async def is_any(connection: AsyncConnection) -> bool:
    return bool(await connection.scalar(_ANY))


_OLDEST = Statement(select(behind).order_by(behind.c.no).limit(bindparam("page")))


def oldest(session: Session, records: int) -> list[Any]:
    """The oldest notes, until so many records are in them: (no, records, words, traits, near)."""
    notes: list[Any] = []
    for row in session.fetch(_OLDEST, page=records):
        notes.append(row)
        records -= len(row.records)
        if records <= 0:
            break
    return notes


def take(session: Session, notes: Sequence[Any]) -> None:
    writing.take(session, behind, [(row.no,) for row in notes])
