"""One thread that does all of a process's writing to the embedded log.

Whatever waits while a commit is being synced to disk goes into the next transaction together, so that a hundred
appends at once cost two or three syncs and not a hundred.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from shared.runtime.eventlog import GroupActive, LogUnavailable, PartitionLost
from shared.runtime.eventlog.sqlite_file import begin, connect

T = TypeVar("T")
Write = Callable[[sqlite3.Connection], T]

REFUSALS = (PartitionLost, GroupActive)
"""What a write may raise before it has changed anything, without harm to those it shares the transaction with."""


@dataclass(frozen=True, slots=True)
class _Job:
    write: Write[Any]
    done: asyncio.Future[Any]


class Writer:
    """Runs writes in transactions of its own thread. `pulse` runs every `pulse_seconds` while `pulsing()` is true."""

    def __init__(self, path: Path, pulse: Write[None], pulsing: Callable[[], bool], pulse_seconds: float) -> None:
        self._connection = connect(path)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._pulse = pulse
        self._pulsing = pulsing
        self._pulse_seconds = pulse_seconds
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    async def run(self, write: Write[T]) -> T:
        """Do `write` in a transaction; return what it returned once that is on disk. Raises LogUnavailable."""
        if self._closed:
            raise LogUnavailable("The log is closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(write, done))
        return await done

    def stop(self) -> None:
        """Take no more writes; what is queued is still done."""
        self._closed = True
        self._jobs.put(None)

    def join(self) -> None:
        """Block until the queue is done and the thread has stopped."""
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        next_pulse = time.monotonic() + self._pulse_seconds
        while True:
            jobs, more = self._take(next_pulse - time.monotonic())
            if jobs:
                self._commit(jobs)
            if not more:
                return
            if time.monotonic() >= next_pulse:
                self._beat()
                next_pulse = time.monotonic() + self._pulse_seconds

    def _take(self, timeout: float) -> tuple[list[_Job], bool]:
        """Everything that is queued, waiting up to `timeout` for a first; and whether more may come."""
        jobs: list[_Job] = []
        try:
            job = self._jobs.get(timeout=max(timeout, 0.0))
            while job is not None:
                jobs.append(job)
                job = self._jobs.get_nowait()
        except Empty:
            return jobs, True
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            begin(self._connection)
            outcomes = [self._attempt(job.write) for job in jobs]
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers must hear of it and the thread live on
            self._abandon(jobs, error)
            return
        for job, (result, refusal) in zip(jobs, outcomes, strict=True):
            _settle(job.done, result, refusal)

    def _attempt(self, write: Write[T]) -> tuple[T | None, Exception | None]:
        try:
            return write(self._connection), None
        except REFUSALS as refusal:
            return None, refusal

    def _abandon(self, jobs: list[_Job], error: Exception) -> None:
        self._roll_back()
        for job in jobs:
            _settle(job.done, None, as_unavailable(error))

    def _beat(self) -> None:
        if not self._pulsing():
            return
        try:
            begin(self._connection)
            self._pulse(self._connection)
            self._connection.execute("COMMIT")
        except (sqlite3.Error, LogUnavailable):
            self._roll_back()  # the next beat comes before the lease is out

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def as_unavailable(error: Exception) -> Exception:
    """A fault of the file as LogUnavailable; anything else is a fault of the program and stays what it is."""
    if isinstance(error, sqlite3.Error):
        return LogUnavailable(f"The log's file cannot be used now: {type(error).__name__}")
    return error


def _settle(done: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    def settle() -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    loop = done.get_loop()
    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
