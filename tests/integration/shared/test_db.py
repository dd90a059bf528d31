"""Transactions commit whole or not at all, readers never wait, and moments keep their zone: on both stores."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.runtime.statement import Statement
from shared.runtime.transient import is_transient
from tests.support.tiny import count as count_of
from tests.support.tiny import note, notes, outbox, stale, take

ADD = Statement(insert(note))
ALL = Statement(select(note.c.id).order_by(note.c.id))


async def test_state_and_event_commit_together(database):
    async with database.transaction() as tx:
        await take(tx, "a")
        tx.publish(stale("food"), subject="food")
        assert (await notes(database), await count_of(database, outbox)) == ([], 0)
    assert (await notes(database), await count_of(database, outbox)) == (["a"], 1)


async def test_after_a_failure_there_is_neither_state_nor_event(database):
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await take(tx, "a")
            tx.publish(stale("food"), subject="food")
            raise RuntimeError
    assert (await notes(database), await count_of(database, outbox)) == ([], 0)


async def test_what_a_function_does_in_one_visit_is_committed_whole_or_not_at_all(database):
    def work(session: Session, fail: bool) -> list[str]:
        session.run(ADD, [("a", None), ("b", None)])
        session.publish(stale("food"), subject="food")
        if fail:
            raise RuntimeError
        return [row.id for row in session.fetch(ALL)]

    with pytest.raises(RuntimeError):
        await database.run(partial(work, fail=True))
    assert (await notes(database), await count_of(database, outbox)) == ([], 0)
    assert await database.run(partial(work, fail=False)) == ["a", "b"]
    assert (await notes(database), await count_of(database, outbox)) == (["a", "b"], 1)


async def test_a_connection_lost_in_a_visit_is_no_fault_of_the_work_and_the_next_goes_on(database):
    if database.is_sqlite:
        return
    hang_up = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    def work(session: Session, fail: bool) -> None:
        session.run(ADD, [("a", None)])
        if fail:
            session.fetch(hang_up)

    with pytest.raises(ConnectionError) as lost:
        await database.run(partial(work, fail=True))
    assert is_transient(lost.value)
    await database.run(partial(work, fail=False))
    assert await notes(database) == ["a"]


async def test_connections_that_the_server_closed_are_replaced_before_anybody_meets_them(database):
    if database.is_sqlite:
        return
    await asyncio.gather(*(notes(database) for _ in range(3)))
    other = Database(database.url.render_as_string(hide_password=False), database.schema)
    async with other.read() as connection:
        here = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        assert (await connection.execute(text(f"{here} AND pid <> pg_backend_pid()"))).all()
    await other.close()
    await asyncio.sleep(0.2)
    assert await asyncio.gather(*(notes(database) for _ in range(3))) == [[], [], []]
    assert await database.run(lambda session: session.fetch(ALL)) == []


async def test_readers_do_not_wait_for_a_writer(database):
    async with database.transaction() as tx:
        await take(tx, "a")
        assert await asyncio.wait_for(notes(database), 2) == []


async def test_a_read_cannot_write_on_sqlite(tmp_path, database):
    if not database.is_sqlite:
        return
    with pytest.raises(DBAPIError):
        async with database.read() as connection:
            await connection.execute(insert(note).values(id="x"))


async def test_concurrent_read_modify_writes_of_two_processes_lose_nothing(database):
    """Two Database objects on one store are what two processes are; deferred transactions would fail as locked."""
    async with database.transaction() as tx:
        await tx.execute(insert(note).values(id="0"))
    other = Database(database.url.render_as_string(hide_password=False), database.schema)

    async def increment(through: Database) -> None:
        async with through.transaction() as tx:
            (value,) = (await tx.execute(select(note.c.id).with_for_update())).scalars()
            await tx.execute(update(note).values(id=str(int(value) + 1)))

    await asyncio.gather(*(increment(through) for _ in range(20) for through in (database, other)))
    await other.close()
    assert await notes(database) == ["40"]


async def test_moments_come_back_aware_and_in_utc(database):
    london_summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    async with database.transaction() as tx:
        await tx.execute(insert(note).values(id="a", at=london_summer))
    async with database.read() as connection:
        (at,) = (await connection.execute(select(note.c.at))).scalars()
    assert at == london_summer
    assert at.utcoffset() == timedelta(0)
    assert at.tzinfo is UTC or at.tzinfo.utcoffset(at) == timedelta(0)


async def test_a_naive_moment_is_refused(database):
    with pytest.raises(Exception, match="naive"):
        async with database.transaction() as tx:
            await tx.execute(insert(note).values(id="a", at=datetime(2026, 7, 1)))  # noqa: DTZ001 - the point


async def test_a_row_that_is_there_may_be_ignored_or_replaced(database):
    async with database.transaction() as tx:
        for _ in range(2):
            await tx.execute(database.insert_ignore(note), [{"id": "a"}])
        at = datetime(2026, 1, 1, tzinfo=UTC)
        upsert = database.upsert(note).values(id="a", at=at)
        await tx.execute(upsert.on_conflict_do_update(index_elements=[note.c.id], set_={"at": upsert.excluded.at}))
    async with database.read() as connection:
        assert (await connection.execute(select(note.c.at))).scalar_one() == at


async def test_postgresql_compiles_no_query(postgres_url):
    """To compile what a search asks took a second; to run it takes milliseconds."""
    database = Database(postgres_url, "tiny")
    async with database.read() as connection:
        assert await connection.scalar(text("SHOW jit")) == "off"
    await database.close()


@pytest.mark.parametrize("url", ["mysql://host/db", "postgresql+psycopg2://", "nonsense"])
def test_another_kind_of_database_is_refused(url):
    if url.startswith("postgresql"):
        assert Database(url + "host/db", "tiny").url.drivername == "postgresql+asyncpg"
    else:
        with pytest.raises(Exception, match="URL"):
            Database(url, "tiny")
