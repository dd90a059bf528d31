"""What a process makes of records that come one by one, in a form that another process can compare."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy import select

from joinedup.bench.arrivals import partnership
from services.linker import bootstrap, consumer
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers.audiences import settle
from services.linker.handlers.findings import Detective
from services.linker.store.tables import business, member, mention, metadata, outbox, pair
from shared.runtime.clock import today
from shared.runtime.db import Database
from shared.runtime.eventlog import Delivered
from shared.runtime.inbox import repeatable
from shared.runtime.migrate import migrate

_TABLES = (mention, pair, member, business)


def graph_of(messages: Sequence[Delivered]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a linker's tables, for three audiences, and what it says: event type, key and data, in order."""
    with TemporaryDirectory() as folder:
        return asyncio.run(_graph_of(messages, Path(folder)))


async def _graph_of(messages: Sequence[Delivered], folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    database = Database(f"sqlite:///{folder}/linker.db", str(metadata.schema))
    try:
        await migrate(database)
        resolver = bootstrap.resolver()
        await settle(database, partnership(3), Detective(resolver.shelf, default_rules()), today())
        handle = repeatable(database, consumer.subscriptions(resolver))
        for message in messages:
            await handle([message])
        async with database.read() as connection:
            rows = {table.name: [tuple(row) for row in await connection.execute(select(table))] for table in _TABLES}
            said = [_said(row) for row in await connection.execute(select(outbox).order_by(outbox.c.id))]
    finally:
        await database.close()
    return rows | {"outbox": said}


def _said(row: Any) -> tuple[Any, ...]:
    event = orjson.loads(row.value)
    return event["type"], row.key, event["data"]
