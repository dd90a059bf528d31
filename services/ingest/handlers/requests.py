"""What people ask of the records that name them: erasure, rectification, restriction, and what their agency decided."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.grounds import fitting
from services.ingest.domain.outcomes import Held
from services.ingest.domain.readers import Row as FeedRow
from services.ingest.handlers.destroy import destroy, destroy_earlier, restrict, unrestrict
from services.ingest.handlers.feeds import Feed, own_feed_to_write
from services.ingest.handlers.submissions import take_rows
from services.ingest.store import duties, records
from shared.contracts.api.duties import DataRequest, Ground, NewDataRequest, Outcome, Right
from shared.contracts.api.ingest import Page, SubmissionKind
from shared.contracts.events.ingest import RetractionReason
from shared.contracts.identifiers import record_id
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict, Invalid, NotFound

Effect = Callable[[Tx, FeedSpec, Sequence[Row[Any]]], Awaitable[None]]


async def decide_request(tx: Tx, principal: Principal, asked: NewDataRequest) -> DataRequest:
    """Note the decision and, if the request is granted, do what it asks: all in this transaction."""
    feed = await own_feed_to_write(tx, principal, asked.feed)
    ground = _ground(asked, feed.spec)
    ids = [record_id(asked.feed, reference) for reference in dict.fromkeys(asked.source_refs)]
    await _found(tx, feed, ids)
    if asked.outcome is Outcome.granted:
        if asked.row is not None:
            await _correct(tx, principal, feed, asked.row, ids[0])
        await _EFFECTS[asked.right](tx, feed.spec, await _found(tx, feed, ids))
    values = _values(principal, asked, ids, ground)
    await duties.add_request(tx.connection, values)
    return request_of(values)


async def own_request(connection: AsyncConnection, principal: Principal, id_: str) -> DataRequest:
    found = await duties.request(connection, principal.agency, id_)
    if found is None:
        raise NotFound
    return request_of(found._asdict())


async def request_page(
    connection: AsyncConnection, principal: Principal, before: str | None, limit: int
) -> Page[DataRequest]:
    found = await duties.requests(connection, principal.agency, before, limit)
    items = tuple(request_of(row._asdict()) for row in found)
    return Page(items=items, next=items[-1].id if len(items) == limit else None)


def request_of(values: Mapping[str, Any]) -> DataRequest:
    fields = {name: values[name] for name in DataRequest.model_fields if name not in ("ground", "outcome")}
    ground = Ground.model_validate(values["ground"])
    return DataRequest(**fields, ground=ground, outcome=ground.outcome)


def _ground(asked: NewDataRequest, spec: FeedSpec) -> Ground:
    possible = fitting(asked.right, spec.law, asked.outcome)
    if asked.ground not in possible:
        remedy = f"Choose one that fits the feed's law: {', '.join(possible) or 'there is none for this outcome'}."
        raise Invalid(errors=[FieldProblem(field="ground", code="does_not_fit", remedy=remedy)])
    return possible[asked.ground]


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


def _values(principal: Principal, asked: NewDataRequest, ids: Sequence[str], ground: Ground) -> dict[str, Any]:
    return {
        "id": new_id("req"),
        "agency": principal.agency,
        "feed": asked.feed,
        "right": asked.right,
        "record_ids": list(ids),
        "asked_by": asked.asked_by,
        "case_reference": asked.case_reference,
        "ground": ground.model_dump(mode="json"),
        "decided_by": principal.subject,
        "decided_at": utc_now(),
    }
