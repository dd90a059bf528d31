"""The audit log: entries that are only ever added, the index by which they are found, and the anchors.

What counts is an entry's body. The index repeats parts of it and is written later, so that nobody who reads waits for
it: a list of fifty has fifty places there. `joinedup audit verify` compares the two.
"""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.domain.chain import GENESIS, Anchor, Link, Removal, hash_of
from services.gateway.domain.deed import Deed, read
from services.gateway.store.tables import metadata
from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.runtime.statement import Statement

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_LOCK = 4_062_001  # of PostgreSQL's advisory locks: one writer at a time has the end of the chain
_INDEX_LOCK = 4_062_002  # and one the end of the index
_INDEXED_AT_ONCE = 50
_PAGE = 1000

entry = Table(
    "audit_entry",
    metadata,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
mention = Table(
    "audit_mention",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("value", String(320), primary_key=True),
    Column("seq", _NUMBER, primary_key=True, autoincrement=False, index=True),
    sqlite_with_rowid=False,
)
anchor = Table(
    "audit_anchor",
    metadata,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("at", String(40), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)
removal = Table(
    "audit_removal",
    metadata,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)

_TURN = Statement(select(func.pg_advisory_xact_lock(_LOCK)))
_INDEX_TURN = Statement(select(func.pg_advisory_xact_lock(_INDEX_LOCK)))
_INDEXED = Statement(select(func.coalesce(func.max(mention.c.seq), 0).label("seq")))
_NOT_INDEXED = Statement(
    select(entry.c.seq, entry.c.body)
    .where(entry.c.seq > bindparam("indexed"))
    .order_by(entry.c.seq)
    .limit(_INDEXED_AT_ONCE)
)
_HEAD = Statement(select(entry.c.seq, entry.c.hash).order_by(entry.c.seq.desc()).limit(1))
_LAST_ANCHOR = Statement(select(anchor.c.seq, anchor.c.hash).order_by(anchor.c.seq.desc()).limit(1))
_ADD_ENTRY = Statement(insert(entry))
_ADD_MENTION = Statement(insert(mention))
_ADD_ANCHOR = Statement(insert(anchor))
_LAST_BEFORE = Statement(
    select(anchor.c.seq).where(anchor.c.at < bindparam("before")).order_by(anchor.c.seq.desc()).limit(1)
)
_FIRST = Statement(select(entry.c.seq).order_by(entry.c.seq).limit(1))
_ADD_REMOVAL = Statement(insert(removal))
_REMOVE = tuple(Statement(delete(table).where(table.c.seq <= bindparam("last"))) for table in (entry, mention))


def take_turn(session: Session) -> None:
    """Nobody else adds to the log until this transaction ends. On SQLite that is so anyway."""
    if not session.is_sqlite:
        session.fetch(_TURN)


def head(session: Session) -> tuple[int, bytes]:
    """Number and hash of the last entry, which its anchor stands for if all have been removed."""
    found = session.fetch(_HEAD) or session.fetch(_LAST_ANCHOR)
    return (found[0].seq, found[0].hash) if found else (0, GENESIS)


def append(session: Session, deeds: Sequence[Deed]) -> None:
    """Add `deeds` at the end of the chain, in their order."""
    take_turn(session)
    seq, hash_ = head(session)
    entries = []
    for seq, deed in enumerate(deeds, seq + 1):  # noqa: B020 - the numbers go on from the last
        body = deed.canonical()
        hash_ = hash_of(hash_, seq, body)
        entries.append((seq, body, hash_))
    session.run(_ADD_ENTRY, entries)


def index_some(session: Session) -> bool:
    """Let the next entries be found by what they mention, in their order; whether there were any."""
    if not session.is_sqlite:
        session.fetch(_INDEX_TURN)
    rows = session.fetch(_NOT_INDEXED, indexed=session.fetch(_INDEXED)[0].seq)
    deeds = [(row.seq, read(row.body)) for row in rows]
    mentions = [(deed.agency, kind, value, seq) for seq, deed in deeds for kind, value in deed.mentions()]
    session.run(_ADD_MENTION, sorted(mentions))
    return bool(rows)


def last_anchored(session: Session) -> int:
    found = session.fetch(_LAST_ANCHOR)
    return found[0].seq if found else 0


def add_anchor(session: Session, made: Anchor) -> None:
    session.run(_ADD_ANCHOR, [(made.seq, made.hash, made.at, made.signature)])


def anchored_before(session: Session, at: str) -> int | None:
    """The newest anchor made before `at`, if it has entries still."""
    last, first = session.fetch(_LAST_BEFORE, before=at), session.fetch(_FIRST)
    return last[0].seq if last and first and first[0].seq <= last[0].seq else None


def remove(session: Session, made: Removal) -> None:
    """All entries up to the removal's, for good. The triggers let go of what a removal names, and nothing else."""
    session.run(_ADD_REMOVAL, [(made.seq, made.at, made.signature)])
    for statement in _REMOVE:
        session.run(statement, [(made.seq,)])


async def removals(connection: AsyncConnection) -> list[Removal]:
    rows = await connection.execute(select(removal).order_by(removal.c.seq))
    return [Removal(row.seq, row.at, row.signature) for row in rows]


class Wanted(NamedTuple):
    """Entries of these agencies' people that mention `value` as one of `kinds`."""

    agencies: tuple[str, ...]
    kinds: tuple[str, ...]
    value: str


async def index_all(database: Database) -> None:
    """Let every entry be found."""
    while await database.run(index_some):
        pass


async def found(connection: AsyncConnection, wanted: Wanted, before: int | None, limit: int) -> list[Link]:
    """The newest of what is wanted, older than entry number `before`, as far as the index has come."""
    statement = (
        select(entry)
        .join(mention, mention.c.seq == entry.c.seq)
        .where(mention.c.agency.in_(wanted.agencies), mention.c.kind.in_(wanted.kinds), mention.c.value == wanted.value)
        .order_by(mention.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(mention.c.seq < before)
    return [Link(row.seq, row.body, row.hash) for row in await connection.execute(statement)]


async def anchors(connection: AsyncConnection) -> list[Anchor]:
    rows = await connection.execute(select(anchor).order_by(anchor.c.seq))
    return [Anchor(row.seq, row.hash, row.at, row.signature) for row in rows]


_NEXT = select(entry).where(entry.c.seq > bindparam("after")).order_by(entry.c.seq).limit(_PAGE)
_MENTIONS = select(mention).where(mention.c.seq > bindparam("after"), mention.c.seq <= bindparam("last"))
Mentions = dict[int, set[tuple[str, str, str]]]


async def pages(connection: AsyncConnection) -> AsyncIterator[tuple[list[Link], Mentions]]:
    """All entries in order, and what the index says of each number; the last page has what lies beyond the end."""
    after = 0
    while True:
        rows = (await connection.execute(_NEXT, {"after": after})).all()
        last = rows[-1].seq if rows else 2**62
        index: Mentions = {}
        for row in await connection.execute(_MENTIONS, {"after": after, "last": last}):
            index.setdefault(row.seq, set()).add((row.agency, row.kind, row.value))
        yield [Link(row.seq, row.body, row.hash) for row in rows], index
        if not rows:
            return
        after = last
