"""What holds for every answer of the public address, and what is answered inside only."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.domain.loopback import is_passed_on
from shared.runtime.errors import NotFound
from shared.runtime.web import problem_response

_INSIDE_ONLY = ("/metrics", "/oauth/revocations")

Networks = Sequence[IPv4Network | IPv6Network]

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_SAID = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}


class Hardened:
    """Security headers on every answer; metrics and revocations for the networks `inside` only, since they betray what
    others do."""

    def __init__(self, app: ASGIApp, inside: Networks) -> None:
        self._app = app
        self._inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                _harden(MutableHeaders(scope=message), over_tls=scope["scheme"] == "https")
            await send(message)

        hidden = scope["path"].rstrip("/") in _INSIDE_ONLY and not self._is_inside(scope)
        await (problem_response(NotFound()) if hidden else self._app)(scope, receive, send_hardened)

    def _is_inside(self, scope: Scope) -> bool:
        client = scope.get("client")
        if client is None or is_passed_on(Headers(scope=scope)):
            return False
        try:
            return any(ip_address(client[0]) in network for network in self._inside)
        except ValueError:
            return False


def _harden(headers: MutableHeaders, *, over_tls: bool) -> None:
    headers.update(_ALWAYS | (_OVER_TLS if over_tls else {}))
    for name, value in _UNLESS_SAID.items():
        headers.setdefault(name, value)
