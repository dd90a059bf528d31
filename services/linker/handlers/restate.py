"""Working out again what audiences are shown around some records, storing it, and telling what changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.linker.domain.views import Policies, Sighting, Views
from services.linker.handlers.telling import Telling
from services.linker.store import graph, holdings
from services.linker.store.holdings import Holding
from shared.contracts.record import Observation, ObservationKind
from shared.runtime.db import Tx
from shared.sharing import View


async def restate(
    tx: Tx,
    seeds: Collection[str],
    audiences: Sequence[View],
    policies: Policies,
    today: date,
    traces: Mapping[str, str | None],
) -> None:
    """Only businesses near `seeds` are looked at, so the cost does not grow with the graph."""
    if not seeds or not audiences:
        return
    reached, before = await _affected(tx, seeds, [view.id for view in audiences])
    sightings = {row.record_id: _sighting(row) for row in await graph.sightings(tx, reached)}
    views = Views(sightings, await graph.weights(tx, reached), policies, today)
    after = {view.id: {shown.business_id: shown for shown in views.businesses(view.visible)} for view in audiences}
    fresh = {id_ for view in audiences for id_ in after[view.id].keys() - before[view.id].businesses.keys()}
    stopped = await holdings.retired_sequences(tx, before, fresh) if fresh else {}
    tellings = [Telling(view, before[view.id], after[view.id], stopped, traces) for view in audiences]
    for telling in tellings:
        telling.publish(tx, today)
    await _store(tx, tellings)


async def _affected(
    tx: Tx, seeds: Collection[str], audience_ids: Collection[str]
) -> tuple[set[str], dict[str, Holding]]:
    """Records whose businesses may differ now, and what audiences were shown of them; closed under both."""
    reached = await graph.reach(tx, seeds)
    asked = reached | set(seeds)
    while True:
        before = await holdings.holdings(tx, audience_ids, asked)
        wider = {id_ for held in before.values() for records in held.records.values() for id_ in records} - asked
        if not wider:
            return reached, before
        reached |= await graph.reach(tx, wider)
        asked |= reached | wider


async def _store(tx: Tx, tellings: Sequence[Telling]) -> None:
    taken, moved = zip(*(telling.members() for telling in tellings), strict=True)
    await holdings.retire(tx, [row for telling in tellings for row in telling.retired])
    await holdings.put_businesses(tx, [row for telling in tellings for row in telling.changed])
    await holdings.take_members(tx, [key for keys in taken for key in keys])
    await holdings.put_members(tx, [row for rows in moved for row in rows])


def _sighting(row: Row[Any]) -> Sighting:
    observation = Observation.model_construct(
        kind=ObservationKind(row.kind),
        severity=row.severity,
        native_rating=row.native_rating,
        observed_on=row.observed_on,
        closed_on=row.closed_on,
    )
    return Sighting(
        row.record_id,
        row.feed,
        row.agency,
        row.regime,
        row.category,
        row.received_on,
        row.name,
        row.area,
        row.search,
        observation,
    )
