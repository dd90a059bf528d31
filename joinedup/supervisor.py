"""Runs the processes of a layout: starts them, starts again what dies, and leaves none behind."""

import asyncio
import fcntl
import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic

import httpx

from joinedup import nursery
from joinedup.nursery import Child
from joinedup.stack import Layout, Process

Say = Callable[[str], None]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_SETTLED_AFTER = 30.0
_STOP_SECONDS = 8.0
_READY_SECONDS = 120.0
_LOOK_AGAIN = 0.05
_DEATHS_AT_START = 3

# Its own process group, which every service joins. When the pipe to us closes, whatever ended us, it ends the group.
_GUARDIAN = "trap '' TERM INT; read _; kill -TERM 0; sleep 5; kill -KILL 0"


class AlreadyRunning(Exception):
    """Another process supervises this data folder."""


class NotReady(Exception):
    """The services did not come up; the message names them and where their logs are."""


@asynccontextmanager
async def running(layout: Layout, say: Say) -> AsyncIterator["Supervisor"]:
    """Every process of the layout, migrated and ready; on leaving, all are stopped."""
    with only_one(layout.data), _guardian() as group:
        nursery.warm()
        supervisor = Supervisor(layout, group, say)
        try:
            await supervisor.start()
            yield supervisor
        finally:
            await supervisor.stop()


class Supervisor:
    """The processes of one layout. `deaths` counts by name how often each has died so far."""

    def __init__(self, layout: Layout, group: int, say: Say) -> None:
        self.layout = layout
        self.deaths: Counter[str] = Counter()
        self._group = group
        self._say = say
        self._stopping = asyncio.Event()
        self._keepers: list[asyncio.Task[None]] = []
        self._children: dict[str, Child] = {}

    @property
    def pids(self) -> dict[str, int]:
        """The processes that are alive now."""
        return {name: child.pid for name, child in self._children.items() if child.pid and child.is_alive()}

    async def start(self) -> None:
        """Every store is made current before any role runs."""
        (self.layout.data / "logs").mkdir(exist_ok=True)
        await asyncio.gather(*map(self._once, self.layout.migrations()))
        processes = self.layout.processes()
        self._keepers = [asyncio.create_task(self._keep_running(process)) for process in processes]
        await self._ready([process for process in processes if process.role == "api"])

    async def stop(self) -> None:
        """SIGTERM to all at once, so that each finishes what it holds; SIGKILL to whoever takes too long."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        if self._keepers:
            await asyncio.wait(self._keepers, timeout=_STOP_SECONDS)
            self._signal(signal.SIGKILL)
            await asyncio.gather(*self._keepers)
        self._processes_file.unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    async def _once(self, process: Process) -> None:
        if await self._run(process):
            raise NotReady(f"{process.name} failed. See {self._log(process)}.")

    async def _keep_running(self, process: Process) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            began = monotonic()
            code = await self._run(process)
            if self._stopping.is_set():
                return
            self.deaths[process.name] += 1
            pause = _FIRST_PAUSE if monotonic() - began > _SETTLED_AFTER else pause
            self._say(f"{process.name} ended ({_how(code)}); starting it again. Its log: {self._log(process)}")
            await self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run(self, process: Process) -> int:
        child = await nursery.start(process, self._log(process), self._group)
        self._children[process.name] = child
        if self._stopping.is_set():
            child.terminate()
        self._note_pids()
        return await nursery.ended(child)

    def _note_pids(self) -> None:
        fresh = self._processes_file.with_suffix(".new")
        metrics = {process.name: f"{process.url}/metrics" for process in self.layout.processes()}
        fresh.write_text(json.dumps({"url": self.layout.url, "pids": self.pids, "metrics": metrics}, indent=2))
        fresh.replace(self._processes_file)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _ready(self, processes: list[Process]) -> None:
        waiting = {process.name: f"{process.url}/readyz" for process in processes}
        deadline = monotonic() + _READY_SECONDS
        async with httpx.AsyncClient(timeout=2) as client:
            while waiting:
                waiting = {name: url for name, url in waiting.items() if not await _answers(client, url)}
                self._give_up(sorted(waiting), late=monotonic() > deadline)
                await asyncio.sleep(_LOOK_AGAIN)

    def _give_up(self, waiting: list[str], *, late: bool) -> None:
        failing = [name for name, deaths in self.deaths.items() if deaths >= _DEATHS_AT_START]
        if failing or (late and waiting):
            raise NotReady(f"Not ready: {', '.join(failing or waiting)}. See the logs in {self.layout.data / 'logs'}.")

    def _log(self, process: Process) -> Path:
        return self.layout.data / "logs" / f"{process.name}.log"

    @property
    def _processes_file(self) -> Path:
        return self.layout.data / "processes.json"


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Holds the data folder for this process; the operating system frees it however the process ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Joined Up is already running on {data}. Stop it first (Ctrl-C), or give another --data-dir."
            ) from None
        yield


@contextmanager
def _guardian() -> Iterator[int]:
    guardian = subprocess.Popen(["/bin/sh", "-c", _GUARDIAN], stdin=subprocess.PIPE, process_group=0)  # noqa: S603
    try:
        yield guardian.pid
    finally:
        os.killpg(guardian.pid, signal.SIGKILL)
        guardian.wait()
