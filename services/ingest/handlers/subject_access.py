"""All that an agency holds of a person: for the copy that it owes them, and for what else they may ask."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.outcomes import Held
from services.ingest.domain.retention import period
from services.ingest.handlers.feeds import Feed, list_own
from services.ingest.store import receipts, records
from shared.contracts.api.duties import HeldRecord, HeldRow, HeldVersion, Recipient, Subject, SubjectAccess
from shared.contracts.record import Record
from shared.duties.access import recipients
from shared.duties.subject import Sought
from shared.runtime.auth import Principal
from shared.runtime.clock import today, utc_now
from shared.sharing import Partnership

_PAGE = 500
_MOST_VERSIONS = 1000


async def subject_access(
    connection: AsyncConnection, principal: Principal, subject: Subject, partnership: Partnership
) -> SubjectAccess:
    """Reads every record of the agency, and locks nothing."""
    sought = Sought.of(subject)
    feeds = await list_own(connection, principal)
    return SubjectAccess(
        agency=principal.agency,
        as_of=utc_now(),
        purpose=partnership.stream_purpose,
        records=tuple([held for feed in feeds async for held in _records(connection, feed, sought, partnership)]),
        rows=tuple([held for feed in feeds async for held in _rows(connection, feed, sought)]),
    )


async def _records(
    connection: AsyncConnection, feed: Feed, sought: Sought, partnership: Partnership
) -> AsyncIterator[HeldRecord]:
    """Each record of the feed of which any version fits."""
    ids = [id_ async for id_ in _fitting(connection, feed.spec.id, sought)]
    told = recipients(feed.spec.agency, feed.spec.category, partnership)
    for id_ in dict.fromkeys(ids):
        found = await records.find(connection, feed.spec.id, id_)
        if found is not None:
            versions = await records.history(connection, feed.spec.id, id_, _MOST_VERSIONS)
            yield _held(feed.spec, found, [_version(row) for row in versions], told, partnership)


async def _fitting(connection: AsyncConnection, feed: str, sought: Sought) -> AsyncIterator[str]:
    after = ("", 0)
    while page := await records.said_after(connection, feed, after, _PAGE):
        for row in page:
            if sought.is_in(Record.model_validate_json(row.content), row.source_ref):
                yield row.record_id
        after = (page[-1].record_id, page[-1].version)


async def _rows(connection: AsyncConnection, feed: Feed, sought: Sought) -> AsyncIterator[HeldRow]:
    after = (0, 0)
    while page := await receipts.kept_after(connection, feed.spec.id, after, _PAGE):
        for row in page:
            values: Mapping[str, str] = orjson.loads(row.row_values)
            if sought.is_among(values.values()):
                yield HeldRow(
                    feed=feed.spec.id, submission=row.of, row=row.row, values=values, received_at=row.created_at
                )
        after = (page[-1].submission, page[-1].row)


def _held(
    spec: FeedSpec, found: Row[Any], versions: list[HeldVersion], told: tuple[Recipient, ...], partnership: Partnership
) -> HeldRecord:
    return HeldRecord(
        record_id=found.record_id,
        feed=spec.id,
        source_ref=found.source_ref,
        category=spec.category,
        law=partnership.law_of(spec.agency, spec.category, today()),
        restricted=found.held == Held.restricted,
        retracted=found.deleted,
        source=str(spec.source.url) if spec.source.url else spec.source.notes,
        recipients=() if found.deleted or found.held else told,
        keep_until=found.confirmed_at + period(spec, partnership, today()).length,
        versions=tuple(versions),
    )


def _version(row: Row[Any]) -> HeldVersion:
    record = Record.model_validate_json(row.content) if row.content else None
    return HeldVersion(version=row.version, received_at=row.received_at, record=record)
