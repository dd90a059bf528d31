"""The loops of a worker, and how it waits out a store that is away."""

import asyncio
from contextlib import suppress

from services.ingest.clients import Fetcher
from services.ingest.handlers import upkeep, work
from services.ingest.handlers.feeds import Feed, feed_of
from services.ingest.store import feeds, submissions
from services.ingest.worker.files import work_submission
from services.ingest.worker.pace import Pace
from services.ingest.worker.pulling import pull_due
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Database
from shared.runtime.errors import Unavailable
from shared.runtime.reread import Reread
from shared.runtime.telemetry import log, span
from shared.runtime.transient import is_transient
from shared.runtime.watch import watch
from shared.sharing import Partnership

_LOOK_AGAIN = 0.5
_BREATH = 0.05  # every record posted one by one is a change, too, and none of the worker's business
_RETRY = 0.5


class Worker:
    def __init__(self, database: Database, fetcher: Fetcher, pace: Pace, rules: Reread[Partnership]) -> None:
        self._database = database
        self._rules = rules
        self._fetcher = fetcher
        self._pace = pace
        self._owner = new_id("wrk")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is in hand then stays at its last saved row, for any worker to go on with."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._work_submissions(stop))
            tasks.create_task(self._keep_up(stop))

    async def _work_submissions(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                async with watch(self._database) as changes:
                    while not stop.is_set():
                        if not await self.work_one(stop):
                            await asyncio.sleep(_BREATH)
                            await changes.wait(_LOOK_AGAIN)
            except Exception as error:
                if not is_transient(error):
                    raise
                await _wait(error)

    async def work_one(self, stop: asyncio.Event | None = None) -> bool:
        """Work the next submission to its end, or until `stop`; whether there was one."""
        async with self._database.read() as connection:
            if not await submissions.any_to_do(connection, self._owner, utc_now()):
                return False
        async with self._database.transaction() as tx:
            job = await work.claim(tx, self._owner, self._pace.lease)
        if job is None:
            return False
        with span("ingest work", job.traceparent):
            await work_submission(self._database, self._pace, job, stop or asyncio.Event())
        return True

    async def _keep_up(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.keep_up()
            except Exception as error:
                if not (is_transient(error) or isinstance(error, Unavailable)):
                    raise
                await _wait(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._pace.upkeep_seconds)

    async def keep_up(self) -> None:
        """Everything that time has made due: pulls, silence, retention, leftovers."""
        while await pull_due(self._database, self._fetcher, self._pace):
            pass
        async with self._database.read() as connection:
            every = [feed_of(row) for row in await feeds.every(connection)]
        for feed in every:
            await self._keep_up_feed(feed)
        async with self._database.transaction() as tx:
            await upkeep.forget_leftovers(tx)

    async def _keep_up_feed(self, feed: Feed) -> None:
        if upkeep.is_silent(feed) and not feed.row.stale_since:
            async with self._database.transaction() as tx:
                await upkeep.report_silence(tx, feed.spec.id)
        ended = not upkeep.retention_is_due(feed)
        while not ended:
            async with self._database.transaction() as tx:
                ended = await upkeep.end_retention(tx, feed.spec.id, self._rules.current(), self._pace.rows)


async def _wait(error: Exception) -> None:
    """A store that is away is waited for."""
    log(__name__).warning("worker_waits", error=type(error).__name__)
    await asyncio.sleep(_RETRY)
