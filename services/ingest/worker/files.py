"""Working one submission: read a portion of rows in a thread while the one before is saved, a transaction each."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import BinaryIO, cast

from services.ingest.domain.readers import BadRow, Row
from services.ingest.handlers import work
from services.ingest.handlers.work import Job, LeaseLost, Portion
from services.ingest.store import submissions
from services.ingest.worker.pace import Pace
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.telemetry import log
from shared.runtime.transient import is_transient

_IN_MEMORY = 4 << 20


async def work_submission(database: Database, pace: Pace, job: Job, stop: asyncio.Event) -> None:
    """To its end, or until `stop`. A fault of ours ends it as failed; one of the infrastructure is raised."""
    try:
        async with _renewing(database, pace, job):
            await _work(database, pace, job, stop)
    except LeaseLost:
        log(__name__).warning("lease_lost", submission=job.seq)
    except Exception as error:
        if is_transient(error):
            raise
        log(__name__).error("submission_failed", submission=job.seq, error=type(error).__name__)
        async with database.transaction() as tx:
            await work.fail(tx, job)


async def _work(database: Database, pace: Pace, job: Job, stop: asyncio.Event) -> None:
    unfinished = job.sweeping or await _take_rows(database, pace, job, stop)
    while unfinished and not stop.is_set():
        async with database.transaction() as tx:
            unfinished = not await work.sweep(tx, job, pace.rows, pace.lease)
    if unfinished:
        async with database.transaction() as tx:
            await work.release(tx, job)


async def _take_rows(database: Database, pace: Pace, job: Job, stop: asyncio.Event) -> bool:
    """Save every row; whether there is still something to do afterwards."""
    async with _portions(database, pace, job) as portions:
        async for portion in portions:
            if portion.entries:
                async with database.transaction() as tx:
                    await work.save_portion(tx, job, portion.entries, pace.lease)
            if portion.ended:
                async with database.transaction() as tx:
                    return await work.end_rows(tx, job, portion.problems)
            if stop.is_set():
                break
    return True


@asynccontextmanager
async def _portions(database: Database, pace: Pace, job: Job) -> AsyncIterator[AsyncIterator[Portion]]:
    if job.resubmits is not None:
        yield _quarantined(database, pace, job)
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        file = cast(BinaryIO, spool)
        await _spool(database, job, file)
        rows = await asyncio.to_thread(work.rows_of_file, job, file)
        portions = _read_ahead(job, rows, pace.rows)
        try:
            yield portions
        finally:
            await portions.aclose()


async def _read_ahead(job: Job, rows: Iterator[Row | BadRow], size: int) -> AsyncGenerator[Portion, None]:
    """Portions of a file; the next is being read while the caller saves this one."""
    reading = asyncio.create_task(asyncio.to_thread(work.read_portion, job, rows, size))
    try:
        while True:
            portion = await reading
            if not portion.ended:
                reading = asyncio.create_task(asyncio.to_thread(work.read_portion, job, rows, size))
            yield portion
            if portion.ended:
                return
    finally:
        with suppress(Exception):
            await reading  # a thread cannot be cancelled, and the file is closed after us


async def _quarantined(database: Database, pace: Pace, job: Job) -> AsyncIterator[Portion]:
    after = job.progress
    while True:
        async with database.read() as connection:
            rows = await work.rows_of_quarantine(connection, job, after, pace.rows)
        portion = await asyncio.to_thread(work.read_portion, job, iter(rows), pace.rows + 1)
        after = rows[-1].number if rows else after
        ended = len(rows) < pace.rows
        yield Portion(portion.entries, ended)
        if ended:
            return


async def _spool(database: Database, job: Job, file: BinaryIO) -> None:
    """The whole file on this machine's disk: a reader needs it at hand, and memory is not where it belongs."""
    n = 0
    async with database.read() as connection:
        while (chunk := await submissions.chunk(connection, job.seq, n)) is not None:
            await asyncio.to_thread(file.write, chunk)
            n += 1
    file.seek(0)


@asynccontextmanager
async def _renewing(database: Database, pace: Pace, job: Job) -> AsyncIterator[None]:
    """Keeps the lease while a single row or a large workbook takes long to read."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(pace.lease.total_seconds() / 3)
            async with database.transaction() as tx:
                await submissions.renew(tx.connection, job.seq, job.owner, utc_now() + pace.lease)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await renewing
