"""What holds for every answer of the public address, and who may read its metrics."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.errors import NotFound
from shared.runtime.web import problem_response

Networks = Sequence[IPv4Network | IPv6Network]

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_SAID = {"Cache-Control": "no-store"}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}


class Hardened:
    """Security headers on every answer; /metrics for `metrics_from` only, since counts betray what others do."""

    def __init__(self, app: ASGIApp, metrics_from: Networks) -> None:
        self._app = app
        self._metrics_from = metrics_from

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                _harden(MutableHeaders(scope=message), over_tls=scope["scheme"] == "https")
            await send(message)

        hidden = scope["path"].rstrip("/") == "/metrics" and not self._may_measure(scope)
        await (problem_response(NotFound()) if hidden else self._app)(scope, receive, send_hardened)

    def _may_measure(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            return client is not None and any(ip_address(client[0]) in network for network in self._metrics_from)
        except ValueError:
            return False


def _harden(headers: MutableHeaders, *, over_tls: bool) -> None:
    headers.update(_ALWAYS | (_OVER_TLS if over_tls else {}))
    for name, value in _UNLESS_SAID.items():
        headers.setdefault(name, value)
