"""Filling a store at once: whole or not at all, also where the process is killed, and afterwards it is as ever."""

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from subprocess import run

import pytest
from sqlalchemy import insert

from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.runtime.statement import Statement
from tests.support.tiny import SCHEMA, note, notes, tiny_store

ADD = Statement(insert(note))
_MORE_THAN_THE_CACHE = 120_000
_WIDE = "x" * 1000


async def test_a_load_is_one_transaction(database: Database) -> None:
    def work(session: Session, fail: bool) -> int:
        session.run_columns(ADD, [[f"{number:05}" for number in range(2000)], [None] * 2000])
        if fail:
            raise RuntimeError
        return 2000

    with pytest.raises(RuntimeError):
        await database.load(lambda session: work(session, fail=True))
    assert await notes(database) == []
    assert await database.load(lambda session: work(session, fail=False)) == 2000
    assert len(await notes(database)) == 2000


async def test_a_file_that_another_reads_is_loaded_all_the_same(sqlite_file: Path) -> None:
    database = Database(f"sqlite:///{sqlite_file}", SCHEMA)
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM note").fetchone() == (0,)
        await database.load(lambda session: session.run(ADD, [("a", None)]))
        assert other.execute("SELECT count(*) FROM note").fetchone() == (0,)
    assert await notes(database) == ["a"]
    await database.close()


async def test_a_load_that_was_killed_left_nothing_and_the_file_goes_on(sqlite_file: Path) -> None:
    before = sqlite_file.stat().st_size
    ended = run([sys.executable, "-m", __name__, str(sqlite_file)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert sqlite_file.stat().st_size > before + (1 << 24)  # some of it had reached the file
    database = Database(f"sqlite:///{sqlite_file}", SCHEMA)
    assert await notes(database) == []
    assert sqlite_file.stat().st_size == before
    await database.load(lambda session: session.run(ADD, [("a", None)]))
    with closing(sqlite3.connect(sqlite_file)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert await notes(database) == ["a"]
    await database.close()


@pytest.fixture
async def sqlite_file(tmp_path: Path) -> Path:
    file = tmp_path / "notes.db"
    async with tiny_store(f"sqlite:///{file}"):
        return file


def _be_killed(session: Session) -> None:
    session.run(ADD, [(f"{number}{_WIDE}", None) for number in range(_MORE_THAN_THE_CACHE)])
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    import asyncio

    asyncio.run(Database(f"sqlite:///{sys.argv[1]}", SCHEMA).load(_be_killed))
