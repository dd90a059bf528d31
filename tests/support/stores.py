"""Services' stores, migrated and empty: copies of one that each test process migrates once, since to migrate takes
longer than most tests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp

from shared.runtime.db import Database
from shared.runtime.migrate import migrate
from tests.support.postgres import Postgres


def sqlite_store(folder: Path, service: str) -> str:
    """The store of `service` as a file of its name in `folder`; its URL."""
    file = folder / f"{service}.db"
    copyfile(_migrated_file(service), file)
    return f"sqlite:///{file}"


def postgres_store(server: Postgres, service: str) -> str:
    """The store of `service` in a database of its own; its URL."""
    return server.create_database(like=_migrated_database(server, service))


@cache
def _migrated_file(service: str) -> Path:
    file = Path(mkdtemp(prefix="joinedup-")) / f"{service}.db"
    _migrate(f"sqlite:///{file}", service)
    return file


@cache
def _migrated_database(server: Postgres, service: str) -> str:
    url = server.create_database()
    _migrate(url, service)
    return url


def _migrate(url: str, service: str) -> None:
    async def make() -> None:
        database = Database(url, service)
        await migrate(database)
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
        thread.submit(asyncio.run, make()).result()
