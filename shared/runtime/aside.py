"""Reading and working out what takes long, in a thread of its own: the event loop answers others meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.db import Database

T = TypeVar("T")

_AT_ONCE = 2
_places = ThreadPoolExecutor(_AT_ONCE, "aside")


async def aside(database: Database, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """What `work` makes of one consistent read of the store, over a connection and in an event loop of its own."""
    run = copy_context().run
    return await asyncio.get_running_loop().run_in_executor(
        _places, lambda: run(lambda: asyncio.run(_alone(database, work)))
    )


async def _alone(database: Database, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    own = Database(database.url.render_as_string(hide_password=False), database.schema)
    try:
        async with own.read() as connection:
            return await work(connection)
    finally:
        await own.close()
