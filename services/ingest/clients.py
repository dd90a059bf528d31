"""Fetching a feed's file from the address that it declares: only http and https, only public addresses, no proxy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from shared.contracts.problem import FieldProblem
from shared.runtime.public_only import NameUnknown, NotPublic, PublicOnly
from shared.runtime.trust import authorities

_MARK_CHARACTERS = 100
_REDIRECTS = 5


class PullFailed(Exception):
    """The file could not be fetched; `problem` says why and what to do, for the agency to read."""

    def __init__(self, code: str, remedy: str) -> None:
        super().__init__(code)
        self.problem = FieldProblem(field="pull.url", code=code, remedy=remedy)


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
        transport = (
            httpx.AsyncHTTPTransport(verify=authorities(trust_env=True), retries=1)
            if allow_private
            else PublicOnly(retries=1)
        )
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
    if isinstance(error, NameUnknown):
        return PullFailed("name_unknown", "Check the address: its name cannot be resolved.")
    if isinstance(error, NotPublic):
        return PullFailed("address_not_public", "Give an address on the public internet.")
    if isinstance(error, httpx.TimeoutException):
        return PullFailed("timeout", "Make the address answer faster.")
    if isinstance(error, httpx.UnsupportedProtocol):
        return PullFailed("scheme", "Use an http or https address.")
    return PullFailed("unreachable", "Check the address: it cannot be reached, or the answer broke off.")
