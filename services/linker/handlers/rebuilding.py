"""Rebuilding the graph from the log, silently: what audiences are shown stays until all is read again, and only what
then differs is told. How far it came is stored with what it read, so a rebuild that was killed goes on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.linker.handlers.audiences import fill
from services.linker.handlers.learn import RecordEvent, learn
from services.linker.handlers.resolve import Resolver
from services.linker.store import graph, holdings
from shared.contracts.events.ingest import RECORDS_TOPIC, RecordCorrected, RecordReceived, RecordRetracted
from shared.runtime.db import Database
from shared.runtime.eventlog import Delivered, EventLog
from shared.runtime.inbox import decode
from shared.runtime.telemetry import log

_PAGE = 500
_WAIT = 1.0
_RECORD_EVENTS = (RecordReceived, RecordCorrected, RecordRetracted)


async def rebuild(database: Database, events: EventLog, resolver: Resolver, today: date) -> None:
    """Forget every record and read the log again. A worker that runs meanwhile takes records in and tells nothing."""
    until = await events.end(RECORDS_TOPIC)
    async with database.transaction() as tx:
        await graph.lock(tx)
        if await graph.pending_rebuild(tx) is None:
            await graph.empty(tx)
            await graph.put_rebuild(tx, RECORDS_TOPIC, {}, _stored(until))
    await finish_rebuild(database, events, resolver, today)


async def finish_rebuild(database: Database, events: EventLog, resolver: Resolver, today: date) -> None:
    """Go on with a rebuild that was begun, if there is one."""
    while pending := await _pending(database):
        after = {int(partition): offset for partition, offset in pending.after.items()}
        if all(after.get(int(partition), 0) >= offset for partition, offset in pending.until.items()):
            await _end(database)
            break
        messages = await events.fetch(pending.topic, after, _PAGE, _WAIT)
        await _read_again(database, pending, messages, resolver)
    await fill(database, resolver.policies, today)


async def _pending(database: Database) -> Row[Any] | None:
    async with database.transaction() as tx:
        return await graph.pending_rebuild(tx)


async def _end(database: Database) -> None:
    async with database.transaction() as tx:
        await graph.lock(tx)
        await graph.end_rebuild(tx)
        await holdings.refill_all(tx)


async def _read_again(database: Database, pending: Row[Any], messages: Sequence[Delivered], resolver: Resolver) -> None:
    found = [event for message in messages if (event := _record_event(message))]
    after = pending.after | _stored({message.partition: message.offset + 1 for message in messages})
    async with database.transaction() as tx:
        await graph.lock(tx)
        if found:
            await learn(found, tx, resolver.model)
        await graph.put_rebuild(tx, pending.topic, after, pending.until)


def _record_event(message: Delivered) -> RecordEvent | None:
    """None also for a message that was set aside as unreadable when it first came."""
    try:
        event: Any = decode(message)
    except ValueError as error:
        log(__name__).warning("unreadable_message_skipped", offset=message.offset, error=type(error).__name__)
        return None
    return event if event and isinstance(event.data, _RECORD_EVENTS) else None


def _stored(positions: Mapping[int, int]) -> dict[str, int]:
    return {str(partition): offset for partition, offset in positions.items()}
