"""What time does to feeds: silence is reported, retention ends, unfinished uploads and old keys are forgotten."""

from datetime import datetime, timedelta

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.retention import Period, period
from services.ingest.handlers.destroy import destroy
from services.ingest.handlers.feeds import Feed, feed_of
from services.ingest.handlers.idempotency import KEPT
from services.ingest.handlers.submissions import abandon_upload
from services.ingest.store import feeds, idempotency, receipts, records, submissions
from services.ingest.store.tables import duties
from shared.contracts.events.ingest import FeedStale, RecordsDisposed, RetractionReason
from shared.duties.store import add_disposal
from shared.runtime.clock import timed_id, today, utc_now
from shared.runtime.db import Tx
from shared.sharing import Partnership

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


async def end_retention(tx: Tx, feed_id: str, partnership: Partnership, size: int) -> bool:
    """Dispose of up to `size` records that the agency has not sent for as long as they may be kept; tell of it.

    Whether that was the last of them: then the rows of old receipts go too.
    """
    feed = await _locked(tx, feed_id)
    if feed is None:
        return True
    now = utc_now()
    kept = period(feed.spec, partnership, today())
    found = await records.outlived(tx.connection, feed_id, now - kept.length, size)
    if found:
        await destroy(tx, feed.spec, found, RetractionReason.retention_ended)
        await _note_disposal(tx, feed.spec, kept, len(found), now)
    if len(found) == size:
        return False
    await receipts.forget(tx.connection, feed_id, now - kept.length)
    await feeds.change(tx.connection, feed_id, retention_checked_at=now)
    return True


async def _note_disposal(tx: Tx, spec: FeedSpec, kept: Period, count: int, now: datetime) -> None:
    disposal = {
        "id": timed_id("dsp"),
        "agency": spec.agency,
        "feed": spec.id,
        "category": spec.category,
        "records": count,
        "not_sent_since": now - kept.length,
        "days": kept.days,
        "rule": kept.rule,
        "source": kept.source,
    }
    noted = disposal | {"kind": None, "review_on": kept.review_on, "disposed_at": now}
    await add_disposal(tx.connection, duties, noted)
    told = {name: value for name, value in disposal.items() if name != "id"}
    tx.publish(RecordsDisposed(disposal=disposal["id"], **told), subject=spec.id)


async def forget_leftovers(tx: Tx) -> None:
    """Uploads that stopped half way, and Idempotency-Keys that have had their time."""
    for seq in await submissions.abandoned(tx.connection, utc_now() - UPLOAD_SILENCE):
        await abandon_upload(tx, seq)
    await idempotency.forget(tx.connection, utc_now() - KEPT)


async def _locked(tx: Tx, feed_id: str) -> Feed | None:
    row = await feeds.lock(tx.connection, feed_id)
    return feed_of(row) if row else None
