"""A linker's store, as the operator asks it: which models there are, and which is to be in force."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.linker.domain.model_file import read_model_file
from services.linker.domain.switching import Unswitchable, in_words
from services.linker.handlers import models as switching
from services.linker.handlers import shelf
from services.linker.store import models
from shared.runtime.db import Database
from shared.runtime.migrate import is_current


class Refused(Exception):
    """It cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    version: str
    made_on: str
    state: str


async def publish(url: str, file: bytes) -> str:
    """The version. Raises ValueError for what is no model, or whose version stands for another."""
    async with opened(url) as database:
        return await database.run(lambda session: shelf.publish(session, file))


async def switch(url: str, version: str) -> None:
    async with opened(url) as database:
        try:
            await database.run(lambda session: switching.switch(session, version))
        except Unswitchable as error:
            raise Refused(str(error)) from None


async def file_of(url: str, version: str) -> bytes:
    """The file of a model that is published in the store."""
    async with opened(url) as database, database.read() as connection:
        found = await models.read_body(connection, version)
    if found is None:
        raise Refused("neither a file nor a version published in the store")
    return found


async def in_force(url: str) -> str | None:
    """The version by which records are linked; None before the first record."""
    async with opened(url) as database, database.read() as connection:
        now = await models.read_standing(connection)
    return now.in_force if now else None


async def listed(url: str) -> list[Listed]:
    async with opened(url) as database, database.read() as connection:
        now = await models.read_standing(connection)
        rows = await models.read_models(connection)
    files = [read_model_file(bytes(row.body)) for row in rows]
    return [Listed(file.version, file.card.made_on.isoformat(), in_words(file.version, now)) for file in files]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The store of a linker. Raises Refused for what is none, or not at the newest version."""
    try:
        database = Database(url, schema="linker")
    except ValueError as error:
        raise Refused(f"--store: {error}") from None
    try:
        if not await _is_ready(database):
            raise Refused("--store: there is no linker's store there, or an older one; run joinedup migrate first")
        yield database
    finally:
        await database.close()


async def _is_ready(database: Database) -> bool:
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        return False  # to look into it would make it
    return await is_current(database)
