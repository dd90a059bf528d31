"""A record as its agency sent it, with every version."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.handlers.feeds import own_feed
from services.ingest.store import records
from shared.contracts.api.ingest import RecordHistory, RecordVersion
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record
from shared.runtime.auth import Principal
from shared.runtime.errors import NotFound

_MOST_VERSIONS = 1000


async def record_history(
    connection: AsyncConnection, principal: Principal, feed_id: str, source_ref: str
) -> RecordHistory:
    """The newest versions first, at most 1,000."""
    await own_feed(connection, principal, feed_id)
    identity = record_id(feed_id, source_ref)
    found = await records.find(connection, feed_id, identity)
    if found is None:
        raise NotFound
    versions = await records.history(connection, feed_id, identity, _MOST_VERSIONS)
    return RecordHistory(
        record_id=identity,
        feed=feed_id,
        source_ref=source_ref,
        version=found.version,
        deleted=found.deleted,
        versions=tuple(_version(row) for row in versions),
    )


def _version(row: Row[Any]) -> RecordVersion:
    return RecordVersion(
        version=row.version,
        received_at=row.received_at,
        record=Record.model_validate_json(row.content) if row.content else None,
        retracted=row.retracted,
    )
