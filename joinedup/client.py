"""A client of the public API, as an agency's own system would be one: declares feeds, sends files, follows streams."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import httpx
import orjson
from httpx import codes

from shared.contracts.api.gateway import RISK_CHANGED

_RENEW_BEFORE = 60.0
_CHUNK = 256 * 1024
_POLL = 0.1
_PATIENCE = 20.0
_RECONNECT = 0.2
_SILENCE = 60.0  # the stream sends a heartbeat every 15 s
_UNDER_WAY = frozenset({"receiving", "queued", "working"})
_CONTENT_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/csv",
    ".txt": "text/csv",
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".xml": "application/xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Refusal(Exception):
    """The API said no: its problem, in words."""

    def __init__(self, response: httpx.Response) -> None:
        self.problem = _problem(response)
        faults = "".join(f"\n  {fault['field']}: {fault['remedy']}" for fault in self.problem.get("errors", ()))
        detail = self.problem.get("detail") or self.problem.get("title")
        super().__init__(f"{response.status_code} {detail}{faults}")
        self.passing = response.status_code == codes.SERVICE_UNAVAILABLE


class DevToken(httpx.Auth):
    """A token of the gateway's own issuer, which there is only for development on loopback; renewed in time."""

    def __init__(self, url: str, agency: str, roles: tuple[str, ...], purpose: str | None = None) -> None:
        self._request = {"agency": agency, "roles": list(roles)} | ({"purpose": purpose} if purpose else {})
        self._url = f"{url}/dev/token"
        self._token = ""
        self._renew_at = 0.0

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if monotonic() > self._renew_at:
            response = yield httpx.Request("POST", self._url, json=self._request)
            await response.aread()
            raise_problem(response)
            answer = response.json()
            self._token = answer["access_token"]
            self._renew_at = monotonic() + answer["expires_in"] - _RENEW_BEFORE
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Bearer(httpx.Auth):
    """A token that was given."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Api:
    """One agency's connection to the public address. Raises Refusal for an answer of 400 or more."""

    def __init__(self, url: str, auth: httpx.Auth) -> None:
        waits = httpx.Timeout(30, read=120)
        self._http = httpx.AsyncClient(base_url=url, auth=auth, timeout=waits, follow_redirects=True)

    async def __aenter__(self) -> "Api":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        """The answer, once what is behind the address is up: 503 means "shortly"."""
        deadline = monotonic() + _PATIENCE
        while True:
            try:
                return (await self._call("GET", path, params=query)).json()
            except Refusal as refusal:
                if not refusal.passing or monotonic() > deadline:
                    raise
            await asyncio.sleep(_RECONNECT)

    async def post(self, path: str, body: Any) -> Any:
        return (await self._call("POST", path, json=body)).json()

    async def delete(self, path: str) -> None:
        await self._call("DELETE", path)

    async def declare(self, feed: str, spec: dict[str, Any]) -> None:
        """Declare the feed, or bring it to this specification."""
        await self._call("PUT", f"/v1/feeds/{feed}", json=spec)

    async def upload(self, feed: str, path: Path, idempotency_key: str | None = None) -> dict[str, Any]:
        """Send the file; the receipt as it stands once the file has been received. The same key has one effect."""
        headers = {"Content-Type": _CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        response = await self._call("POST", f"/v1/feeds/{feed}/files", content=_chunks(path), headers=headers)
        receipt: dict[str, Any] = response.json()
        return receipt

    async def receipts(self, submission: str) -> AsyncIterator[dict[str, Any]]:
        """The receipt again and again until the submission is no longer under way."""
        while True:
            receipt = await self.get(f"/v1/submissions/{submission}")
            yield receipt
            if receipt["status"] not in _UNDER_WAY:
                return
            await asyncio.sleep(_POLL)

    async def risk_changes(self, since: Literal["start", "now"] = "start") -> AsyncGenerator[dict[str, Any]]:
        """Every risk change from the first, or from now on, each once; a connection that breaks is resumed there."""
        cursor: str | None = None
        while True:
            try:
                async with aclosing(self._events(cursor, since)) as events:
                    async for arrived_at, change in events:
                        cursor = arrived_at
                        yield change
            except httpx.TransportError:
                pass
            except Refusal as refusal:
                if not refusal.passing:
                    raise
            await asyncio.sleep(_RECONNECT)

    async def _events(self, cursor: str | None, since: str) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
        """(id to resume from, risk change) until the gateway closes the stream."""
        where = {"Last-Event-ID": cursor} if cursor else {}
        query = {} if cursor else {"from": since}
        timeout = httpx.Timeout(30, read=_SILENCE)
        path = "/v1/events/risk-changes"
        async with self._http.stream("GET", path, params=query, headers=where, timeout=timeout) as response:
            if response.is_error:
                await response.aread()
            raise_problem(response)
            async for id_, kind, data in _server_sent(response):
                if kind == RISK_CHANGED:
                    yield id_, orjson.loads(data)

    async def graph(self) -> AsyncIterator[dict[str, Any]]:
        """Every visible record with the business it belongs to."""
        async with self._http.stream("GET", "/v1/graph") as response:
            if response.is_error:
                await response.aread()
            raise_problem(response)
            async for line in response.aiter_lines():
                yield orjson.loads(line)

    async def _call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        response = await self._http.request(method, path, **arguments)
        raise_problem(response)
        return response


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


async def _server_sent(response: httpx.Response) -> AsyncIterator[tuple[str, str, str]]:
    """(id, event, data) of each; comments are heartbeats. Source: HTML Living Standard, "Server-sent events"."""
    id_, kind, data = "", "", ""
    async for line in response.aiter_lines():
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "id":
            id_ = value
        elif field == "event":
            kind = value
        elif field == "data":
            data = f"{data}\n{value}" if data else value
        elif not line and data:
            yield id_, kind, data
            kind, data = "", ""


def raise_problem(response: httpx.Response) -> None:
    if response.is_error:
        raise Refusal(response)


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        problem: dict[str, Any] = response.json()
    except ValueError:
        problem = {"title": response.reason_phrase}
    return problem
