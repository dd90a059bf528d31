"""Passes requests on to the services: whatever is not a route of the gateway's own comes here."""

from collections.abc import AsyncIterator
from urllib.parse import unquote

import httpx
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from services.gateway.api.caller import require_member
from services.gateway.api.headers import answer_headers, request_headers
from services.gateway.api.oauth import not_too_often
from services.gateway.clients import Upstream, Upstreams
from services.gateway.domain.routes import Service, UnsafePath, could_be_a_guess, is_calendar_feed, service_for
from services.gateway.handlers.meter import GUESS, whose
from services.gateway.handlers.tokens import Tokens
from shared.contracts.problem import PROBLEM_JSON
from shared.runtime.errors import BadGateway, Malformed, NotFound
from shared.runtime.web import READER_HEADER

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_SERVER_ERROR = 500


class Proxy:
    """An ASGI application."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        try:
            answer = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return  # there is nobody left to answer
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path: str = request.scope["raw_path"].decode("latin-1")
        upstream = self._upstreams[_service(path)]
        if request.method not in _METHODS:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(_METHODS))})
        by_address = is_calendar_feed(path)
        if by_address:
            not_too_often(request)
        else:
            caller = await require_member(request)
            if could_be_a_guess(path):
                request.app.state.meter.admit({GUESS: whose(caller)})
        body = request.stream() if _has_body(request) else None
        answer = await upstream.send(request.method, _target(request), request_headers(request), body)
        if by_address and not _still_stands(request, answer):
            await answer.aclose()
            raise NotFound
        return await _passed_on(answer, upstream)


def _service(path: str) -> Service:
    try:
        service = service_for(path)
    except UnsafePath as error:
        raise Malformed("The path holds dot segments or characters that are not allowed in a path.") from error
    if service is None:
        raise NotFound
    return service


def _target(request: Request) -> bytes:
    query: bytes = request.scope["query_string"]
    if not query.isascii():
        raise Malformed("The query must be percent-encoded.")
    path: bytes = request.scope["raw_path"]
    return path + b"?" + query if query else path


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _still_stands(request: Request, answer: httpx.Response) -> bool:
    """Whether whoever made the secret address could still sign in. Where others issue the tokens, they alone know."""
    tokens: Tokens | None = request.app.state.tokens
    reader = answer.headers.get(READER_HEADER)
    if tokens is None or reader is None:
        return True
    agency, person = reader.split(" ")
    return tokens.still_stands(agency, unquote(person))


async def _passed_on(answer: httpx.Response, upstream: Upstream) -> Response:
    """The service's answer; an error of it that is not a problem document may hold anything, and is replaced."""
    if answer.status_code >= _SERVER_ERROR and not answer.headers.get("content-type", "").startswith(PROBLEM_JSON):
        await answer.aclose()
        raise BadGateway(f"The service {upstream.service} failed.")
    response = StreamingResponse(_read(answer), status_code=answer.status_code)
    response.raw_headers = answer_headers(answer, upstream.url)
    return response


async def _read(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()
