"""The whole of Joined Up in one thread of this process: what runs as processes elsewhere, ready in a second or two."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import uvicorn
from fastapi import FastAPI

from joinedup.settings import JoinedUpSettings
from joinedup.stack import STORES, Process, layout
from shared.runtime.db import Database
from shared.runtime.eventlog import open_log
from shared.runtime.eventlog.keys import make_keys
from shared.runtime.relay import relay
from shared.runtime.serve import Server
from tests.support.processes import wait_until
from tests.support.stores import sqlite_store

Task = Callable[[asyncio.Event], Awaitable[None]]

_OF_FILES = "ingest-work"
_http = httpx.Client(timeout=2, trust_env=False)
_descriptions: dict[str, dict[str, Any]] = {}
"""Of services, as the first of each says; to say it again takes longer than to start."""


@contextmanager
def whole(folder: Path, partnership: Path, *, takes_files: bool = False) -> Iterator[str]:
    """Its public address, while it runs on SQLite and the embedded log in `folder`. What takes files in looks for them
    all the time, so that it runs only where a test sends one."""
    where = layout(folder, 0, partnership, JoinedUpSettings())
    for service in STORES:
        sqlite_store(folder, service)
    processes = [one for one in where.processes() if takes_files or one.name != _OF_FILES]
    running = _Running(processes, where.keys_url)
    thread = threading.Thread(target=lambda: asyncio.run(running.go()), daemon=True)
    thread.start()
    try:
        addresses = [process.url for process in where.processes() if process.role == "api"]
        wait_until(lambda: running.failed or all(map(_answers, addresses)), 60, "The start")
        assert not running.failed, running.failed
        yield where.url
        assert not running.failed, running.failed
    finally:
        running.stop()
        thread.join(30)


class _Running:
    def __init__(self, processes: Sequence[Process], keys_url: str) -> None:
        self._processes = processes
        self._keys_url = keys_url
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.failed: BaseException | None = None

    async def go(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await make_keys(self._keys_url, "ingest")
            async with asyncio.TaskGroup() as tasks:
                for process in self._processes:
                    tasks.create_task(_role(process)(self._stop), name=process.name)  # type: ignore[arg-type]
        except BaseException as error:  # noqa: BLE001 - whatever it was, the test that waits for it must know
            self.failed = error

    def stop(self) -> None:
        if self._loop and not self.failed:
            self._loop.call_soon_threadsafe(self._stop.set)


def _role(process: Process) -> Task:
    """What the process would run."""
    bootstrap = import_module(f"services.{process.service}.bootstrap")
    settings = _settings(process)
    match process.role:
        case "api":
            return lambda stop: _serve(_described(process.service, bootstrap.api(settings)), settings, stop)
        case "relay":
            return lambda stop: _relay(bootstrap.database(settings), bootstrap, settings, stop)
    task: Task = getattr(bootstrap, process.role)(settings)
    return task


def _settings(process: Process) -> Any:
    kind = getattr(import_module(f"services.{process.service}.settings"), f"{process.service.title()}Settings")
    with patch.dict(os.environ, process.settings):
        return kind()


def _described(service: str, app: FastAPI) -> FastAPI:
    if service not in _descriptions:
        _descriptions[service] = app.openapi()
    app.openapi_schema = _descriptions[service]
    return app


async def _serve(app: Any, settings: Any, stop: asyncio.Event) -> None:
    where = {"host": settings.host, "port": settings.port}
    config = uvicorn.Config(app, **where, log_level="error", server_header=False, timeout_graceful_shutdown=1)
    server = Server(config)
    serving = asyncio.create_task(server.serve())
    await asyncio.wait([serving, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving


async def _relay(database: Database, bootstrap: Any, settings: Any, stop: asyncio.Event) -> None:
    sealed = getattr(bootstrap, "log", None)
    log = await (sealed(settings) if sealed else open_log(settings.log_url))
    try:
        await relay(database, log, stop)
    finally:
        await log.close()
        await database.close()


def _answers(url: str) -> bool:
    try:
        return _http.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False
