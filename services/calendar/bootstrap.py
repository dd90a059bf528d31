"""The only place of calendar that builds things."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import FastAPI

from services.calendar import consumer
from services.calendar.api import ROUTERS, Desk, duties
from services.calendar.clients import Linker, Referrals
from services.calendar.domain.policy import shipped
from services.calendar.handlers import following
from services.calendar.handlers.closing import close_past
from services.calendar.handlers.duties import KEEPER
from services.calendar.settings import CalendarSettings
from services.calendar.store.tables import inbox, metadata
from shared.contracts.events.calendar import OUTCOME_RECORDS_TOPIC
from shared.duties.destroy import keep_ending
from shared.runtime.again import again
from shared.runtime.auth import verifier_for
from shared.runtime.consume import consume as consume_log
from shared.runtime.db import Database
from shared.runtime.eventlog import open_log
from shared.runtime.eventlog.sealed import SealedLog, open_sealed_log
from shared.runtime.inbox import once_awaited, prune
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.web import create_app
from shared.sharing import Partnership, load_partnership

_INBOX_KEPT = timedelta(days=30)
_AGAIN_SECONDS = 3600.0


def database(settings: CalendarSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


async def log(settings: CalendarSettings) -> SealedLog:
    """The event log for the relay, with what becomes of outcomes in the graph sealed."""
    return await open_sealed_log(settings.log_url, settings.keys_url, [OUTCOME_RECORDS_TOPIC])


def rules(settings: CalendarSettings) -> Reread[Partnership]:
    return Reread(settings.partnership_file, load_partnership)


def api(settings: CalendarSettings, linker: Linker | None = None, referrals: Referrals | None = None) -> FastAPI:
    """`linker` and `referrals` are those at the addresses that the settings name, unless given."""
    shipped()
    db, graph = database(settings), linker or Linker(settings.linker_url)
    library = referrals or Referrals(settings.referrals_url)
    app = create_app(
        "calendar",
        "Planned visits, deconfliction, joint visits and outcomes.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(graph.close, library.close, db.close),
    )
    app.state.desk = Desk(db, rules(settings), graph, library)
    app.state.duties = duties.desk(db, rules(settings))
    return app


def consume(settings: CalendarSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """The role `consume`: visits and decisions follow their businesses, and what is over is closed."""

    async def task(stop: asyncio.Event) -> None:
        db, log = database(settings), await open_log(settings.log_url)
        handler = once_awaited(db, consumer.GROUP, consumer.subscriptions(following))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(again(lambda: _keep_house(db), _AGAIN_SECONDS, stop, "housekeeping_waits"))
                tasks.create_task(keep_ending(db, KEEPER, rules(settings), stop))
                await consume_log(log, consumer.GROUP, dict.fromkeys(consumer.TOPICS, handler), stop=stop)
        finally:
            await log.close()
            await db.close()

    return task


async def _keep_house(db: Database) -> bool:
    """Whether there is more to close."""
    async with db.transaction() as tx:
        await prune(tx.connection, inbox, _INBOX_KEPT)
    async with db.transaction() as tx:
        return await close_past(tx)
