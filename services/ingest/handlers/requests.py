"""What people ask of the records that name them: erasure, rectification, restriction, and what their agency decided."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.outcomes import Held
from services.ingest.domain.readers import Row as FeedRow
from services.ingest.handlers.destroy import destroy, destroy_earlier, restrict, unrestrict
from services.ingest.handlers.feeds import Feed, own_feed_to_write
from services.ingest.handlers.submissions import take_rows
from services.ingest.store import records
from services.ingest.store.tables import duties
from shared.contracts.api.duties import DataRequest, NewDataRequest, Right
from shared.contracts.api.ingest import SubmissionKind
from shared.contracts.events.ingest import RetractionReason
from shared.contracts.identifiers import record_id
from shared.contracts.problem import FieldProblem
from shared.duties import store
from shared.duties.grounds import ground_for
from shared.duties.requests import hold_values, own_request, request_of, request_values
from shared.runtime.auth import Principal
from shared.runtime.clock import today
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, Invalid, NotFound
from shared.sharing import Partnership

Effect = Callable[[Tx, FeedSpec, Sequence[Row[Any]]], Awaitable[None]]


async def decide_request(
    database: Database, tx: Tx, principal: Principal, asked: NewDataRequest, partnership: Partnership
) -> DataRequest:
    """Note the decision and, if the request is granted, do what it asks: all in this transaction. The same request
    again is done once."""
    if asked.feed is None or asked.items:
        raise Invalid(errors=[FieldProblem(field="feed", code="missing", remedy="Ingest keeps records: name a feed.")])
    feed = await own_feed_to_write(tx, principal, asked.feed)
    ground = ground_for(asked, partnership.law_of(feed.spec.agency, feed.spec.category, today()))
    ids = [record_id(asked.feed, reference) for reference in dict.fromkeys(asked.source_refs)]
    noted = request_values(principal, asked, [ground], ids)
    if not await store.add_request(database, tx, duties, noted):
        return await own_request(tx.connection, duties, principal, noted["id"])
    await _found(tx, feed, ids)
    if asked.is_granted:
        if asked.row is not None:
            await _correct(tx, principal, feed, asked.row, ids[0])
        found = await _found(tx, feed, ids)
        if asked.right in _EFFECTS:
            await _EFFECTS[asked.right](tx, feed.spec, found)
        else:
            await _keep(database, tx, asked.right, hold_values(noted, ground), ids)
    return request_of(noted)


async def _keep(database: Database, tx: Tx, right: Right, held: Mapping[str, Any], ids: Sequence[str]) -> None:
    """Hold them for a prosecution, or no longer."""
    if right is Right.hold:
        rows = [{**held, "kind": store.RECORD, "item": id_} for id_ in ids]
        await store.hold(database, tx, duties, rows)
    else:
        await store.unhold(tx, duties, held["agency"], store.RECORD, ids)


async def _found(tx: Tx, feed: Feed, ids: Sequence[str]) -> Sequence[Row[Any]]:
    found = await records.found(tx.connection, feed.spec.id, ids)
    if len(found) < len(ids):
        raise NotFound
    return found


async def _correct(tx: Tx, principal: Principal, feed: Feed, row: dict[str, str], identity: str) -> None:
    """Take the row in as if the agency's system had sent it."""
    reference = feed.map_row(row).source_ref
    if reference is not None and record_id(feed.spec.id, reference) != identity:
        remedy = "It is of another record: give the row of the one that source_refs names."
        raise Invalid(errors=[FieldProblem(field="row", code="differs", remedy=remedy)])
    receipt = await take_rows(tx, principal, feed.spec.id, SubmissionKind.record, [FeedRow(1, row)])
    if receipt.counts.rejected:
        raise Invalid(errors=receipt.rows[0].issues)


async def _erase(tx: Tx, spec: FeedSpec, found: Sequence[Row[Any]]) -> None:
    ids = [row.record_id for row in found]
    await store.refuse_held(tx.connection, duties, spec.agency, store.RECORD, ids)
    await destroy(tx, spec, [row for row in found if row.held != Held.erased], RetractionReason.deleted, Held.erased)


async def _rectify(tx: Tx, spec: FeedSpec, found: Sequence[Row[Any]]) -> None:
    for row in found:
        await destroy_earlier(tx, spec, row)


async def _restrict(tx: Tx, spec: FeedSpec, found: Sequence[Row[Any]]) -> None:
    if any(row.held or row.deleted for row in found):
        raise Conflict("Some of these records are held back or retracted already.")
    for row in found:
        await restrict(tx, spec, row)


async def _unrestrict(tx: Tx, spec: FeedSpec, found: Sequence[Row[Any]]) -> None:
    if any(row.held != Held.restricted for row in found):
        raise Conflict("Some of these records are not restricted.")
    for row in found:
        await unrestrict(tx, spec, row)


_EFFECTS: Mapping[Right, Effect] = {
    Right.erasure: _erase,
    Right.rectification: _rectify,
    Right.restriction: _restrict,
    Right.unrestriction: _unrestrict,
}
