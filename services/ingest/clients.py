"""Fetching a feed's file from the address that it declares.

An address is the agency's word, and this process stands inside the partnership's network: only http and https, only
public addresses (each name is resolved here and that very address is dialled, at every redirect), no proxy.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from shared.contracts.problem import FieldProblem

_MARK_CHARACTERS = 100
_REDIRECTS = 5
_ENDS_IN_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class PullFailed(Exception):
    """The file could not be fetched; `problem` says why and what to do, for the agency to read."""

    def __init__(self, code: str, remedy: str) -> None:
        super().__init__(code)
        self.problem = FieldProblem(field="pull.url", code=code, remedy=remedy)


class PublicOnly(httpx.AsyncBaseTransport):
    """Dials only addresses of the public internet."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(retries=1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = await _public_address(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _public_address(host: str, port: int) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter of a name with a part that is empty or too long
        raise PullFailed("name_unknown", "Check the address: its name cannot be resolved.") from None
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise PullFailed("address_not_public", "Give an address on the public internet.")
    return addresses[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.is_site_local:
            return False
        parsed = _carried(parsed) or parsed
    return parsed.is_global and not parsed.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that it leads to: mapped, compatible, 6to4 or through NAT64 (RFC 4291, 3056, 6052)."""
    if any(address in network for network in _ENDS_IN_IPV4):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


class Fetched:
    """An answer whose body is still to be read."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.not_modified = response.status_code == httpx.codes.NOT_MODIFIED
        self.etag = _mark(response, "etag")
        self.modified = _mark(response, "last-modified")

    async def chunks(self, size: int, limit: int) -> AsyncIterator[bytes]:
        """The body in pieces of `size` bytes; raises PullFailed past `limit` bytes or if it breaks off."""
        total = 0
        try:
            async for piece in self._response.aiter_bytes(size):
                total += len(piece)
                if total > limit:
                    raise PullFailed("too_large", f"Offer a file of at most {limit} bytes.")
                yield piece
        except httpx.HTTPError as error:
            raise _failure(error) from None


class Fetcher:
    """Fetches over http(s). `allow_private` also dials addresses that are not public."""

    def __init__(self, *, allow_private: bool, timeout: float) -> None:
        transport = httpx.AsyncHTTPTransport(retries=1) if allow_private else PublicOnly()
        self._client = httpx.AsyncClient(
            transport=transport, timeout=timeout, follow_redirects=True, max_redirects=_REDIRECTS, trust_env=False
        )

    @asynccontextmanager
    async def get(self, url: str, etag: str | None, modified: str | None) -> AsyncIterator[Fetched]:
        """Ask for the file unless it is still the one with these marks. Raises PullFailed."""
        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in marks.items() if value}
        try:
            async with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code not in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
                    status = response.status_code
                    raise PullFailed("bad_answer", f"Make the address answer 200; it answered {status}.")
                yield Fetched(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _failure(error) from None

    async def close(self) -> None:
        await self._client.aclose()


def _mark(response: httpx.Response, name: str) -> str | None:
    """The header, unless it is longer than the store takes: then the file is fetched whole next time."""
    mark = response.headers.get(name)
    return mark if mark and len(mark) <= _MARK_CHARACTERS else None


def _failure(error: Exception) -> PullFailed:
    if isinstance(error, httpx.TimeoutException):
        return PullFailed("timeout", "Make the address answer faster.")
    if isinstance(error, httpx.UnsupportedProtocol):
        return PullFailed("scheme", "Use an http or https address.")
    return PullFailed("unreachable", "Check the address: it cannot be reached, or the answer broke off.")
