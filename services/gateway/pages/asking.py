"""The services, asked in the name of whoever looks at a page."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from services.gateway.clients import Headers, Upstreams
from services.gateway.domain.routes import service_for
from shared.contracts.problem import PROBLEM_JSON, Problem
from shared.runtime.auth import ACTING_PURPOSE
from shared.runtime.errors import BadGateway, Unavailable
from shared.runtime.telemetry import current_traceparent
from shared.runtime.web import OWNERS_HEADER

Asked = str | int | list[str] | None
"""The value of a parameter; one that says nothing is left out."""
_FAILED = 400


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    media_type: str


class Refused(Exception):
    """A service's refusal, as it gave it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class Moved(Exception):
    """What was asked for is at `where` now, a path of the API."""

    def __init__(self, where: str) -> None:
        super().__init__("moved")
        self.where = where


class Partner:
    """The services as the bearer of `token` may ask them, for `purpose`. All methods raise Refused, Moved,
    Unavailable, TooSlow or BadGateway."""

    def __init__(self, upstreams: Upstreams, token: str, purpose: str) -> None:
        self._upstreams = upstreams
        self._headers = [(b"authorization", f"Bearer {token}".encode()), (ACTING_PURPOSE.encode(), purpose.encode())]
        self.owners: frozenset[str] | None = frozenset()
        """Whose records the answers held; None where a service did not tell."""

    async def get(self, path: str, **query: Asked) -> Any:
        return await self._json("GET", _target(path, query), b"", [])

    async def open(self, path: str, **query: Asked) -> httpx.Response:
        """What may be long: its body is still to be read, and it to be closed."""
        answer = await self._sent("GET", _target(path, query), b"", [])
        if not answer.is_success:
            _raise_for(answer, await _read(answer))
        return answer

    async def fetch(self, path: str) -> "File":
        """What is no JSON."""
        answer, body = await self._ask("GET", path, b"", [])
        return File(body, answer.headers.get("content-type", ""))

    async def send(self, method: str, path: str, body: Any, headers: Headers | None = None) -> Any:
        """`body` as JSON."""
        return await self.send_raw(
            method, path, orjson.dumps(body), [(b"content-type", b"application/json"), *(headers or [])]
        )

    async def send_raw(self, method: str, path: str, content: bytes, headers: Headers) -> Any:
        return await self._json(method, path, content, headers)

    async def _json(self, method: str, target: str, content: bytes, extra: Headers) -> Any:
        _, body = await self._ask(method, target, content, extra)
        return orjson.loads(body) if body else None

    async def _ask(self, method: str, target: str, content: bytes, extra: Headers) -> tuple[httpx.Response, bytes]:
        answer = await self._sent(method, target, content, extra)
        read = await _read(answer)
        _raise_for(answer, read)
        return answer, read

    async def _sent(self, method: str, target: str, content: bytes, extra: Headers) -> httpx.Response:
        service = service_for(target.partition("?")[0])
        if service is None:
            raise ValueError("no service answers there")
        headers = [*self._headers, *extra, *_trace()]
        body = _in_one(content) if content else None
        answer = await self._upstreams[service].send(method, target.encode(), headers, body)
        told = answer.headers.get(OWNERS_HEADER)
        self.owners = None if self.owners is None or told is None else self.owners | set(told.split())
        return answer


def _target(path: str, query: Mapping[str, Asked]) -> str:
    given = {name: value for name, value in query.items() if value not in (None, "", [])}
    return path + (f"?{urlencode(given, doseq=True)}" if given else "")


async def _read(answer: httpx.Response) -> bytes:
    try:
        return await answer.aread()
    except httpx.TransportError as error:
        raise Unavailable("A service stopped answering.") from error
    finally:
        await answer.aclose()


def _raise_for(answer: httpx.Response, body: bytes) -> None:
    if answer.status_code >= _FAILED and answer.headers.get("content-type", "").startswith(PROBLEM_JSON):
        raise Refused(Problem.model_validate_json(body))
    if answer.status_code == httpx.codes.PERMANENT_REDIRECT:
        raise Moved(answer.headers["location"])
    if not answer.is_success:
        raise BadGateway


def _trace() -> Headers:
    traceparent = current_traceparent()
    return [(b"traceparent", traceparent.encode())] if traceparent else []


async def _in_one(content: bytes) -> AsyncIterator[bytes]:
    yield content
