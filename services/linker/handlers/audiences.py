"""Keeping audiences those that the sharing rules give today, and risks those of today.

A view that appears is worked out from the stored pairs, page by page; one that disappears is shown nothing, page by
page, so that each of its businesses is withdrawn. Pages survive a crash: the audience remembers how far it was filled.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.linker.domain.views import Policies
from services.linker.handlers.restate import restate
from services.linker.store import graph, holdings
from shared.contracts.events.linker import Audience, RegimeConcern, RiskBand, RiskChanged
from shared.runtime.db import Database, Tx
from shared.sharing import Partnership, View, views

_PAGE = 500


def stored_view(row: Row[Any]) -> View:
    """An audience as stored. One that is leaving is shown nothing."""
    visible = frozenset() if row.leaving else frozenset((owner, category) for owner, category in row.visible)
    return View(row.audience, tuple(row.agencies), visible)


async def settle(database: Database, partnership: Partnership, policies: Policies, today: date) -> None:
    """Bring the stored audiences to those of `today`, then every risk that time has changed."""
    async with database.transaction() as tx:
        await graph.lock(tx)
        await _compare(tx, views(partnership, today), today)
    await fill(database, policies, today)
    while await _reassess_page(database, policies, today):
        pass


async def fill(database: Database, policies: Policies, today: date) -> None:
    """Work out every view that is not complete."""
    while await _fill_page(database, policies, today):
        pass


async def _compare(tx: Tx, wanted: Sequence[View], today: date) -> None:
    stored = {row.audience: row for row in await holdings.audiences(tx)}
    for view in wanted:
        row = stored.pop(view.id, None)
        if row is None:
            visible = sorted([owner, category] for owner, category in view.visible)
            await holdings.add_audience(tx, view.id, view.agencies, visible)
            continue
        await _welcome(tx, view, set(view.agencies) - set(row.agencies), today)
        await holdings.change_audience(tx, view.id, agencies=list(view.agencies))
        if row.leaving:
            await holdings.change_audience(tx, view.id, leaving=False, filled_to="")
    for id_, row in stored.items():
        if not row.leaving:
            await holdings.change_audience(tx, id_, leaving=True, filled_to="")


async def _welcome(tx: Tx, view: View, newcomers: set[str], today: date) -> None:
    """Tell agencies that join an audience what its others know; for those, nothing has changed."""
    if not newcomers:
        return
    audience = Audience(id=view.id, agencies=tuple(sorted(newcomers)))
    for row in await holdings.businesses_with_risk(tx, view.id):
        told = RiskChanged(
            audience=audience,
            business_id=row.business_id,
            sequence=row.risk_sequence,
            name=row.name,
            area=row.area,
            as_of=today,
            band=RiskBand(row.band),
            previous_band=RiskBand.none,
            score=row.score,
            regimes=tuple(RegimeConcern.model_validate(concern) for concern in row.concerns),
        )
        tx.publish(told, subject=row.business_id)


async def _fill_page(database: Database, policies: Policies, today: date) -> bool:
    """Work the next records into the views that are furthest behind; whether there may be more to do."""
    async with database.transaction() as tx:
        await graph.lock(tx)
        behind = [row for row in await holdings.audiences(tx) if row.filled_to is not None]
        if not behind or behind[0].rebuilding:
            return False
        start = min(row.filled_to for row in behind)
        rows = [row for row in behind if row.filled_to == start]
        records = await holdings.records_after(tx, [row.audience for row in rows], start, _PAGE)
        await restate(tx, records, [stored_view(row) for row in rows], policies, today, {})
        for row in rows:
            if records or not row.leaving:
                await holdings.change_audience(tx, row.audience, filled_to=records[-1] if records else None)
            else:
                await holdings.drop_audience(tx, row.audience)
        return True


async def _reassess_page(database: Database, policies: Policies, today: date) -> bool:
    """Assess some of the businesses whose risk may have changed with the date; whether there may be more."""
    async with database.transaction() as tx:
        await graph.lock(tx)
        rows = await holdings.audiences(tx)
        if any(row.rebuilding for row in rows):
            return False
        records = await holdings.records_due(tx, today, _PAGE)
        await restate(tx, records, [stored_view(row) for row in rows], policies, today, {})
        return bool(records)
