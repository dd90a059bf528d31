"""Words to search by: `posting` (source, word, record), where a source is what one sharing rule lets through.

Every read names the sources that the audience sees, and the rest of the table is not touched: how many records that it
does not see have a word can show neither in an answer nor in the time it takes.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    intersect,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.search.expand import COUNTED, LOOKED_AT
from services.linker.domain.search.rank import Hit
from services.linker.domain.search.said import source_of
from services.linker.store.tables import WORD, audience, posting
from services.linker.store.writing import put, take
from shared.runtime.among import among, listed, many
from shared.runtime.session import Session

_BEHIND_EVERY_WORD = "~"  # words are letters and digits
_IN_SOURCES = among(posting.c.source, "sources")


def put_words(session: Session, rows: Sequence[tuple[int, str, int]]) -> None:
    """`rows` are (source, word, record)."""
    put(session, posting, rows)


def take_words(session: Session, rows: Sequence[tuple[int, str, int]]) -> None:
    """`rows` are (source, word, record)."""
    take(session, posting, rows)


def _with_records() -> Select[Any]:
    source = listed("sources")
    here = cast(source.c.value, BigInteger)
    return select(here).select_from(source).where(exists().where(posting.c.source == here))


_WITH_RECORDS = _with_records()


async def sources(connection: AsyncConnection, audience_no: int) -> list[int]:
    """What the audience may read and holds a record."""
    visible = await connection.scalar(select(audience.c.visible).where(audience.c.no == audience_no))
    asked = {"sources": many(source_of(owner, category) for owner, category in visible or ())}
    return list((await connection.execute(_WITH_RECORDS, asked)).scalars())


def _distinct_words() -> Select[Any]:
    """One look-up for each visible word with one of the beginnings, whatever the number of records that have it."""
    source, stem = listed("sources"), listed("stems")
    here, end = cast(source.c.value, BigInteger), stem.c.value + _BEHIND_EVERY_WORD
    first = _next_word(here, posting.c.word >= stem.c.value, end)
    seeds = select(here.label("source"), end.label("end"), first.label("word")).select_from(source.join(stem, true()))
    found = seeds.cte("found", recursive=True)
    following = _next_word(found.c.source, posting.c.word > found.c.word, found.c.end)
    step = select(found.c.source, found.c.end, following).where(found.c.word.is_not(None))
    walked = found.union_all(step)
    return select(walked.c.word).where(walked.c.word.is_not(None)).distinct()


def _next_word(source: ColumnElement[Any], start: ColumnElement[bool], end: ColumnElement[Any]) -> Any:
    here = select(posting.c.word).where(posting.c.source == source, start, posting.c.word < end)
    return here.order_by(posting.c.word).limit(1).scalar_subquery()


_VOCABULARY = _distinct_words()


async def vocabulary(connection: AsyncConnection, sources: Sequence[int], stems: Collection[str]) -> list[str]:
    """The words of visible records that begin with one of `stems`."""
    if not stems:
        return []
    asked = {"sources": many(sources), "stems": many(sorted(stems))}
    return list((await connection.execute(_VOCABULARY, asked)).scalars())


def _counted() -> Select[Any]:
    word = listed("words").alias("asked")
    this: ColumnElement[str] = literal_column("asked.value")  # of the query around; `word` would be read once more here
    here = select(posting.c.record).where(_IN_SOURCES, posting.c.word == this).limit(COUNTED)
    return select(word.c.value, select(func.count()).select_from(here.subquery()).scalar_subquery())


_COUNTED = _counted()


async def counts(connection: AsyncConnection, sources: Sequence[int], words: Collection[str]) -> dict[str, int]:
    """How many visible records have each of these words, counted to 2,001; those that none has are left out."""
    asked = {"sources": many(sources), "words": many(sorted(words))}
    return {word: count for word, count in await connection.execute(_COUNTED, asked) if count}


_WITH_WORDS = select(posting.c.record, posting.c.word).where(_IN_SOURCES, among(posting.c.word, "words"))
_CANDIDATE = (
    select(posting.c.source, posting.c.record).where(_IN_SOURCES, among(posting.c.word, "words")).distinct().cte()
)


def _words_of(found: CTE) -> Select[Any]:
    """Which of the words `also` these records have."""
    also = among(posting.c.word, "also")
    same = and_(posting.c.source == found.c.source, also, posting.c.record == found.c.record)
    return select(posting.c.record, posting.c.word).join(found, same)


_OF_THOSE = _words_of(_CANDIDATE)


async def hits(
    connection: AsyncConnection, sources: Sequence[int], words: Collection[str], also: Collection[str]
) -> list[Hit]:
    """Each visible record that has one of `words`, and which of `also` it has."""
    asked = {"sources": many(sources), "words": many(words)}
    found = [Hit(*row) for row in await connection.execute(_WITH_WORDS, asked)]
    if also:
        found += [Hit(*row) for row in await connection.execute(_OF_THOSE, asked | {"also": many(also)})]
    return found


_STANDING = (posting.c.source, posting.c.record, posting.c.word)
_BETWEEN = select(*_STANDING).where(
    _IN_SOURCES, posting.c.word >= bindparam("first", type_=WORD), posting.c.word < bindparam("behind", type_=WORD)
)


async def between(
    connection: AsyncConnection, sources: Sequence[int], bands: Sequence[tuple[str, str]]
) -> list[Row[int, int, str]]:
    """(source, record, word) of the visible records with a word from the first of a band to before its second."""
    found: list[Row[int, int, str]] = []
    for first, behind in bands:
        asked = {"sources": many(sources), "first": first, "behind": behind}
        found += (await connection.execute(_BETWEEN, asked)).all()
    return found


_EXACTLY = select(*_STANDING).where(_IN_SOURCES, among(posting.c.word, "words"))


async def exactly(
    connection: AsyncConnection, sources: Sequence[int], words: Collection[str]
) -> Sequence[Row[int, int, str]]:
    """(source, record, word) of the visible records with one of `words`."""
    asked = {"sources": many(sources), "words": many(words)}
    return (await connection.execute(_EXACTLY, asked)).all()


_WORDS_OF = select(posting.c.record, posting.c.word).where(
    posting.c.source == bindparam("source"), among(posting.c.word, "words"), among(posting.c.record)
)


async def words_of(
    connection: AsyncConnection, source: int, records: Collection[int], words: Collection[str]
) -> list[Hit]:
    """Which of `words` these records of one source have."""
    asked = {"source": source, "words": many(words), "ids": many(records)}
    return [Hit(*row) for row in await connection.execute(_WORDS_OF, asked)]


async def with_all(
    connection: AsyncConnection, sources: Sequence[int], each: Sequence[Collection[str]]
) -> list[Hit] | None:
    """The records that have a word of each of `each`, with every such word; None where they are too many to rank."""
    asked = asked_of(sources, each) | {"also": many([word for words in each for word in words])}
    found = having_all(len(each)).limit(LOOKED_AT + 1).cte()
    hits = [Hit(*row) for row in await connection.execute(_words_of(found), asked)]
    return hits if len({hit.record for hit in hits}) <= LOOKED_AT else None


def asked_of(sources: Sequence[int], each: Sequence[Collection[str]]) -> dict[str, str]:
    """The parameters of `having_all`."""
    return {"sources": many(sources)} | {f"words{number}": many(words) for number, words in enumerate(each)}


def having_all(number: int) -> Select[Any]:
    """(source, record) of the records with a word of each of so many, each once.

    Whole lists are intersected: each word of a common one is in thousands of records, and to look up every record of
    one list in the next costs PostgreSQL three times as much.
    """
    having = [
        select(posting.c.source, posting.c.record).where(_IN_SOURCES, among(posting.c.word, f"words{i}"))
        for i in range(number)
    ]
    found = (intersect(*having) if number > 1 else having[0].distinct()).subquery()
    return select(found.c.source, found.c.record)
