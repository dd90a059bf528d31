"""The inbox: an event's effect and the mark that it was handled commit in one transaction, so it counts once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import groupby

import orjson
from sqlalchemy import Column, MetaData, String, Table, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Event, EventData
from shared.contracts.events import BY_TYPE
from shared.runtime.clock import utc_now
from shared.runtime.db import Database, Tx, UtcDateTime
from shared.runtime.eventlog import Delivered
from shared.runtime.telemetry import handling

Handler = Callable[[Sequence[Event[EventData]], Tx], Awaitable[None]]
Subscriptions = Mapping[type[EventData], Handler]


def inbox_table(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("consumer", String(100), primary_key=True),
        Column("event_id", String(100), primary_key=True),
        Column("handled_at", UtcDateTime, nullable=False, index=True),
    )


@lru_cache
def _model(event_type: str) -> type[Event[EventData]] | None:
    spec = BY_TYPE.get(event_type)
    return Event[spec.data] if spec else None  # type: ignore[name-defined]


def decode(message: Delivered) -> Event[EventData] | None:
    """The typed event, or None for a type that this version does not know (a newer producer may say more)."""
    body = orjson.loads(message.value)
    model = _model(body["type"])
    return model.model_validate(body) if model else None


def once(
    database: Database, consumer: str, subscriptions: Subscriptions
) -> Callable[[Sequence[Delivered]], Awaitable[None]]:
    """A batch handler for the consumer loop: decodes, drops what was handled before, and hands each run of events with
    the same handler to it, all in one transaction."""
    inbox = inbox_table(MetaData(schema=database.schema))

    async def handle(messages: Sequence[Delivered]) -> None:
        events = [event for message in messages if (event := decode(message)) and type(event.data) in subscriptions]
        if not events:
            return
        with handling(consumer, [event.traceparent for event in events]):
            async with database.transaction() as tx:
                fresh = await _claim(database, tx, inbox, consumer, [event.id for event in events])
                unique = {event.id: event for event in events}  # a batch may hold an event and its repeat
                await _dispatch([event for event in unique.values() if event.id in fresh], subscriptions, tx)

    return handle


async def _dispatch(events: Sequence[Event[EventData]], subscriptions: Subscriptions, tx: Tx) -> None:
    for handler, run in groupby(events, key=lambda event: subscriptions[type(event.data)]):
        await handler(list(run), tx)


async def _claim(database: Database, tx: Tx, inbox: Table, consumer: str, event_ids: Sequence[str]) -> set[str]:
    now = utc_now()
    unique = dict.fromkeys(event_ids)
    rows = [{"consumer": consumer, "event_id": event_id, "handled_at": now} for event_id in unique]
    statement = database.insert_ignore(inbox).returning(inbox.c.event_id)
    return set((await tx.execute(statement, rows)).scalars())


async def prune(connection: AsyncConnection, inbox: Table, older_than: timedelta) -> None:
    """Forget marks older than the log keeps events: they can no longer be delivered again."""
    await connection.execute(delete(inbox).where(inbox.c.handled_at < utc_now() - older_than))
