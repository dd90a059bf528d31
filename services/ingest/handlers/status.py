"""How fresh a feed is, and what waits for its agency."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.handlers.feeds import own_feed
from services.ingest.handlers.upkeep import is_silent
from services.ingest.store import receipts, records, submissions
from shared.contracts.api.ingest import FeedStatus
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import utc_now


def age_hours(last_received_at: datetime | None) -> float | None:
    return round((utc_now() - last_received_at).total_seconds() / 3600, 3) if last_received_at else None


async def feed_status(connection: AsyncConnection, principal: Principal, feed_id: str) -> FeedStatus:
    feed = await own_feed(connection, principal, feed_id)
    problem = feed.row.pull_problem
    return FeedStatus(
        feed=feed_id,
        paused=feed.row.paused,
        records=await records.live(connection, feed_id),
        last_received_at=feed.row.last_received_at,
        age_hours=age_hours(feed.row.last_received_at),
        expected_every_hours=feed.spec.expected_every_hours,
        stale=is_silent(feed),
        open_quarantine=await receipts.open_count(connection, feed_id),
        waiting_submissions=await submissions.waiting(connection, feed_id),
        pull_due_at=feed.row.pull_due_at if feed.spec.pull else None,
        pull_problem=FieldProblem.model_validate_json(problem) if problem else None,
    )
