"""The only place of the gateway that builds things."""

import os

from fastapi import FastAPI

from services.gateway.api import development, events, root, sharing
from services.gateway.api.body_limit import BodyLimit
from services.gateway.api.events import Streams
from services.gateway.api.hardening import Hardened
from services.gateway.api.proxy import Proxy
from services.gateway.clients import Upstream
from services.gateway.domain.cursor import KEY_BYTES, Cursors
from services.gateway.handlers.description import Description
from services.gateway.handlers.issuer import DevelopmentIssuer
from services.gateway.handlers.keys import read_or_make
from services.gateway.handlers.rules import Rules
from services.gateway.handlers.streams import RiskStream
from services.gateway.settings import GatewaySettings, Profile
from shared.runtime.auth import Keys, TokenVerifier
from shared.runtime.web import create_app


def api(settings: GatewaySettings) -> FastAPI:
    rules = Rules(settings.partnership_file)
    stream = RiskStream(settings.log_url, settings.ring_events, settings.streams_per_agency)
    upstreams = {
        service: Upstream(service, url, settings.upstream_timeout_seconds)
        for service, url in settings.upstreams.items()
    }
    issuer = _issuer(settings) if settings.profile is Profile.demo else None
    jwks = str(issuer.jwks_file) if issuer else settings.auth_jwks
    app = create_app(
        "gateway",
        "The public address: who may come in, where requests go, and the streams that go out.",
        verifier=TokenVerifier(settings.auth_issuer, settings.auth_audience, Keys(jwks)),
        routers=(root.router, events.router, sharing.router, *([development.router] if issuer else [])),
        ready={"stream": stream.is_ready, "sharing rules": rules.are_readable},
        background=(stream.run,),
        close=(stream.close, *(upstream.close for upstream in upstreams.values())),
        openapi_url=None,
    )
    app.state.rules = rules
    app.state.issuer = issuer
    app.state.streams = Streams(stream, _cursors(settings))
    app.state.description = Description(upstreams)
    app.router.redirect_slashes = False
    app.router.default = Proxy(upstreams)
    app.add_middleware(BodyLimit, body_limit=settings.body_limit_bytes, upload_limit=settings.upload_limit_bytes)
    app.add_middleware(Hardened, metrics_from=settings.metrics_from)
    return app


def _issuer(settings: GatewaySettings) -> DevelopmentIssuer:
    return DevelopmentIssuer(
        settings.data_dir, settings.auth_issuer, settings.auth_audience, settings.dev_token_seconds
    )


def _cursors(settings: GatewaySettings) -> Cursors:
    key = read_or_make(settings.data_dir / "gateway-cursor.key", lambda: os.urandom(KEY_BYTES))
    return Cursors(key, "risk-changes")
