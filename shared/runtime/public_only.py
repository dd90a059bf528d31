"""Dialling addresses that an agency names, from a process that stands inside the partnership's network.

Only addresses of the public internet, and none of this machine's: each name is resolved here and that very address is
dialled, at every request and every redirect. Certificates are checked against the name, as ever.
"""

import asyncio
import ipaddress
import socket

import httpx

from shared.runtime.trust import authorities

_ENDS_IN_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class NameUnknown(httpx.TransportError):
    """The name cannot be resolved."""


class NotPublic(httpx.TransportError):
    """The name leads to an address that is not of the public internet, or is this machine's own."""


class PublicOnly(httpx.AsyncBaseTransport):
    """`retries` are of the connection. With `allow_loopback`, addresses of this machine that nobody else reaches will
    do too."""

    def __init__(self, *, retries: int = 0, allow_loopback: bool = False, limits: httpx.Limits | None = None) -> None:
        self._inner = httpx.AsyncHTTPTransport(
            verify=authorities(trust_env=True), retries=retries, limits=limits or httpx.Limits()
        )
        self._allow_loopback = allow_loopback

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises NameUnknown, NotPublic, and what the inner transport raises."""
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=await self._address(host, port)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _address(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # the latter of a name with a part that is empty or too long
            raise NameUnknown("The name cannot be resolved.") from None
        addresses = [str(sockaddr[0]) for *_, sockaddr in found]
        if not addresses or not all(map(self._will_do, addresses)):
            raise NotPublic("The address is not on the public internet.")
        return addresses[0]

    def _will_do(self, address: str) -> bool:
        if self._allow_loopback and ipaddress.ip_address(address.partition("%")[0]).is_loopback:
            return True
        return is_public(address) and not is_own(address)


def is_public(address: str) -> bool:
    """Whether `address`, an IP address, is one of the public internet."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.is_site_local:
            return False
        parsed = _carried(parsed) or parsed
    return parsed.is_global and not parsed.is_multicast


def is_own(address: str) -> bool:
    """Whether this machine has the address: then it can be bound to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that it leads to: mapped, compatible, 6to4 or through NAT64 (RFC 4291, 3056, 6052)."""
    if any(address in network for network in _ENDS_IN_IPV4):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
