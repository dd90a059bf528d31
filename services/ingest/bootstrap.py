"""The only place of ingest that builds things."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import FastAPI

from services.ingest import consumer
from services.ingest.api import ROUTERS, duties
from services.ingest.api.dependencies import Ingest
from services.ingest.clients import Fetcher
from services.ingest.handlers.noted import take_noted
from services.ingest.settings import IngestSettings
from services.ingest.store.tables import inbox
from services.ingest.worker.loop import Worker
from services.ingest.worker.pace import Pace
from shared.contracts.events.ingest import RECORDS_TOPIC
from shared.runtime import clock
from shared.runtime.again import again
from shared.runtime.auth import verifier_for
from shared.runtime.consume import consume as consume_log
from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog
from shared.runtime.eventlog.sealed import SealedLog, open_sealed_log
from shared.runtime.inbox import once_awaited, prune
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.web import create_app
from shared.sharing import Partnership, load_partnership

SCHEMA = "ingest"
NOTED_KEPT = timedelta(days=7)
_INBOX_KEPT = timedelta(days=30)
_FORGET_AGAIN_SECONDS = 3600.0


def database(settings: IngestSettings) -> Database:
    return Database(settings.database_url, schema=SCHEMA)


def rules(settings: IngestSettings) -> Reread[Partnership]:
    return Reread(settings.partnership_file, load_partnership)


async def log(settings: IngestSettings) -> SealedLog:
    """The event log, with people's details sealed."""
    return await open_sealed_log(settings.log_url, settings.keys_url, [RECORDS_TOPIC])


def api(settings: IngestSettings) -> FastAPI:
    db = database(settings)
    app = create_app(
        "ingest",
        "Agencies' feeds, records, receipts and coverage.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(db.close,),
    )
    app.state.ingest = Ingest(db, rules(settings), settings.max_upload_bytes)
    app.state.duties = duties.desk(db, rules(settings))
    return app


def worker(settings: IngestSettings, db: Database, fetcher: Fetcher) -> Worker:
    pace = Pace(
        rows=settings.rows_per_transaction,
        lease=timedelta(seconds=settings.lease_seconds),
        upkeep_seconds=settings.upkeep_seconds,
        max_file_bytes=settings.max_upload_bytes,
    )
    return Worker(db, fetcher, pace, rules(settings))


def work(settings: IngestSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """The role `work`, to be run until it is told to stop."""

    async def task(stop: asyncio.Event) -> None:
        db = database(settings)
        fetcher = Fetcher(allow_private=settings.pull_allow_private, timeout=settings.pull_timeout_seconds)
        try:
            await worker(settings, db, fetcher).run(stop)
        finally:
            await fetcher.close()
            await db.close()

    return task


def consume(settings: IngestSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """The role `consume`: what people note in the other services becomes records."""

    async def task(stop: asyncio.Event) -> None:
        db = database(settings)
        log = await open_sealed_log(settings.log_url, settings.keys_url, consumer.TOPICS)
        handler = once_awaited(db, consumer.GROUP, consumer.subscriptions(take_noted))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(again(lambda: _forget(db, log), _FORGET_AGAIN_SECONDS, stop, "forgetting_waits"))
                await consume_log(log, consumer.GROUP, dict.fromkeys(consumer.TOPICS, handler), stop=stop)
        finally:
            await log.close()
            await db.close()

    return task


async def _forget(db: Database, log: EventLog) -> bool:
    """What was noted is in the store. Whoever was away for long reads first."""
    for topic in consumer.TOPICS:
        await log.forget(topic, clock.utc_now() - NOTED_KEPT)
    async with db.transaction() as tx:
        await prune(tx.connection, inbox, _INBOX_KEPT)
    return False
