"""What people ask of the items that name them, and what their agency decided: done in the transaction in which it is
noted."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.api.duties import DataRequest, Disposal, Ground, Hold, ItemKind, NewDataRequest, Right
from shared.contracts.api.ingest import Page
from shared.contracts.problem import FieldProblem
from shared.duties import items, store
from shared.duties.access import hold_of
from shared.duties.destroy import Share, destroy
from shared.duties.grounds import ground_for
from shared.duties.kinds import Change, Keeper, Kind
from shared.duties.tables import DutyTables
from shared.runtime.auth import Principal
from shared.runtime.clock import timed_id, today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Invalid, NotFound
from shared.sharing import Partnership


async def decide_items(
    database: Database, tx: Tx, keeper: Keeper, principal: Principal, asked: NewDataRequest, partnership: Partnership
) -> DataRequest:
    """Note the decision and, if it is granted, do what is asked. The same request again is done once. Raises Invalid,
    NotFound and Conflict."""
    by_kind = _by_kind(keeper, asked)
    grounds = {
        kind: ground_for(asked, partnership.law_of(principal.agency, kind.category, today())) for kind in by_kind
    }
    noted = request_values(principal, asked, grounds.values())
    if not await store.add_request(database, tx, keeper.tables, noted):
        return await own_request(tx.connection, keeper.tables, principal, noted["id"])
    for kind, ids in by_kind.items():
        if await items.lock(tx.connection, kind, principal.agency, ids) != ids:
            raise NotFound
        if asked.is_granted:
            share = Share(database, tx, keeper, kind, principal.agency, ids)
            await _DO[asked.right](share, asked, hold_values(noted, grounds[kind]))
    return request_of(noted)


def _by_kind(keeper: Keeper, asked: NewDataRequest) -> dict[Kind, set[str]]:
    found: dict[ItemKind, set[str]] = {}
    for item in asked.items:
        found.setdefault(item.kind, set()).add(item.id)
    if not found.keys() <= keeper.kinds.keys():
        remedy = f"Name items of these kinds: {', '.join(sorted(keeper.kinds))}."
        raise Invalid(errors=[FieldProblem(field="items", code="kind", remedy=remedy)])
    return {keeper.kinds[name]: ids for name, ids in found.items()}


async def _erase(share: Share, _asked: NewDataRequest, held: Mapping[str, Any]) -> None:
    name = share.kind.name.value
    await store.refuse_held(share.tx.connection, share.keeper.tables, share.agency, name, share.ids)
    await destroy(share, held["request"])


async def _rectify(share: Share, asked: NewDataRequest, _held: Mapping[str, Any]) -> None:
    words, free = asked.words or {}, share.kind.free_words
    if not words or not words.keys() <= free:
        remedy = f"Say one or more of: {', '.join(sorted(free)) or 'it has no words that can be put right'}."
        raise Invalid(errors=[FieldProblem(field="words", code="unknown", remedy=remedy)])
    (id_,) = share.ids
    await items.put_right(share.tx.connection, share.kind, share.agency, id_, words)
    await share.tell(Change.rectified)


async def _hold(share: Share, _asked: NewDataRequest, held: Mapping[str, Any]) -> None:
    rows = [{**held, "kind": share.kind.name.value, "item": id_} for id_ in share.ids]
    await store.hold(share.database, share.tx, share.keeper.tables, rows)


async def _unhold(share: Share, _asked: NewDataRequest, _held: Mapping[str, Any]) -> None:
    await store.unhold(share.tx, share.keeper.tables, share.agency, share.kind.name.value, share.ids)


_DO: Mapping[Right, Callable[[Share, NewDataRequest, Mapping[str, Any]], Awaitable[None]]] = {
    Right.erasure: _erase,
    Right.rectification: _rectify,
    Right.hold: _hold,
    Right.unhold: _unhold,
}


def request_values(
    principal: Principal, asked: NewDataRequest, grounds: Iterable[Ground], record_ids: Iterable[str] = ()
) -> dict[str, Any]:
    """A row of requests."""
    by_id = {one.id: one.model_dump(mode="json") for one in grounds}
    return {
        "id": asked.request_id or timed_id("req"),
        "agency": principal.agency,
        "right": asked.right.value,
        "feed": asked.feed,
        "record_ids": list(record_ids),
        "items": [item.model_dump(mode="json") for item in asked.items],
        "asked_by": asked.asked_by.value,
        "case_reference": asked.case_reference,
        "outcome": asked.outcome.value,
        "grounds": list(by_id.values()),
        "review_on": asked.review_on,
        "decided_by": principal.subject,
        "decided_at": utc_now(),
    }


def hold_values(noted: Mapping[str, Any], ground: Ground) -> dict[str, Any]:
    """What the rows of a hold by this request have in common."""
    same = {name: noted[name] for name in ("agency", "case_reference", "review_on")}
    by = {"held_by": noted["decided_by"], "held_at": noted["decided_at"]}
    return {**same, **by, "request": noted["id"], "ground": ground.model_dump(mode="json")}


def request_of(values: Mapping[str, Any]) -> DataRequest:
    return DataRequest(**{name: values[name] for name in DataRequest.model_fields if name != "parts"})


async def own_request(connection: AsyncConnection, tables: DutyTables, principal: Principal, id_: str) -> DataRequest:
    """Raises NotFound."""
    found = await store.one(connection, tables.request, principal.agency, id_)
    if found is None:
        raise NotFound
    return request_of(found._asdict())


async def request_page(
    connection: AsyncConnection, tables: DutyTables, principal: Principal, before: str | None, limit: int
) -> Page[DataRequest]:
    rows = await store.page(connection, tables.request, principal.agency, before, limit)
    found = tuple(request_of(row._asdict()) for row in rows)
    return Page(items=found, next=found[-1].id if len(found) == limit else None)


async def disposal_page(
    connection: AsyncConnection, tables: DutyTables, principal: Principal, before: str | None, limit: int
) -> Page[Disposal]:
    rows = await store.page(connection, tables.disposal, principal.agency, before, limit)
    found = tuple(Disposal(**{name: row._mapping[name] for name in Disposal.model_fields}) for row in rows)
    return Page(items=found, next=found[-1].id if len(found) == limit else None)


async def own_holds(connection: AsyncConnection, tables: DutyTables, principal: Principal) -> tuple[Hold, ...]:
    return tuple(map(hold_of, await store.holds(connection, tables, principal.agency)))
