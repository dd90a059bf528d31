"""Keeping the words that records are found by those that they say now."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.linker.domain.normalise import Mention
from services.linker.domain.search.said import source_of, words_of
from services.linker.store import search
from shared.runtime.session import Session


def reword(session: Session, before: Iterable[Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """`before`: stored records as they were, the retracted ones included; `rows`: those that are to be stored."""
    had = {posting for row in before for posting in _postings(**row._asdict())}
    have = {posting for row in rows for posting in _postings(**row)}
    search.take_words(session, sorted(had - have))
    search.put_words(session, sorted(have - had))


def _postings(
    *, no: int, agency: str, category: str, features: bytes, source_ref: str, sector: str | None, **_: Any
) -> Iterator[tuple[int, str, int]]:
    """(source, word, record) of a stored record."""
    source = source_of(agency, category)
    return ((source, word, no) for word in words_of(Mention.from_json(features), source_ref, sector))
