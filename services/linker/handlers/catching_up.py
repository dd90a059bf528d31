"""What follows a record soon after it is linked: the words that it is found by and the traits that it shares are put in
place, and findings that may have changed with it are due to be looked for.

Words and traits stand all over the store, so they are put there in a transaction of their own. What is behind is noted
with the record, so nothing is lost however that ends.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from services.linker.domain.normalise import Mention
from services.linker.domain.relate.traits import trait_keys
from services.linker.domain.search.said import source_of, words_of
from services.linker.handlers.learn import Learned
from services.linker.store import behind, findings, graph, postings, relations
from shared.runtime.db import Database
from shared.runtime.session import Session

_PAGE = 500  # of so many, a record takes two thirds of the time that it takes of 200: words share pages of the store

Word = tuple[int, str, int]
Shared = tuple[int, int]


def note(session: Session, learned: Learned, near: Collection[int] = ()) -> None:
    """What was learned may change the words and traits of its records, and findings around the records `near`."""
    words, shared = _said(learned.before.values())
    behind.note(session, sorted(learned.numbers), sorted(words), sorted(shared), sorted(near))


async def catch_up(database: Database) -> bool:
    """Work off what is longest behind; whether there may be more to do now."""
    async with database.read() as connection:
        if not await behind.is_any(connection):
            return False
    return await database.run(_catch_up_page)


def _catch_up_page(session: Session) -> bool:
    graph.lock(session)
    notes = behind.oldest(session, _PAGE)
    had_words = {(source, word, no) for row in notes for source, word, no in row.words}
    had_traits = {(key, no) for row in notes for key, no in row.traits}
    words, shared = _said(graph.said(session, {no for row in notes for no in row.records}))
    postings.take_words(session, sorted(had_words - words))
    postings.put_words(session, sorted(words))
    relations.take_traits(session, sorted(had_traits - shared))
    relations.put_traits(session, sorted(shared))
    _look_for_findings(session, notes, had_traits - shared)
    behind.take(session, notes)
    return sum(len(row.records) for row in notes) >= _PAGE


def _look_for_findings(session: Session, notes: Sequence[Any], lost: Collection[Shared]) -> None:
    """Only now that the traits are there by which they are found; also those found by what is shared no more."""
    findings.note_each(session, [(row.near, ()) for row in notes if row.near])
    findings.note(session, traits={key for key, _ in lost})


def _said(rows: Iterable[Any]) -> tuple[set[Word], set[Shared]]:
    """Of stored records: (source, word, record), and (key of a trait, record)."""
    words: set[Word] = set()
    shared: set[Shared] = set()
    for row in rows:
        mention, source = Mention.from_json(row.features), source_of(row.agency, row.category)
        words.update((source, word, row.no) for word in words_of(mention, row.source_ref, row.sector))
        shared.update((key, row.no) for key in trait_keys(mention))
    return words, shared
