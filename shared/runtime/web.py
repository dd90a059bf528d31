"""What every service's web application has: problem+json for every error, health, readiness, metrics, traces.

No error repeats what the caller sent: FastAPI's own 422 echoes the input, which here is personal data.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.trace import Span
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.problem import PROBLEM_JSON, Problem
from shared.runtime.auth import Verifier
from shared.runtime.errors import PROBLEM_TYPE_BASE, AppError, Invalid, Malformed, Unavailable
from shared.runtime.no_nul import NoNul
from shared.runtime.remedies import field_problem
from shared.runtime.telemetry import current_trace_id, log, where
from shared.runtime.transient import is_transient

ReadyCheck = Callable[[], Awaitable[bool]]
Closer = Callable[[], Awaitable[None]]
Background = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

ROUTE_HEADER = "joinedup-route"
"""Tells the gateway which route answered, as its template; the gateway tells nobody."""
OWNERS_HEADER = "joinedup-owners"
"""Tells the gateway whose records an answer holds, as agencies' ids; the gateway tells nobody."""
GRANTED_HEADER = "joinedup-granted"
"""Tells the gateway under which legal gateways a single disclosure was made, and which conditions were stated to be
met; the gateway tells nobody."""
READER_HEADER = "joinedup-reader"
"""Tells the gateway who reads, agency and person (percent-encoded), where the address was the secret."""
INSIDE_HEADERS = (ROUTE_HEADER, OWNERS_HEADER, GRANTED_HEADER, READER_HEADER)
_UNTRACED = "healthz,readyz,metrics,v1/events,v1/calendar/ics"  # the last holds a secret in its path


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documented error answers for a route or an application."""
    media = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "Problem (RFC 9457)", "content": media} for status in statuses}


EVERYWHERE = problems(400, 401, 403, 422, 429, 503)


def create_app(
    service: str,
    description: str,
    *,
    verifier: Verifier,
    routers: Sequence[APIRouter],
    ready: Mapping[str, ReadyCheck],
    background: Sequence[Background] = (),
    close: Sequence[Closer] = (),
    openapi_url: str | None = "/v1/openapi.json",
) -> FastAPI:
    """The application of `service`. `ready` names what must answer before traffic is sent here; `background` tasks run
    while it does, are told to stop as soon as the process is (so that they can end open streams), and have ended when
    `close` is called."""
    app = FastAPI(
        title=f"Joined Up {service}",
        description=description,
        version="1",
        openapi_url=openapi_url,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(background, close),
        responses=EVERYWHERE,
        separate_input_output_schemas=False,
    )
    app.state.verifier = verifier
    for router in routers:
        app.include_router(router)
    app.include_router(_health(ready))
    _answer_errors_as_problems(app)
    app.add_middleware(NoNul, answer=problem_response)
    app.add_middleware(_Unexpected)
    app.add_middleware(_NamesRoute)
    _document_problem(app)
    FastAPIInstrumentor.instrument_app(
        app, excluded_urls=_UNTRACED, exclude_spans=["send", "receive"], server_request_hook=_forget_query
    )
    return app


def _forget_query(span: Span, scope: dict[str, Any]) -> None:
    """The instrumentation writes the whole URL into the span, and people are searched for in queries."""
    if span.is_recording():
        span.set_attribute("http.url", str(scope["path"]))


def _lifespan(background: Sequence[Background], close: Sequence[Closer]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.stop = stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for task in background:
                tasks.create_task(task(stop))
            yield
            stop.set()
        for closer in close:
            await closer()

    return lifespan


def _health(ready: Mapping[str, ReadyCheck]) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Is the process alive?")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Can it do its work?")
    async def readyz() -> dict[str, str]:
        states = {name: await _passes(check) for name, check in ready.items()}
        if not all(states.values()):
            waiting = ", ".join(sorted(name for name, passed in states.items() if not passed))
            raise Unavailable(f"Waiting for: {waiting}.")
        return {"status": "ready"}

    @router.get("/metrics", summary="Prometheus metrics", response_class=Response, include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _passes(check: ReadyCheck) -> bool:
    try:
        return await check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        log(__name__).warning("not_ready", error=type(error).__name__)
        return False


def problem_response(error: AppError) -> Response:
    body = error.problem(current_trace_id())
    content = body.model_dump_json(exclude_none=True)
    return Response(content, status_code=error.status, media_type=PROBLEM_JSON, headers=error.headers)


def _answer_errors_as_problems(app: FastAPI) -> None:
    @app.exception_handler(AppError)
    async def on_app_error(_request: Request, error: AppError) -> Response:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> Response:
        if any(fault["type"] in ("json_invalid", "body_not_read") for fault in error.errors()):
            return problem_response(Malformed("The body is not valid JSON."))
        return problem_response(Invalid(errors=[field_problem(fault) for fault in error.errors()]))

    @app.exception_handler(HTTPException)
    async def on_http(_request: Request, error: HTTPException) -> Response:
        status = error.status_code
        body = Problem(type=f"{PROBLEM_TYPE_BASE}http-{status}", title=HTTPStatus(status).phrase, status=status)
        content = body.model_dump_json(exclude_none=True)
        return Response(content, status, headers=dict(error.headers or {}), media_type=PROBLEM_JSON)


class _Unexpected:
    """Answers what nobody foresaw with a 500, or a 503 where the store or the log is away.

    Not an exception handler: Starlette would raise the exception on, and the server would log it with its message,
    which may hold what the caller sent. Here the log gets its type and places.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log(__name__).error("unexpected", error=type(error).__name__, where=where(error))
            if started:
                raise ConnectionAbortedError("the answer was cut short") from None
            response = problem_response(Unavailable() if is_transient(error) else AppError())
            await response(scope, receive, send)


class _NamesRoute:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def naming(message: Message) -> None:
            if message["type"] == "http.response.start" and (route := scope.get("route")):
                template = getattr(route, "path_format", route.path)
                message["headers"] = [*message["headers"], (ROUTE_HEADER.encode(), template.encode())]
            await send(message)

        await self._app(scope, receive, naming)


def _document_problem(app: FastAPI) -> None:
    """Put the Problem schema where the documented answers point, and drop FastAPI's own validation error."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {}) | {"Problem": schema}
        return app.openapi_schema or document

    app.openapi = openapi  # type: ignore[method-assign]
