"""The only place of the gateway that builds things."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta

from cryptography.fernet import Fernet
from fastapi import APIRouter, FastAPI

from services.gateway.api import audit, collection, development, duties, events, oauth, root, sharing, webhooks
from services.gateway.api.audit import AuditDesk
from services.gateway.api.audited import Audited
from services.gateway.api.body_limit import BodyLimit
from services.gateway.api.events import Streams
from services.gateway.api.hardening import Hardened
from services.gateway.api.proxy import Proxy
from services.gateway.clients import Feeds, Receivers, Upstream
from services.gateway.domain.allowance import Limit
from services.gateway.domain.cursor import KEY_BYTES, Cursors
from services.gateway.domain.notices import TOPICS
from services.gateway.domain.register import Register, load_register
from services.gateway.domain.routes import Service
from services.gateway.domain.sealing import KEY_BYTES as SEAL_BYTES
from services.gateway.domain.sealing import Seal
from services.gateway.handlers import refusals
from services.gateway.handlers.anchoring import Anchoring, signing_key
from services.gateway.handlers.collection import Collections
from services.gateway.handlers.description import Description
from services.gateway.handlers.duties import Duties
from services.gateway.handlers.issuer import DEVELOPMENT, OWN, Issuer, OwnKeys
from services.gateway.handlers.judge import Judge
from services.gateway.handlers.keys import read_or_make
from services.gateway.handlers.leaving import Leaving
from services.gateway.handlers.meter import GUESS, Meter, Metered
from services.gateway.handlers.powers import Powers
from services.gateway.handlers.recorder import Recorder
from services.gateway.handlers.refusals import Refusals
from services.gateway.handlers.rules import Rules
from services.gateway.handlers.sending import Sending
from services.gateway.handlers.sessions import Sessions
from services.gateway.handlers.sign_in import SignIn
from services.gateway.handlers.streams import RiskStream
from services.gateway.handlers.taking import Taking
from services.gateway.handlers.tokens import Tokens, revoked
from services.gateway.handlers.upkeep import Upkeep
from services.gateway.handlers.webhooks import Webhooks
from services.gateway.pages import PAGES, sign_in
from services.gateway.pages.showing import Assets
from services.gateway.settings import GatewaySettings, Profile
from services.gateway.store.tables import metadata
from shared.runtime.auth import Keys, TokenVerifier, verifier_for
from shared.runtime.consume import consume
from shared.runtime.db import Database
from shared.runtime.eventlog import open_log
from shared.runtime.migrate import is_current
from shared.runtime.reread import Reread
from shared.runtime.revocations import Revocations
from shared.runtime.web import create_app

_GROUP = "gateway"


def database(settings: GatewaySettings) -> Database:
    return Database(settings.database_url, schema=str(metadata.schema))


def api(settings: GatewaySettings) -> FastAPI:
    db = database(settings)
    rules = Rules(settings.partnership_file)
    stream = RiskStream(settings.log_url, settings.ring_events, settings.streams_per_agency)
    upstreams = {
        service: Upstream(service, url, settings.upstream_timeout_seconds)
        for service, url in settings.upstreams.items()
    }
    meter = _meter(settings, db)
    recorder = Recorder(db)
    anchoring = Anchoring(
        db, recorder, signing_key(settings.data_dir), settings.audit_anchor_entries, settings.audit_anchor_seconds
    )
    issuer = _issuer(settings) if settings.issues_tokens else None
    verifier = _verifier(settings, issuer, db)
    app = create_app(
        "gateway",
        "The public address: who may come in, where requests go, and the streams that go out.",
        verifier=Metered(verifier, meter),
        routers=(
            *(
                root.router,
                events.router,
                sharing.router,
                audit.router,
                duties.router,
                webhooks.router,
                collection.router,
            ),
            *_sign_in(settings),
        ),
        ready={"stream": stream.is_ready, "sharing rules": rules.are_readable, "store": lambda: is_current(db)},
        background=(stream.run, meter.run, anchoring.run),
        close=(stream.close, db.close, *(upstream.close for upstream in upstreams.values())),
        openapi_url=None,
    )
    app.state.rules = rules
    app.state.meter = meter
    app.state.refusals = Refusals(recorder, meter)
    app.state.database = db
    register = Reread(settings.register_file, load_register).current if settings.register_file else Register
    app.state.tokens = tokens = Tokens(db, issuer, verifier, rules, register) if issuer else None
    app.state.leaving = Leaving(db, upstreams[Service.calendar])
    app.state.upstreams = upstreams
    if tokens:
        _add_pages(app, settings, tokens, register)
    cursor_key = read_or_make(settings.data_dir / "gateway-cursor.key", lambda: os.urandom(KEY_BYTES))
    app.state.streams = Streams(stream, Cursors(cursor_key, "risk-changes by view"))
    app.state.audit = AuditDesk(db, cursor_key, Feeds(upstreams[Service.ingest]))
    app.state.duties = Duties(upstreams, db, rules)
    app.webhooks.include_router(webhooks.outgoing)
    app.state.webhooks = Webhooks(db, _seal(settings), allow_loopback=settings.calls_loopback)
    app.state.collections = Collections(db, Judge(rules))
    app.state.description = Description(upstreams)
    app.router.redirect_slashes = False
    app.router.default = Proxy(upstreams)
    app.add_middleware(
        BodyLimit,
        body_limit=settings.body_limit_bytes,
        photo_limit=settings.photo_limit_bytes,
        upload_limit=settings.upload_limit_bytes,
    )
    app.add_middleware(Audited, verifier=verifier, recorder=recorder, powers=Powers(rules))
    app.add_middleware(Hardened, inside=settings.inside)
    return app


def deliver(settings: GatewaySettings) -> Callable[[asyncio.Event], Awaitable[None]]:
    """The role `deliver`: events are taken from the log for agencies' own systems, and brought to those we call."""

    async def task(stop: asyncio.Event) -> None:
        db, rules, log = database(settings), Rules(settings.partnership_file), await open_log(settings.log_url)
        receivers = Receivers(timeout=settings.webhook_timeout_seconds, allow_loopback=settings.calls_loopback)
        taking = Taking(db)
        upkeep = Upkeep(db, rules, timedelta(days=settings.notices_kept_days))
        try:
            await upkeep.look_at_rules()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(upkeep.run(stop))
                tasks.create_task(sending(settings, db, rules, receivers).run(stop, taking.news))
                await consume(log, _GROUP, dict.fromkeys(TOPICS, taking.take), stop=stop)
        finally:
            await receivers.close()
            await log.close()
            await db.close()

    return task


def sending(settings: GatewaySettings, db: Database, rules: Rules, receivers: Receivers) -> Sending:
    lease = timedelta(seconds=2 * settings.webhook_timeout_seconds)  # an attempt, and time to record it
    return Sending(db, Judge(rules), Recorder(db), receivers, _seal(settings), lease)


def _seal(settings: GatewaySettings) -> Seal:
    return Seal(read_or_make(settings.data_dir / "gateway-webhooks.key", lambda: os.urandom(SEAL_BYTES)))


def _add_pages(app: FastAPI, settings: GatewaySettings, tokens: Tokens, register: Callable[[], Register]) -> None:
    seal = Fernet(read_or_make(settings.data_dir / "gateway-session.key", Fernet.generate_key))
    is_demo = settings.profile is Profile.demo
    limits = timedelta(seconds=settings.session_seconds), timedelta(seconds=settings.session_idle_seconds)
    app.state.sign_in = SignIn(tokens, register, settings.issuer_secrets, seal, is_demo=is_demo)
    app.state.sessions = Sessions(app.state.database, app.state.sign_in, seal, limits)
    for router in (*PAGES, *((sign_in.development,) if is_demo else ())):
        app.include_router(router)
    app.mount("/static", Assets())


def _meter(settings: GatewaySettings, db: Database) -> Meter:
    limits = (
        Limit("client", settings.client_requests_per_minute, 60),
        Limit("agency", settings.agency_requests_per_minute, 60),
        Limit("agency", settings.agency_requests_per_day, 24 * 3600),
        Limit(GUESS, settings.guesses_per_day, 24 * 3600),
        Limit("address", settings.sign_ins_per_minute, 60),
        refusals.LIMIT,
        webhooks.TRIALS,
    )
    return Meter(db, limits)


def _issuer(settings: GatewaySettings) -> Issuer:
    is_demo = settings.profile is Profile.demo
    file, seconds = (DEVELOPMENT, settings.dev_token_seconds) if is_demo else (OWN, settings.token_seconds)
    return Issuer(settings.data_dir / file, settings.auth_issuer, settings.auth_audience, seconds)


def _verifier(settings: GatewaySettings, issuer: Issuer | None, db: Database) -> TokenVerifier:
    if issuer is None:
        return verifier_for(settings)
    keys = Keys(settings.auth_jwks) if settings.auth_jwks else OwnKeys(issuer)
    return TokenVerifier(settings.auth_issuer, settings.auth_audience, keys, Revocations(lambda: revoked(db)))


def _sign_in(settings: GatewaySettings) -> list[APIRouter]:
    demo = [development.router] if settings.profile is Profile.demo else []
    return [oauth.router, *demo] if settings.issues_tokens else []
