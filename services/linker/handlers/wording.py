"""Keeping the words that records are found by those that they say now.

A record's words stand all over the store, so they are put there soon after it is linked, in a transaction of their own.
What is behind is noted with the record, so nothing is lost however that ends.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.linker.domain.normalise import Mention
from services.linker.domain.search.said import source_of, words_of
from services.linker.store import graph, search, wording
from shared.runtime.db import Database
from shared.runtime.session import Session

_PAGE = 200


def note(session: Session, before: Mapping[int, Any], numbers: Iterable[int]) -> None:
    """The words of these records may have changed; `before`: those of them that were stored, as they were."""
    wording.note(session, [(no, _postings(before[no]) if no in before else []) for no in numbers])


async def reword(database: Database) -> bool:
    """Bring the words of the records that are longest behind up to date; whether there may be more to do now."""
    async with database.read() as connection:
        if not await wording.is_any_due(connection):
            return False
    return await database.run(_reword_page)


def _reword_page(session: Session) -> bool:
    graph.lock(session)
    due = wording.due(session, _PAGE)
    had = {(source, word, row.record) for row in due for source, word in row.had}
    said = graph.said(session, {row.record for row in due})
    have = {(source, word, row.no) for row in said for source, word in _postings(row)}
    search.take_words(session, sorted(had - have))
    search.put_words(session, sorted(have))
    wording.take_due(session, due)
    return len(due) == _PAGE


def _postings(row: Any) -> list[tuple[int, str]]:
    """(source, word) of a stored record."""
    source = source_of(row.agency, row.category)
    return [(source, word) for word in words_of(Mention.from_json(row.features), row.source_ref, row.sector)]
