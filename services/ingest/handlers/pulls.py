"""Pulls: whose file is due, and what came of fetching it."""

from dataclasses import dataclass
from datetime import timedelta

from services.ingest.clients import Fetched
from services.ingest.domain.feed import Pull
from services.ingest.handlers.feeds import Feed, feed_of
from services.ingest.handlers.submissions import Upload, abandon_upload, close_upload, open_upload
from services.ingest.store import feeds
from shared.contracts.api.ingest import SubmissionKind
from shared.contracts.problem import FieldProblem
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx

_RETRY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DuePull:
    feed: Feed
    pull: Pull


async def claim_pull(tx: Tx) -> DuePull | None:
    """The pull that has been due for longest. It is put off to its next time, so that one worker does it once."""
    while (row := await feeds.claim_pull(tx.connection, utc_now())) is not None:
        feed = feed_of(row)
        pull = feed.spec.pull
        due = utc_now() + timedelta(hours=pull.every_hours) if pull else None
        await feeds.change(tx.connection, feed.spec.id, pull_due_at=due)
        if pull:
            return DuePull(feed, pull)
    return None


async def begin(tx: Tx, due: DuePull) -> Upload:
    return await open_upload(tx, due.feed, SubmissionKind.pull)


async def end(tx: Tx, upload: Upload, fetched: Fetched) -> None:
    """The whole file is here; remember its marks, to be told next time if it is still the same."""
    await close_upload(tx, upload)
    marks = {"pull_etag": fetched.etag, "pull_modified": fetched.modified}
    await feeds.change(tx.connection, upload.feed, pull_problem=None, **marks)


async def unchanged(tx: Tx, due: DuePull) -> None:
    """The file is the one we have: the feed is as fresh as if it had been sent again."""
    await feeds.arrived(tx.connection, due.feed.spec.id, utc_now())
    await feeds.change(tx.connection, due.feed.spec.id, pull_problem=None)


async def give_up(tx: Tx, upload: Upload) -> None:
    await abandon_upload(tx, upload.seq)


async def failed(tx: Tx, due: DuePull, problem: FieldProblem) -> None:
    """Keep the reason for the feed's status, and try again before long."""
    soon = utc_now() + min(_RETRY, timedelta(hours=due.pull.every_hours))
    await feeds.change(tx.connection, due.feed.spec.id, pull_problem=problem.model_dump_json(), pull_due_at=soon)
