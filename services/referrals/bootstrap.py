"""The only place of referrals that builds things."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.referrals import consumer
from services.referrals.api import ROUTERS, duties
from services.referrals.api.dependencies import Referrals
from services.referrals.clients.linker import Linker
from services.referrals.clients.mail import Mail, Server
from services.referrals.clients.scanner import Scanner
from services.referrals.handlers import follow, letters
from services.referrals.handlers.chasing import chase, forget
from services.referrals.handlers.clock import ring_due
from services.referrals.handlers.duties import KEEPER
from services.referrals.handlers.outcomes import visited
from services.referrals.handlers.ruling import Ruling
from services.referrals.settings import ReferralsSettings, Tls
from services.referrals.store.tables import inbox, metadata
from shared.contracts.events.referrals import CARD_RECORDS_TOPIC
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
_PRUNE_AGAIN_SECONDS = 3600.0


def database(settings: ReferralsSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


async def log(settings: ReferralsSettings) -> SealedLog:
    """The event log for the relay, with what becomes of cards in the graph sealed."""
    return await open_sealed_log(settings.log_url, settings.keys_url, [CARD_RECORDS_TOPIC])


def rules(settings: ReferralsSettings) -> Reread[Partnership]:
    return Reread(settings.partnership_file, load_partnership)


def consume(settings: ReferralsSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """The role `consume`: cards follow their businesses, and the clocks of referrals ring."""

    async def task(stop: asyncio.Event) -> None:
        db, log = database(settings), await open_log(settings.log_url)
        current = rules(settings)
        handlers = consumer.Handlers(follow.changed, follow.ended, visited(current))
        handler = once_awaited(db, consumer.GROUP, consumer.subscriptions(handlers))
        ruling, clock, every = Ruling(db, current), settings.clock_seconds, timedelta(minutes=settings.digest_minutes)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(again(lambda: _ring(db, ruling), clock, stop, "clocks_wait"))
                tasks.create_task(again(lambda: _prune(db), _PRUNE_AGAIN_SECONDS, stop, "pruning_waits"))
                if mail := _mail(settings):
                    post = partial(_write, db, mail=mail, every=every)
                    tasks.create_task(again(lambda: post(current.current()), clock, stop, "letters_wait"))
                tasks.create_task(keep_ending(db, KEEPER, current, stop))
                await consume_log(log, consumer.GROUP, dict.fromkeys(consumer.TOPICS, handler), stop=stop)
        finally:
            await log.close()
            await db.close()

    return task


async def _ring(db: Database, ruling: Ruling) -> bool:
    """Whether any clock rang: others may be due by then."""
    await ruling.look()
    return bool(await ring_due(db) + await chase(db))


def _mail(settings: ReferralsSettings) -> Mail | None:
    """None unless there is a server to send with."""
    if settings.smtp_host is None or settings.smtp_sender is None:
        return None
    tls, starttls = settings.smtp_tls is Tls.implicit, settings.smtp_tls is Tls.starttls
    secret = (settings.smtp_user, settings.smtp_password_file)
    return Mail(Server(settings.smtp_host, settings.smtp_port, settings.smtp_sender, tls, starttls, *secret))


async def _write(db: Database, partnership: Partnership, mail: Mail, every: timedelta) -> bool:
    """Whether any letter was sent: others may be waiting."""
    await letters.write(db, partnership, every)
    return bool(await letters.send(db, mail))


async def _prune(db: Database) -> bool:
    async with db.transaction() as tx:
        await prune(tx.connection, inbox, _INBOX_KEPT)
    await forget(db)
    return False


def api(settings: ReferralsSettings) -> FastAPI:
    db, linker = database(settings), Linker(settings.linker_url)
    app = create_app(
        "referrals",
        "Concern cards, referrals, feedback and requests for information.",
        verifier=verifier_for(settings),
        routers=ROUTERS,
        ready={"store": lambda: is_current(db)},
        close=(linker.close, db.close),
    )
    app.state.duties = duties.desk(db, rules(settings))
    app.state.referrals = Referrals(db, rules(settings), linker, Scanner(settings.scan_command))
    return app
