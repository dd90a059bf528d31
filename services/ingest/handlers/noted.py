"""What an agency's people noted in referrals or the calendar becomes a record of their agency."""

from collections.abc import Sequence

from services.ingest.domain.noted import noted_feed
from services.ingest.domain.outcomes import Held
from services.ingest.handlers.destroy import destroy
from services.ingest.handlers.feeds import Feed, feed_of
from services.ingest.handlers.intake import Entry, entry_of
from services.ingest.handlers.submissions import take_entries
from services.ingest.store import feeds, records
from shared.contracts.api.ingest import SubmissionKind
from shared.contracts.envelope import Event
from shared.contracts.events.calendar import OutcomeRecorded
from shared.contracts.events.ingest import RetractionReason
from shared.contracts.events.noted import Noted
from shared.contracts.events.referrals import CardRecorded
from shared.contracts.identifiers import noted_feed_id, record_id
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx
from shared.sharing import CARDS, OUTCOMES

_CATEGORY: dict[type[Noted], str] = {CardRecorded: CARDS, OutcomeRecorded: OUTCOMES}


async def take_noted(events: Sequence[Event[Noted]], tx: Tx) -> None:
    for event in events:
        await _take(tx, event.data)


async def _take(tx: Tx, noted: Noted) -> None:
    """Each is a submission of its own, so that a later one of the same batch corrects an earlier one."""
    if noted.erased:
        await _erase(tx, noted)
        return
    feed = await _feed(tx, noted)
    identity = record_id(feed.spec.id, noted.source_ref)
    entry = (
        entry_of(noted.record, 1, noted.source_ref, identity) if noted.record else Entry(1, noted.source_ref, identity)
    )
    await take_entries(tx, feed, SubmissionKind.record, [entry])


async def _erase(tx: Tx, noted: Noted) -> None:
    """As if it were asked for here. What never became a record is none to erase."""
    feed_id = noted_feed_id(_CATEGORY[type(noted)], noted.agency, noted.regime)
    row = await feeds.lock(tx.connection, feed_id)
    if row is None:
        return
    found = await records.found(tx.connection, feed_id, [record_id(feed_id, noted.source_ref)])
    left = [one for one in found if one.held != Held.erased]
    await destroy(tx, feed_of(row).spec, left, RetractionReason.deleted, Held.erased)


async def _feed(tx: Tx, noted: Noted) -> Feed:
    """The feed for what the agency notes of this kind under this regime, locked; made when the first comes."""
    category = _CATEGORY[type(noted)]
    spec = noted_feed(noted.agency, category, noted.regime)
    row = await feeds.lock(tx.connection, spec.id)
    if row is None:
        await feeds.create(tx.connection, spec.id, spec.agency, utc_now())
        await feeds.add_version(tx.connection, spec.id, 1, spec.model_dump_json(), utc_now(), "joinedup")
        row = await feeds.lock(tx.connection, spec.id)
        assert row is not None
    return feed_of(row)
