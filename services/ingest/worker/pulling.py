"""Fetching the file of a feed whose pull is due, straight into the store."""

from services.ingest.clients import Fetched, Fetcher, PullFailed
from services.ingest.handlers import pulls
from services.ingest.handlers.pulls import DuePull
from services.ingest.handlers.submissions import Upload, add_chunk
from services.ingest.worker.pace import CHUNK_BYTES, Pace
from shared.runtime.db import Database
from shared.runtime.telemetry import log


async def pull_due(database: Database, fetcher: Fetcher, pace: Pace) -> bool:
    """Pull the feed that has been due for longest; whether there was one. A failure is kept in the feed's status."""
    async with database.transaction() as tx:
        due = await pulls.claim_pull(tx)
    if due is None:
        return False
    try:
        async with fetcher.get(str(due.pull.url), due.feed.row.pull_etag, due.feed.row.pull_modified) as fetched:
            await _receive(database, pace, due, fetched)
    except PullFailed as failure:
        log(__name__).warning("pull_failed", feed=due.feed.spec.id, code=failure.problem.code)
        async with database.transaction() as tx:
            await pulls.failed(tx, due, failure.problem)
    return True


async def _receive(database: Database, pace: Pace, due: DuePull, fetched: Fetched) -> None:
    if fetched.not_modified:
        async with database.transaction() as tx:
            await pulls.unchanged(tx, due)
        return
    async with database.transaction() as tx:
        upload = await pulls.begin(tx, due)
    try:
        await _store(database, pace, upload, fetched)
    except PullFailed:
        async with database.transaction() as tx:
            await pulls.give_up(tx, upload)
        raise
    async with database.transaction() as tx:
        await pulls.end(tx, upload, fetched)


async def _store(database: Database, pace: Pace, upload: Upload, fetched: Fetched) -> None:
    n = 0
    async for chunk in fetched.chunks(CHUNK_BYTES, pace.max_file_bytes):
        async with database.transaction() as tx:
            await add_chunk(tx, upload, n, chunk)
        n += 1
