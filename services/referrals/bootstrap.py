"""The only place of referrals that builds things."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

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
from shared.duties.destroy import keep_ending
from shared.runtime.auth import verifier_for
from shared.runtime.consume import consume as consume_log
from shared.runtime.db import Database
from shared.runtime.errors import Unavailable
from shared.runtime.eventlog import open_log
from shared.runtime.inbox import once_awaited, prune
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.telemetry import log as log_of
from shared.runtime.transient import is_transient
from shared.runtime.web import create_app
from shared.sharing import Partnership, load_partnership

_INBOX_KEPT = timedelta(days=30)
_PRUNE_AGAIN_SECONDS = 3600.0


def database(settings: ReferralsSettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def rules(settings: ReferralsSettings) -> Reread[Partnership]:
    return Reread(settings.partnership_file, load_partnership)


def consume(settings: ReferralsSettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """The role `consume`: cards follow their businesses, and the clocks of referrals ring."""

    async def task(stop: asyncio.Event) -> None:
        db, log = database(settings), await open_log(settings.log_url)
        current = rules(settings)
        handlers = consumer.Handlers(follow.changed, follow.ended, visited(current))
        handler = once_awaited(db, consumer.GROUP, consumer.subscriptions(handlers))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_keep_ringing(db, Ruling(db, current), settings.clock_seconds, stop))
                tasks.create_task(_keep_pruning(db, stop))
                if mail := _mail(settings):
                    tasks.create_task(_keep_writing(db, current, mail, settings, stop))
                tasks.create_task(keep_ending(db, KEEPER, rules(settings), stop))
                await consume_log(log, consumer.GROUP, dict.fromkeys(consumer.TOPICS, handler), stop=stop)
        finally:
            await log.close()
            await db.close()

    return task


async def _keep_ringing(db: Database, ruling: Ruling, seconds: float, stop: asyncio.Event) -> None:
    while not await _stops(stop, seconds):
        with _waiting("clocks_wait"):
            await ruling.look()
            while not stop.is_set() and await ring_due(db) + await chase(db):
                pass


def _mail(settings: ReferralsSettings) -> Mail | None:
    """None unless there is a server to send with."""
    if settings.smtp_host is None or settings.smtp_sender is None:
        return None
    tls, starttls = settings.smtp_tls is Tls.implicit, settings.smtp_tls is Tls.starttls
    secret = (settings.smtp_user, settings.smtp_password_file)
    return Mail(Server(settings.smtp_host, settings.smtp_port, settings.smtp_sender, tls, starttls, *secret))


async def _keep_writing(
    db: Database, current: Reread[Partnership], mail: Mail, settings: ReferralsSettings, stop: asyncio.Event
) -> None:
    while not await _stops(stop, settings.clock_seconds):
        with _waiting("letters_wait"):
            await letters.write(db, current.current(), timedelta(minutes=settings.digest_minutes))
            while not stop.is_set() and await letters.send(db, mail):
                pass


@contextmanager
def _waiting(event: str) -> Iterator[None]:
    """What passes by itself is waited for until the next time."""
    try:
        yield
    except Exception as error:
        if not (is_transient(error) or isinstance(error, Unavailable)):
            raise
        log_of(__name__).warning(event, error=type(error).__name__)


async def _keep_pruning(db: Database, stop: asyncio.Event) -> None:
    while not await _stops(stop, _PRUNE_AGAIN_SECONDS):
        async with db.transaction() as tx:
            await prune(tx.connection, inbox, _INBOX_KEPT)
        await forget(db)


async def _stops(stop: asyncio.Event, seconds: float) -> bool:
    """Whether it is to stop, at once or within so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
    return stop.is_set()


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
