"""What time does to feeds: silence is reported, retention ends, unfinished uploads and old keys are forgotten."""

from datetime import timedelta

from services.ingest.domain.feed import FeedSpec
from services.ingest.handlers.feeds import Feed, feed_of
from services.ingest.handlers.idempotency import KEPT
from services.ingest.handlers.retract import retract
from services.ingest.handlers.submissions import abandon_upload
from services.ingest.store import feeds, idempotency, receipts, records, submissions
from shared.contracts.events.ingest import FeedStale, RetractionReason
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx

RETENTION_EVERY = timedelta(hours=1)
UPLOAD_SILENCE = timedelta(minutes=10)


def is_silent(feed: Feed) -> bool:
    """Whether nothing came for longer than the feed declares."""
    since = feed.row.last_received_at or feed.row.created_at
    return bool(utc_now() - since > timedelta(hours=feed.spec.expected_every_hours))


async def report_silence(tx: Tx, feed_id: str) -> None:
    """Tell once of each silence."""
    feed = await _locked(tx, feed_id)
    if feed is None or feed.row.paused or feed.row.stale_since or not is_silent(feed):
        return
    await feeds.change(tx.connection, feed_id, stale_since=utc_now())
    stale = FeedStale(
        feed=feed_id,
        agency=feed.spec.agency,
        last_received_at=feed.row.last_received_at,
        expected_every_hours=feed.spec.expected_every_hours,
    )
    tx.publish(stale, subject=feed_id)


def retention_is_due(feed: Feed) -> bool:
    checked = feed.row.retention_checked_at
    return checked is None or utc_now() - checked >= RETENTION_EVERY


async def end_retention(tx: Tx, feed_id: str, size: int) -> bool:
    """Retract up to `size` records that the agency has not sent for as long as it said it would keep them.

    Whether that was the last of them: then what they and others that were retracted before said is erased, and the rows
    of old receipts.
    """
    feed = await _locked(tx, feed_id)
    if feed is None:
        return True
    before = utc_now() - _retention(feed.spec)
    found = await records.expired(tx.connection, feed_id, before, size)
    await retract(tx, feed.spec, found, RetractionReason.retention_ended)
    if len(found) == size:
        return False
    await records.erase(tx.connection, feed_id, before)
    await receipts.forget(tx.connection, feed_id, before)
    await feeds.change(tx.connection, feed_id, retention_checked_at=utc_now())
    return True


async def forget_leftovers(tx: Tx) -> None:
    """Uploads that stopped half way, and Idempotency-Keys that have had their time."""
    for seq in await submissions.abandoned(tx.connection, utc_now() - UPLOAD_SILENCE):
        await abandon_upload(tx, seq)
    await idempotency.forget(tx.connection, utc_now() - KEPT)


def _retention(spec: FeedSpec) -> timedelta:
    return timedelta(days=spec.retention_days)


async def _locked(tx: Tx, feed_id: str) -> Feed | None:
    row = await feeds.lock(tx.connection, feed_id)
    return feed_of(row) if row else None
