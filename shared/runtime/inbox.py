"""The inbox: an event's effect and the mark that it was handled commit in one transaction, so it counts once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

import orjson
from sqlalchemy import Column, MetaData, String, Table, bindparam, delete, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.envelope import Event, EventData
from shared.contracts.events import BY_TYPE
from shared.runtime.among import listed, many
from shared.runtime.clock import utc_now
from shared.runtime.db import Database, Tx, UtcDateTime
from shared.runtime.eventlog import Delivered
from shared.runtime.session import ConnectionSession, Session
from shared.runtime.statement import Statement
from shared.runtime.telemetry import handling

Handler = Callable[[Sequence[Event[EventData]], Session], None]
Subscriptions = Mapping[type[EventData], Handler]
AwaitedHandler = Callable[[Sequence[Event[Any]], Tx], Awaitable[None]]
AwaitedSubscriptions = Mapping[type[EventData], AwaitedHandler]
_Unique = Mapping[str, Event[EventData]]
H = TypeVar("H")


def inbox_table(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("consumer", String(100), primary_key=True),
        Column("event_id", String(100), primary_key=True),
        Column("handled_at", UtcDateTime, nullable=False),
        sqlite_with_rowid=False,
    )


@lru_cache
def _model(event_type: str) -> type[Event[EventData]] | None:
    spec = BY_TYPE.get(event_type)
    return Event[spec.data] if spec else None  # type: ignore[name-defined]


def decode(message: Delivered) -> Event[EventData] | None:
    """The typed event, or None for a type that this version does not know (a newer producer may say more), and for one
    whose key was destroyed."""
    if not message.value:
        return None
    body = orjson.loads(message.value)
    model = _model(body["type"])
    return model.model_validate(body) if model else None


def once(
    database: Database, consumer: str, subscriptions: Subscriptions
) -> Callable[[Sequence[Delivered]], Awaitable[None]]:
    """A batch handler for the consumer loop: decodes, drops what was handled before, and hands each run of events with
    the same handler to it, all in one transaction."""

    claim = _claim(database.schema)

    def work(session: Session, events: _Unique) -> None:
        for handler, run in _runs(_fresh(session, claim, consumer, events), subscriptions):
            handler(run, session)

    async def handle(events: _Unique) -> None:
        await database.run(lambda session: work(session, events))

    return _decoded(consumer, subscriptions, handle)


def repeatable(database: Database, subscriptions: Subscriptions) -> Callable[[Sequence[Delivered]], Awaitable[None]]:
    """As `once`, without a mark: for handlers to whom a repeat is nothing, since what they store with an event's effect
    says that they had it, as a record's version does."""

    def work(session: Session, events: _Unique) -> None:
        for handler, run in _runs(list(events.values()), subscriptions):
            handler(run, session)

    async def handle(events: _Unique) -> None:
        await database.run(lambda session: work(session, events))

    return _decoded(database.schema, subscriptions, handle)


def once_awaited(
    database: Database, consumer: str, subscriptions: AwaitedSubscriptions
) -> Callable[[Sequence[Delivered]], Awaitable[None]]:
    """As `once`, for handlers that await the store."""

    schema, claim = database.schema, _claim(database.schema)

    async def handle(events: _Unique) -> None:
        async with database.transaction() as tx:
            fresh = await tx.connection.run_sync(
                lambda inner: _fresh(ConnectionSession(inner, schema), claim, consumer, events)
            )
            for handler, run in _runs(fresh, subscriptions):
                await handler(run, tx)

    return _decoded(consumer, subscriptions, handle)


def _decoded(
    consumer: str, subscriptions: Mapping[type[EventData], Any], handle: Callable[[_Unique], Awaitable[None]]
) -> Callable[[Sequence[Delivered]], Awaitable[None]]:
    async def decoded(messages: Sequence[Delivered]) -> None:
        events = [event for message in messages if (event := decode(message)) and type(event.data) in subscriptions]
        if not events:
            return
        with handling(consumer, [event.traceparent for event in events]):
            await handle({event.id: event for event in events})  # a batch may hold an event and its repeat

    return decoded


def _fresh(session: Session, claim: Statement, consumer: str, events: _Unique) -> list[Event[EventData]]:
    """Those that were not handled before, in their order; from now on they were."""
    rows = session.fetch(claim, consumer=consumer, ids=many(events), handled_at=utc_now())
    claimed = {row.event_id for row in rows}
    return [event for id_, event in events.items() if id_ in claimed]


def _runs(
    events: Sequence[Event[EventData]], subscriptions: Mapping[type[EventData], H]
) -> Iterator[tuple[H, list[Event[EventData]]]]:
    """Neighbours that have the same handler."""
    for handler, run in groupby(events, key=lambda event: subscriptions[type(event.data)]):
        yield handler, list(run)


@lru_cache
def _claim(schema: str) -> Statement:
    """Marks those events that are not marked yet, and gives them."""
    inbox, events = inbox_table(MetaData(schema=schema)), listed()
    consumer, now = bindparam("consumer", type_=String), bindparam("handled_at", type_=UtcDateTime)
    new = select(consumer, events.c.value, now).where(true())  # SQLite takes the ON of a bare SELECT for a join's
    marks = insert(inbox).from_select(["consumer", "event_id", "handled_at"], new)
    return Statement(marks.on_conflict_do_nothing().returning(inbox.c.event_id))


async def prune(connection: AsyncConnection, inbox: Table, older_than: timedelta) -> None:
    """Forget marks older than the log keeps events: they can no longer be delivered again."""
    await connection.execute(delete(inbox).where(inbox.c.handled_at < utc_now() - older_than))
