"""The only place of the linker that builds things."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date, timedelta

from fastapi import FastAPI

from services.linker import api as routes
from services.linker import consumer
from services.linker.domain.assess import default_policies
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers.audiences import settle
from services.linker.handlers.catching_up import catch_up
from services.linker.handlers.findings import Detective, find_due, look_again
from services.linker.handlers.models import advance
from services.linker.handlers.rebuilding import finish_rebuild
from services.linker.handlers.rebuilding import rebuild as rebuild_graph
from services.linker.handlers.resolve import Resolver
from services.linker.handlers.shelf import Shelf
from services.linker.settings import LinkerSettings
from services.linker.store.tables import inbox, metadata
from shared.contracts.events import SEALED_TOPICS
from shared.contracts.events.linker import RISK_TOPIC
from shared.runtime import clock, telemetry
from shared.runtime.auth import verifier_for
from shared.runtime.consume import consume as consume_log
from shared.runtime.db import Database
from shared.runtime.errors import Unavailable
from shared.runtime.eventlog import EventLog
from shared.runtime.eventlog.sealed import open_sealed_log
from shared.runtime.inbox import once, prune
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.transient import is_transient
from shared.runtime.web import create_app
from shared.sharing import Partnership, load_partnership

_LOOK_AGAIN_SECONDS = 5.0
_FIND_AGAIN_SECONDS = 0.5
_CATCH_UP_AGAIN_SECONDS = 0.5
_FORGET_AGAIN_SECONDS = 3600.0
RISK_KEPT = timedelta(days=7)
_INBOX_KEPT = timedelta(days=30)  # far longer than an event can be delivered again


def database(settings: LinkerSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def resolver() -> Resolver:
    return Resolver(Shelf(default_policies()))


def rules(settings: LinkerSettings) -> Reread[Partnership]:
    return Reread(settings.partnership_file, load_partnership)


def api(settings: LinkerSettings) -> FastAPI:
    db = database(settings)
    app = create_app(
        "linker",
        "Businesses, the links behind them and their risk, as your agency may see them.",
        verifier=verifier_for(settings),
        routers=routes.ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(db.close,),
    )
    app.state.desk = routes.Desk(db, rules(settings), Shelf(default_policies()))
    return app


def consume(settings: LinkerSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Finishes a rebuild that was cut short, brings audiences up to date, then follows the log."""

    async def task(stop: asyncio.Event) -> None:
        async with _opened(settings) as (db, log):
            graph = resolver()
            today, file = clock.today(), rules(settings)
            await finish_rebuild(db, log, graph, today)
            partnership = file.current()
            detective = Detective(graph.shelf, default_rules())
            settled = (today, partnership) if await settle(db, partnership, detective, today) else None
            handler = once(db, consumer.GROUP, consumer.subscriptions(graph))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_keep_settled(db, file, detective, settled, stop))
                tasks.create_task(_keep_switching(db, graph.shelf, stop))
                tasks.create_task(keep_caught_up(db, stop))
                tasks.create_task(_keep_forgetting(log, stop))
                tasks.create_task(_keep_finding(db, detective, stop))
                await consume_log(log, consumer.GROUP, {consumer.TOPIC: handler}, stop=stop)

    return task


async def rebuild(settings: LinkerSettings) -> None:
    """The graph from the log once more; only differences are published."""
    async with _opened(settings) as (db, log):
        await rebuild_graph(db, log, resolver(), clock.today())


@asynccontextmanager
async def _opened(settings: LinkerSettings) -> AsyncIterator[tuple[Database, EventLog]]:
    db, log = database(settings), await open_sealed_log(settings.log_url, settings.keys_url, SEALED_TOPICS)
    try:
        yield db, log
    finally:
        await log.close()
        await db.close()


async def _keep_settled(
    db: Database,
    file: Reread[Partnership],
    detective: Detective,
    settled: tuple[date, Partnership] | None,
    stop: asyncio.Event,
) -> None:
    """Settle again on each new day, and whenever the sharing rules change."""
    while not stop.is_set():
        with _patience("settling_waits"):
            today, partnership = clock.today(), file.current()
            if (today, partnership) != settled and await settle(db, partnership, detective, today):
                async with db.transaction() as tx:
                    await prune(tx.connection, inbox, _INBOX_KEPT)
                settled = today, partnership
        await _pause(stop)


async def _keep_switching(db: Database, shelf: Shelf, stop: asyncio.Event) -> None:
    """Go on with a switch to another model, whenever one is wanted."""
    while not stop.is_set():
        with _patience("switching_waits"):
            while not stop.is_set() and await advance(db, shelf, clock.today()):
                pass
        await _pause(stop)


async def keep_caught_up(db: Database, stop: asyncio.Event) -> None:
    """Let records be found by what they say and share, soon after they are linked."""
    while not stop.is_set():
        with _patience("catching_up_waits"):
            while not stop.is_set() and await catch_up(db):
                pass
        await _pause(stop, _CATCH_UP_AGAIN_SECONDS)


async def _keep_forgetting(log: EventLog, stop: asyncio.Event) -> None:
    """What the stream told names businesses, and the name of one may be a person's."""
    while not stop.is_set():
        with _patience("forgetting_waits"):
            await log.forget(RISK_TOPIC, clock.utc_now() - RISK_KEPT)
        await _pause(stop, _FORGET_AGAIN_SECONDS)


async def _keep_finding(db: Database, detective: Detective, stop: asyncio.Event) -> None:
    """Look for findings everywhere if the rules are new, then wherever the graph has changed, a little at a time."""
    await db.run(lambda session: look_again(session, detective.rules))
    while not stop.is_set():
        with _patience("finding_waits"):
            while not stop.is_set() and await find_due(db, detective, clock.today()):
                pass
        await _pause(stop, _FIND_AGAIN_SECONDS)


@contextmanager
def _patience(waits: str) -> Iterator[None]:
    """What is down for a while is tried again later."""
    try:
        yield
    except Exception as error:
        if not (is_transient(error) or isinstance(error, Unavailable)):
            raise
        telemetry.log(__name__).warning(waits, error=type(error).__name__)


async def _pause(stop: asyncio.Event, seconds: float = _LOOK_AGAIN_SECONDS) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
