"""Words to search by: `posting` (source, word, record), where a source is what one sharing rule lets through.

Every read names the sources that the audience sees, and the rest of the table is not touched: how many records that it
does not see have a word can show neither in an answer nor in the time it takes.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.search.expand import COUNTED, LOOKED_AT
from services.linker.domain.search.rank import Hit, Place
from services.linker.domain.search.said import source_of
from services.linker.store.reading import Filters, conditions
from services.linker.store.tables import audience, business, member, mention, posting
from services.linker.store.writing import put, take
from shared.runtime.among import among, listed, many
from shared.runtime.session import Session

AnyRow = Row[*tuple[Any, ...]]
_BEHIND_EVERY_WORD = "~"  # words are letters and digits
_IN_SOURCES = among(posting.c.source, "sources")


class Holder(NamedTuple):
    """A visible record and the business it is part of."""

    record: int
    business: int
    priority: int
    business_id: str


def put_words(session: Session, rows: Sequence[tuple[int, str, int]]) -> None:
    """`rows` are (source, word, record)."""
    put(session, posting, rows)


def take_words(session: Session, rows: Sequence[tuple[int, str, int]]) -> None:
    """`rows` are (source, word, record)."""
    take(session, posting, rows)


async def sources(connection: AsyncConnection, audience_no: int) -> list[int]:
    """What the audience may read."""
    visible = await connection.scalar(select(audience.c.visible).where(audience.c.no == audience_no))
    return [source_of(owner, category) for owner, category in visible or ()]


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


async def with_all(
    connection: AsyncConnection, sources: Sequence[int], each: Sequence[Collection[str]]
) -> list[Hit] | None:
    """The records that have a word of each of `each`, with every such word; None where they are too many to rank."""
    asked = {"sources": many(sources), "also": many([word for words in each for word in words])}
    asked |= {f"words{number}": many(words) for number, words in enumerate(each)}
    here = (among(posting.c.source, "sources"), among(posting.c.word, "words0"))
    others = [_has(posting.c.source, posting.c.record, number) for number in range(1, len(each))]
    found = select(posting.c.source, posting.c.record).where(*here, *others).distinct().limit(LOOKED_AT + 1).cte()
    hits = [Hit(*row) for row in await connection.execute(_words_of(found), asked)]
    return hits if len({hit.record for hit in hits}) <= LOOKED_AT else None


def _has(source: ColumnElement[Any], record: ColumnElement[Any], number: int) -> ColumnElement[bool]:
    other = posting.alias()
    here = (other.c.source == source, among(other.c.word, f"words{number}"), other.c.record == record)
    return exists(select(other.c.record).where(*here))


async def holders(
    connection: AsyncConnection, audience_no: int, records: Collection[int], filters: Filters
) -> list[Holder]:
    """The businesses of these records, as far as they pass `filters`.

    Two look-ups by key: joined, SQLite would begin with all businesses of the audience.
    """
    held = select(member.c.record, member.c.business).where(member.c.audience == audience_no, among(member.c.record))
    of = (await connection.execute(held, {"ids": many(records)})).all()
    here = (business.c.audience == audience_no, among(business.c.no), *conditions(filters))
    passing = select(business.c.no, business.c.priority, business.c.business_id).where(*here)
    asked = {"ids": many({number for _, number in of})}
    found = {row.no: row for row in await connection.execute(passing, asked)}
    return [
        Holder(record, number, found[number].priority, found[number].business_id)
        for record, number in of
        if number in found
    ]


async def by_priority(
    connection: AsyncConnection,
    audience_no: int,
    sources: Sequence[int],
    each: Sequence[Collection[str]],
    filters: Filters,
    after: Place | None,
    limit: int,
) -> list[Place]:
    """The most worrying businesses of which a visible record has a word of each of `each`; these are many."""
    asked = {"sources": many(sources)} | {f"words{n}": many(words) for n, words in enumerate(each)}
    statement = select(business.c.priority, business.c.business_id).where(
        business.c.audience == audience_no, *conditions(filters), *(_one_has(n) for n in range(len(each)))
    )
    if after:
        same = and_(business.c.priority == after.priority, business.c.business_id > after.business_id)
        statement = statement.where(or_(business.c.priority < after.priority, same))
    statement = statement.order_by(business.c.priority.desc(), business.c.business_id).limit(limit)
    return [Place(0, *row) for row in await connection.execute(statement, asked)]


def _one_has(number: int) -> ColumnElement[bool]:
    """Nested, so that the look-up is by record: joined, SQLite would begin with every record that has the word."""
    here = (member.c.business == business.c.no, member.c.audience == business.c.audience)
    said = (among(posting.c.source, "sources"), among(posting.c.word, f"words{number}"))
    has = exists(select(posting.c.record).where(*said, posting.c.record == member.c.record))
    return exists(select(member.c.record).where(*here, has))


async def shown(
    connection: AsyncConnection, audience_no: int, business_ids: Collection[str]
) -> tuple[dict[str, Row[Any]], dict[str, list[AnyRow]]]:
    """The businesses, and the mentions of each, by business id."""
    here = (business.c.audience == audience_no, among(business.c.business_id))
    asked = {"ids": many(business_ids)}
    rows = {row.business_id: row for row in await connection.execute(select(business).where(*here), asked)}
    columns = (mention.c.record_id, mention.c.features, mention.c.source_ref, mention.c.sector)
    statement = (
        select(business.c.business_id, *columns)
        .join(member, and_(member.c.business == business.c.no, member.c.audience == business.c.audience))
        .join(mention, mention.c.no == member.c.record)
        .where(*here)
        .order_by(mention.c.record_id)
    )
    mentions: dict[str, list[AnyRow]] = {business_id: [] for business_id in rows}
    for row in await connection.execute(statement, asked):
        mentions[row.business_id].append(row)
    return rows, mentions
