"""SQLite by one visit a statement, and a write-ahead log that stays short although somebody is always reading."""

import asyncio
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from shared.runtime import checkpoints
from shared.runtime.db import Database

things = Table(
    "things",
    MetaData(schema="things"),
    Column("id", Integer, primary_key=True),
    Column("word", String(5000), unique=True),
)


@pytest.fixture
async def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path}/things.db", schema="things")
    async with opened.transaction() as tx:
        await tx.execute(text("CREATE TABLE things (id INTEGER PRIMARY KEY, word TEXT UNIQUE)"))
    yield opened
    await opened.close()


async def test_one_row_many_rows_and_what_they_return(database):
    async with database.transaction() as tx:
        found = await tx.execute(insert(things).returning(things.c.id), [{"word": "a"}, {"word": "b"}])
        assert found.scalars().all() == [1, 2]
        changed = await tx.execute(update(things).where(things.c.id < 9).values(word=things.c.word + "!"))
        assert changed.rowcount == 2
        one = await tx.execute(insert(things).values(word="c"))
        assert one.inserted_primary_key == (3,)
    async with database.read() as connection:
        rows = await connection.execute(select(things).order_by(things.c.id))
        assert [tuple(row) for row in rows] == [(1, "a!"), (2, "b!"), (3, "c")]


async def test_a_failed_statement_says_so_and_leaves_nothing(database):
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(insert(things).values(word="twice"))
            await tx.execute(insert(things).values(word="twice"))
    async with database.read() as connection:
        assert (await connection.execute(select(things))).all() == []


async def test_a_transaction_that_is_cancelled_is_rolled_back_and_the_next_one_works(database):
    async def hang() -> None:
        async with database.transaction() as tx:
            await tx.execute(insert(things).values(word="half"))
            await asyncio.sleep(30)

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.transaction() as tx:
        await tx.execute(insert(things).values(word="whole"))
    async with database.read() as connection:
        assert (await connection.execute(select(things.c.word))).scalars().all() == ["whole"]


async def test_rows_are_streamed_without_holding_them_all(database):
    async with database.transaction() as tx:
        await tx.execute(insert(things), [{"word": str(n)} for n in range(1000)])
    async with database.read() as connection:
        streamed = await connection.stream(select(things.c.id).order_by(things.c.id))
        assert [row.id async for row in streamed] == list(range(1, 1001))


async def test_what_waits_for_a_lull_waits_for_the_transactions_that_are_under_way(database):
    ended = []

    def load(_session):
        sleep(0.1)
        ended.append("run")

    async def hold():
        async with database.transaction():
            await asyncio.sleep(0.1)
            ended.append("transaction")

    for work, name in ((database.run(load), "run"), (hold(), "transaction")):
        task = asyncio.create_task(work)
        await asyncio.sleep(0.02)
        await database.lull.wait(30)
        assert ended[-1:] == [name]
        await task


async def test_the_write_ahead_log_stays_short_under_readers_that_overlap(database, monkeypatch):
    monkeypatch.setattr(checkpoints, "_LONG_PAGES", 256)
    monkeypatch.setattr(checkpoints, "_EVERY_SECONDS", 0.0)
    stop = asyncio.Event()

    async def read() -> None:
        while not stop.is_set():
            async with database.read() as connection:
                await connection.execute(text("SELECT count(*) FROM things"))
                await asyncio.sleep(0.01)

    readers = [asyncio.create_task(read()) for _ in range(4)]
    for start in range(0, 12000, 200):
        async with database.transaction() as tx:
            await tx.execute(insert(things), [{"word": f"{n}-" + "x" * 2000} for n in range(start, start + 200)])
    stop.set()
    await asyncio.gather(*readers)
    assert Path(f"{database.url.database}-wal").stat().st_size < 14 << 20


async def test_the_write_ahead_log_stays_short_where_commits_go_on_while_it_is_copied(database, monkeypatch):
    copied = checkpoints._checkpoint

    def slowly(file: str, how: str) -> tuple[bool, int]:
        found = copied(file, how)
        sleep(0.05)
        return found

    monkeypatch.setattr(checkpoints, "_checkpoint", slowly)
    monkeypatch.setattr(checkpoints, "_LONG_PAGES", 256)
    monkeypatch.setattr(checkpoints, "_EVERY_SECONDS", 0.0)
    for start in range(0, 12000, 200):
        async with database.transaction() as tx:
            await tx.execute(insert(things), [{"word": f"{n}-" + "x" * 2000} for n in range(start, start + 200)])
    assert Path(f"{database.url.database}-wal").stat().st_size < 40 << 20  # of 85 that are written


async def test_what_was_deleted_is_in_no_byte_of_the_files_once_it_is_quiet(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "_QUIET_SECONDS", 0.2)
    opened = Database(f"sqlite:///{tmp_path}/things.db", schema="things")
    for statement in (
        "CREATE TABLE things (id INTEGER PRIMARY KEY, word TEXT)",
        f"INSERT INTO things (word) VALUES ('{'Ivy Marsden ' * 1000}'), ('short Ivy Marsden')",
        "DELETE FROM things",
    ):
        async with opened.transaction() as tx:
            await tx.execute(text(statement))
    assert b"Ivy Marsden" in Path(f"{opened.url.database}-wal").read_bytes()
    deadline = asyncio.get_running_loop().time() + 10
    while any(b"Ivy Marsden" in file.read_bytes() for file in tmp_path.iterdir()):
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)
    await opened.close()
