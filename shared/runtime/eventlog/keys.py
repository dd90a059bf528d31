"""The keys under which events are sealed: one for each aggregate and generation, in a store apart from the log.

A key that is destroyed leaves its row, without the key: so a message that nobody may read any more can be told from one
whose key has been lost, and there is proof of the day.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, bindparam, insert, select, update
from sqlalchemy.schema import CreateTable

from shared.runtime.among import among, many
from shared.runtime.clock import utc_now
from shared.runtime.db import Database, UtcDateTime
from shared.runtime.eventlog import LogUnavailable
from shared.runtime.migrate import make_schema
from shared.runtime.session import ConnectionSession, Session
from shared.runtime.statement import Statement
from shared.runtime.transient import is_transient

_BITS = 256


def _table(schema: str) -> Table:
    return Table(
        "key",
        MetaData(schema=schema),
        Column("subject", String(200), primary_key=True),
        Column("generation", Integer, primary_key=True, autoincrement=False),
        Column("secret", LargeBinary),
        Column("destroyed_at", UtcDateTime),
        sqlite_with_rowid=False,
    )


class _Statements:
    """Compiled once for each schema."""

    def __init__(self, schema: str) -> None:
        key = self.table = _table(schema)
        self.of = Statement(select(key.c.subject, key.c.generation, key.c.secret).where(among(key.c.subject)))
        self.make = Statement(insert(key), omit=["destroyed_at"])
        destroyed = {"secret": None, "destroyed_at": bindparam("now", type_=UtcDateTime)}
        held = among(key.c.subject), key.c.secret.is_not(None)
        self.destroy = Statement(update(key).where(*held).values(**destroyed))


_statements = lru_cache(_Statements)


class Key(NamedTuple):
    """`secret` is 32 bytes, or None once it was destroyed."""

    generation: int
    secret: bytes | None


class KeyStore:
    """The store at `url` of the keys that `owner`, a service, makes and destroys in its relay, and nobody else: on
    PostgreSQL a schema of its own. A SQLite file may be that of several."""

    def __init__(self, url: str, owner: str) -> None:
        self._schema = f"{owner}_keys"
        self._database = Database(url, self._schema)
        self._statements = _statements(self._schema)

    async def create(self) -> None:
        """Make the table if it is not there."""
        async with self._database.write_engine.begin() as connection:
            if not self._database.is_sqlite:
                await make_schema(connection, self._schema)
            await connection.execute(CreateTable(self._statements.table, if_not_exists=True))

    async def to_seal(self, subjects: Collection[str], destroyed: Collection[str]) -> dict[str, Key]:
        """The key under which each subject is sealed from now on, once every key of those `destroyed` is no more."""
        with _reached():
            return await self._database.run(lambda session: self._to_seal(session, subjects, destroyed))

    async def to_open(self, subjects: Collection[str]) -> dict[tuple[str, int], Key]:
        """Every key of the subjects, by (subject, generation)."""
        with _reached():
            async with self._database.read() as connection:
                rows = await connection.run_sync(
                    lambda inner: self._of(ConnectionSession(inner, self._schema), subjects)
                )
        return {(row.subject, row.generation): Key(row.generation, row.secret) for row in rows}

    async def close(self) -> None:
        await self._database.close()

    def _of(self, session: Session, subjects: Collection[str]) -> list[Any]:
        return session.fetch(self._statements.of, ids=many(subjects))

    def _to_seal(self, session: Session, subjects: Collection[str], destroyed: Collection[str]) -> dict[str, Key]:
        if destroyed:
            session.fetch(self._statements.destroy, ids=many(destroyed), now=utc_now())
        newest = _newest(self._of(session, subjects))
        made = {subject: _next(newest.get(subject)) for subject in subjects if _is_spent(newest.get(subject))}
        session.run(self._statements.make, [(subject, *new) for subject, new in made.items()])
        return newest | made


async def make_keys(url: str, owner: str) -> None:
    """Make the store of the keys of `owner` if it is not there."""
    keys = KeyStore(url, owner)
    try:
        await keys.create()
    finally:
        await keys.close()


@contextmanager
def _reached() -> Iterator[None]:
    """A store that is away is a log that cannot be read or written just now."""
    try:
        yield
    except Exception as error:
        if is_transient(error):
            raise LogUnavailable(f"The key store cannot be used now: {type(error).__name__}") from error
        raise


def _newest(rows: Iterable[tuple[str, int, bytes | None]]) -> dict[str, Key]:
    newest: dict[str, Key] = {}
    for subject, generation, secret in rows:
        if subject not in newest or newest[subject].generation < generation:
            newest[subject] = Key(generation, secret)
    return newest


def _is_spent(held: Key | None) -> bool:
    return held is None or held.secret is None


def _next(held: Key | None) -> Key:
    return Key(held.generation + 1 if held else 1, AESGCM.generate_key(_BITS))
