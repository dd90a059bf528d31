"""Rebuilding the graph from the log, silently: what audiences are shown stays until all is read again, and only what
then differs is told. How far it came is stored with what it read, so a rebuild that was killed goes on."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from services.linker.handlers.catching_up import note
from services.linker.handlers.filling import fill
from services.linker.handlers.learn import RecordEvent, learn
from services.linker.handlers.resolve import Resolver
from services.linker.handlers.shelf import begin_again
from services.linker.store import graph, holdings
from shared.contracts.events.ingest import RECORDS_TOPIC, RecordCorrected, RecordReceived, RecordRetracted
from shared.runtime.db import Database
from shared.runtime.eventlog import Delivered, EventLog
from shared.runtime.inbox import decode
from shared.runtime.session import Session
from shared.runtime.telemetry import log

_PAGE = 500
_WAIT = 1.0
_RECORD_EVENTS = (RecordReceived, RecordCorrected, RecordRetracted)


async def rebuild(database: Database, events: EventLog, resolver: Resolver, today: date) -> None:
    """Forget every record and read the log again. A worker that runs meanwhile takes records in and tells nothing."""
    until = _stored(await events.end(RECORDS_TOPIC))
    await database.run(lambda session: _begin(session, until))
    await finish_rebuild(database, events, resolver, today)


async def finish_rebuild(database: Database, events: EventLog, resolver: Resolver, today: date) -> None:
    """Go on with a rebuild that was begun, if there is one."""
    while pending := await database.run(graph.pending_rebuild):
        after = {int(partition): offset for partition, offset in pending.after.items()}
        if all(after.get(int(partition), 0) >= offset for partition, offset in pending.until.items()):
            await database.run(_end)
            break
        messages = await events.fetch(pending.topic, after, _PAGE, _WAIT)
        until = pending.until if messages else await _still_there(events, pending)
        await database.run(partial(_read_again, pending=pending, until=until, messages=messages, resolver=resolver))
    await fill(database, resolver.shelf, today)


async def _still_there(events: EventLog, pending: Any) -> dict[str, int]:
    """Where the log ends now, if that is before where it ended: what it has lost is not waited for."""
    ends = _stored(await events.end(pending.topic))
    until = {partition: min(offset, ends.get(partition, 0)) for partition, offset in pending.until.items()}
    if until != pending.until:
        log(__name__).error("log_lost_messages", topic=pending.topic)
    return until


def _begin(session: Session, until: dict[str, int]) -> None:
    graph.lock(session)
    if graph.pending_rebuild(session) is None:
        graph.empty(session)
        begin_again(session)
        graph.put_rebuild(session, RECORDS_TOPIC, {}, until)


def _end(session: Session) -> None:
    graph.lock(session)
    graph.end_rebuild(session)
    holdings.refill_all(session)


def _read_again(
    session: Session, pending: Any, until: dict[str, int], messages: Sequence[Delivered], resolver: Resolver
) -> None:
    found = [event for message in messages if (event := _record_event(message))]
    after = pending.after | _stored({message.partition: message.offset + 1 for message in messages})
    graph.lock(session)
    if found:
        note(session, learn(session, found, resolver.shelf.policies(session)))
    graph.put_rebuild(session, pending.topic, after, until)


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
