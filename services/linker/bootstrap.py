"""The only place of the linker that builds things."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta

from fastapi import FastAPI

from services.linker import api as routes
from services.linker import consumer
from services.linker.api import duties
from services.linker.domain.assess import default_policies
from services.linker.domain.relate.rules import default_rules
from services.linker.handlers.audiences import settle
from services.linker.handlers.catching_up import catch_up
from services.linker.handlers.duties import KEEPER
from services.linker.handlers.findings import Detective, find_due, look_again
from services.linker.handlers.models import advance
from services.linker.handlers.rebuilding import finish_rebuild
from services.linker.handlers.rebuilding import rebuild as rebuild_graph
from services.linker.handlers.resolve import Resolver
from services.linker.handlers.shelf import Shelf
from services.linker.settings import LinkerSettings
from services.linker.store.tables import metadata
from shared.contracts.events.linker import RISK_TOPIC
from shared.duties.destroy import keep_ending
from shared.runtime import clock
from shared.runtime.again import again
from shared.runtime.auth import verifier_for
from shared.runtime.consume import consume as consume_log
from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog
from shared.runtime.eventlog.sealed import open_sealed_log
from shared.runtime.inbox import repeatable
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.web import create_app
from shared.sharing import Partnership, load_partnership

_LOOK_AGAIN_SECONDS = 5.0
_FIND_AGAIN_SECONDS = 0.5
_CATCH_UP_AGAIN_SECONDS = 0.5
_CATCH_UP_PATIENCE_SECONDS = 0.5
_FORGET_AGAIN_SECONDS = 3600.0
RISK_KEPT = timedelta(days=7)


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
    app.state.duties = duties.desk(db, rules(settings))
    app.state.desk = routes.Desk(db, rules(settings), Shelf(default_policies()))
    return app


def consume(settings: LinkerSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """Finishes a rebuild that was cut short, brings audiences up to date, then follows the log."""

    async def task(stop: asyncio.Event) -> None:
        async with _opened(settings) as (db, log):
            graph = resolver()
            await finish_rebuild(db, log, graph, clock.today())
            detective = Detective(graph.shelf, default_rules())
            file = rules(settings)
            settler = _Settler(db, file, detective)
            await settler.settle()
            handler = repeatable(db, consumer.subscriptions(graph))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(again(settler.settle, _LOOK_AGAIN_SECONDS, stop, "settling_waits"))
                tasks.create_task(_keep_switching(db, graph.shelf, stop))
                tasks.create_task(keep_caught_up(db, stop))
                tasks.create_task(again(lambda: _forget(log), _FORGET_AGAIN_SECONDS, stop, "forgetting_waits"))
                tasks.create_task(_keep_finding(db, detective, stop))
                tasks.create_task(keep_ending(db, KEEPER, file, stop))
                await consume_log(log, consumer.GROUP, {consumer.TOPIC: handler}, stop=stop)

    return task


async def rebuild(settings: LinkerSettings) -> None:
    """The graph from the log once more; only differences are published."""
    async with _opened(settings) as (db, log):
        await rebuild_graph(db, log, resolver(), clock.today())


@asynccontextmanager
async def _opened(settings: LinkerSettings) -> AsyncIterator[tuple[Database, EventLog]]:
    db, log = database(settings), await open_sealed_log(settings.log_url, settings.keys_url, [consumer.TOPIC])
    try:
        yield db, log
    finally:
        await log.close()
        await db.close()


class _Settler:
    """Settles again on each new day, and whenever the sharing rules change."""

    def __init__(self, db: Database, file: Reread[Partnership], detective: Detective) -> None:
        self._db = db
        self._file = file
        self._detective = detective
        self._settled: tuple[date, Partnership] | None = None

    async def settle(self) -> bool:
        today, partnership = clock.today(), self._file.current()
        if (today, partnership) != self._settled and await settle(self._db, partnership, self._detective, today):
            self._settled = today, partnership
        return False


async def _keep_switching(db: Database, shelf: Shelf, stop: asyncio.Event) -> None:
    """Go on with a switch to another model, whenever one is wanted."""
    await again(lambda: advance(db, shelf, clock.today()), _LOOK_AGAIN_SECONDS, stop, "switching_waits")


async def keep_caught_up(db: Database, stop: asyncio.Event) -> None:
    """Let records be found by what they say and share, soon after they are linked: once no more come, or while they do
    for many at a time, so that few of them find it in their way."""

    async def all_that_is_behind() -> bool:
        await db.lull.wait(_CATCH_UP_PATIENCE_SECONDS)
        while await catch_up(db) and not stop.is_set():
            pass
        return False

    await again(all_that_is_behind, _CATCH_UP_AGAIN_SECONDS, stop, "catching_up_waits")


async def _forget(log: EventLog) -> bool:
    """What the stream told is of use for days, not for ever: whoever was away for longer reads the list."""
    await log.forget(RISK_TOPIC, clock.utc_now() - RISK_KEPT)
    return False


async def _keep_finding(db: Database, detective: Detective, stop: asyncio.Event) -> None:
    """Look for findings everywhere if the rules are new, then wherever the graph has changed, a little at a time."""
    await db.run(lambda session: look_again(session, detective.rules))
    await again(lambda: find_due(db, detective, clock.today()), _FIND_AGAIN_SECONDS, stop, "finding_waits")
