"""The role `work`: files that were uploaded, pulls that are due, silence and retention. Any number may run at once."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, cast

from services.ingest.clients import Fetched, Fetcher, PullFailed
from services.ingest.domain.readers import BadRow, Row
from services.ingest.handlers import pulls, submissions, upkeep, work
from services.ingest.handlers.feeds import feed_of
from services.ingest.handlers.work import Job, LeaseLost, Portion
from services.ingest.store import feeds as feed_store
from services.ingest.store import submissions as submission_store
from shared.runtime.clock import new_id, utc_now
from shared.runtime.consume import is_transient
from shared.runtime.db import Database
from shared.runtime.telemetry import current_traceparent, log, span
from shared.runtime.watch import watch

CHUNK_BYTES = 1 << 20
_LOOK_AGAIN = 0.5
_RETRY = 0.5
_SPOOL_IN_MEMORY = 4 << 20


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at once, how long a submission is a silent worker's own, how often the clock's work is looked at."""

    rows: int
    lease: timedelta
    upkeep_seconds: float
    max_file_bytes: int


class Worker:
    def __init__(self, database: Database, fetcher: Fetcher, pace: Pace) -> None:
        self._database = database
        self._fetcher = fetcher
        self._pace = pace
        self._owner = new_id("wrk")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is in hand then is left at its last saved row, for any worker to go on with."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._submissions(stop))
            tasks.create_task(self._clockwork(stop))

    async def _submissions(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with _waiting_out_faults() as faults:
                async with watch(self._database) as changes:
                    while not stop.is_set():
                        if not await self.work_one(stop):
                            await changes.wait(_LOOK_AGAIN)
            if faults.seen:
                await asyncio.sleep(_RETRY)

    async def _clockwork(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with _waiting_out_faults():
                await self.upkeep()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._pace.upkeep_seconds)

    async def work_one(self, stop: asyncio.Event | None = None) -> bool:
        """Work the next submission to its end, or until `stop`; whether there was one."""
        async with self._database.read() as connection:
            if not await submission_store.any_to_do(connection, utc_now()):
                return False
        async with self._database.transaction() as tx:
            job = await work.claim(tx, self._owner, self._pace.lease)
        if job is None:
            return False
        with span("ingest work", job.traceparent):
            await self._finish(job, stop or asyncio.Event())
        return True

    async def _finish(self, job: Job, stop: asyncio.Event) -> None:
        try:
            async with self._renewing(job):
                await self._work(job, stop)
        except LeaseLost:
            log(__name__).warning("lease_lost", submission=job.seq)
        except Exception as error:
            if is_transient(error):
                raise
            log(__name__).error("submission_failed", submission=job.seq, error=type(error).__name__)
            async with self._database.transaction() as tx:
                await work.fail(tx, job)
''' + '''
