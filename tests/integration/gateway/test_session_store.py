"""Sessions with a browser, on SQLite and on PostgreSQL."""

from datetime import timedelta

from services.gateway.store import sessions
from services.gateway.store.sessions import Row
from shared.runtime.clock import utc_now
from shared.runtime.db import Database

NOW = utc_now()


def row(id_: str, subject: str = "ann", minutes: int = 60) -> Row:
    return Row(id_, "fire", subject, "compliance", b"sealed", NOW, NOW + timedelta(minutes=minutes))


async def found(database: Database, id_: str) -> Row | None:
    async with database.read() as connection:
        return await sessions.find(connection, id_, NOW)


async def test_a_session_is_found_as_it_was_kept_until_it_is_over(database):
    async with database.transaction() as tx:
        await sessions.add(tx, row("a"))
        await sessions.add(tx, row("b", minutes=0))
    assert await found(database, "a") == row("a")
    assert await found(database, "b") is None


async def test_a_renewed_session_has_another_token_and_end_and_keeps_the_rest(database):
    later = NOW + timedelta(hours=3)
    async with database.transaction() as tx:
        await sessions.add(tx, row("a"))
        await sessions.renew(tx, "a", b"next", later)
        await sessions.choose(tx, "a", "licensing")
    assert await found(database, "a") == Row("a", "fire", "ann", "licensing", b"next", NOW, later)


async def test_all_that_somebody_has_end_and_nobody_elses(database):
    async with database.transaction() as tx:
        for id_, subject in (("a", "ann"), ("b", "ann"), ("c", "bob")):
            await sessions.add(tx, row(id_, subject))
        await sessions.forget_all(tx, "fire", "ann")
    assert [await found(database, id_) for id_ in ("a", "b")] == [None, None]
    assert await found(database, "c") == row("c", "bob")


async def test_what_is_over_is_forgotten(database):
    async with database.transaction() as tx:
        await sessions.add(tx, row("a", minutes=-1))
        await sessions.forget_expired(tx, NOW)
    async with database.read() as connection:
        assert await sessions.find(connection, "a", NOW - timedelta(hours=1)) is None
