"""Running a role of a service: an application under uvicorn, or a task, until it is asked to stop."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvicorn
import uvloop
from fastapi import FastAPI
from prometheus_client import start_http_server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.runtime.db import Database
from shared.runtime.eventlog import EventLog
from shared.runtime.relay import relay
from shared.runtime.settings import ProcessSettings

_START_FAILED = 3
_MAX_HEAD_BYTES = 64 * 1024


class Server(uvicorn.Server):
    """Tells the application at once that it is stopping; uvicorn does so only after the last open stream has ended."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.stop.set()
        await super().shutdown(sockets)


class BoundedHead(HttpToolsProtocol):
    """Refuses a request line, headers or trailers that do not end: uvicorn would keep them all, from anybody."""

    _pending = 0

    def data_received(self, data: bytes) -> None:
        self._pending += len(data)
        super().data_received(data)
        if self._pending > _MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        self._pending = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._pending = 0
        super().on_body(body)


def serve(app: FastAPI, settings: ProcessSettings) -> None:
    """Until SIGTERM; what is still open after the grace period is cut off, or uvicorn would wait for ever. Not at all
    without an issuer: each answer would be that nobody may come in."""
    if settings.issuer_missing:
        sys.exit(settings.issuer_missing)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedHead,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.graceful_shutdown_seconds,
        timeout_keep_alive=30,
        reset_contextvars=True,  # or a request may find itself in the trace of an earlier one of its connection
    )
    server = Server(config)
    gc.freeze()  # what is there before the first request stays: to look through it again would hold up an answer
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(_START_FAILED)


def run_until_stopped(task: Callable[[asyncio.Event], Awaitable[None]], settings: ProcessSettings) -> None:
    """Runs `task(stop)`; SIGTERM and SIGINT set `stop`, and the task finishes what it holds. Where the settings give a
    port, what the process measures is there, at /metrics."""
    if settings.port:
        start_http_server(settings.port, settings.host)

    async def go() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await task(stop)

    uvloop.run(go())


def run_relay(database: Database, opening: Awaitable[EventLog], settings: ProcessSettings) -> None:
    """The role `relay` of any service, to the log that it opens."""

    async def task(stop: asyncio.Event) -> None:
        log = await opening
        try:
            await relay(database, log, stop)
        finally:
            await log.close()
            await database.close()

    run_until_stopped(task, settings)
