"""Keeping audiences those that the sharing rules give today, and risks those of today.

A view that appears is worked out from the stored pairs, page by page; one that disappears is shown nothing, page by
page, so that each of its businesses is withdrawn. Pages survive a crash: the audience remembers how far it was filled.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.linker.handlers.findings import end_all
from services.linker.handlers.restate import restate
from services.linker.handlers.shelf import Shelf
from services.linker.store import findings, graph, holdings
from shared.contracts.events.linker import Audience, RegimeConcern, RiskBand, RiskChanged
from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.sharing import Partnership, View, views

_PAGE = 500


def stored_view(row: Any) -> View:
    """An audience as stored. One that is leaving is shown nothing."""
    visible = frozenset() if row.leaving else holdings.visible_pairs(row.visible)
    return View(row.audience, tuple(row.agencies), visible)


async def settle(database: Database, partnership: Partnership, shelf: Shelf, today: date) -> None:
    """Bring the stored audiences to those of `today`, then every risk that time has changed."""
    await database.run(lambda session: _compare(session, views(partnership, today), today))
    await fill(database, shelf, today)
    while await database.run(lambda session: _reassess_page(session, shelf, today)):
        pass


async def fill(database: Database, shelf: Shelf, today: date) -> None:
    """Work out every view that is not complete."""
    while await database.run(lambda session: _fill_page(session, shelf, today)):
        pass


def _compare(session: Session, wanted: Sequence[View], today: date) -> None:
    graph.lock(session)
    stored = {row.audience: row for row in holdings.audiences(session)}
    for view in wanted:
        row = stored.pop(view.id, None)
        if row is None:
            visible = sorted([owner, category] for owner, category in view.visible)
            holdings.add_audience(session, view.id, view.agencies, visible)
            continue
        _welcome(session, view, set(view.agencies) - set(row.agencies), today)
        back = {"leaving": False, "filled_to": 0} if row.leaving else {}
        holdings.change_audience(session, row, agencies=list(view.agencies), **back)
    for row in stored.values():
        if not row.leaving:
            holdings.change_audience(session, row, leaving=True, filled_to=0)


def _welcome(session: Session, view: View, newcomers: set[str], today: date) -> None:
    """Tell agencies that join an audience what its others know; for those, nothing has changed."""
    if not newcomers:
        return
    audience = Audience(id=view.id, agencies=tuple(sorted(newcomers)))
    for row in holdings.businesses_with_risk(session, holdings.audience_number(view.id)):
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
        session.publish(told, subject=row.business_id)


def _fill_page(session: Session, shelf: Shelf, today: date) -> bool:
    """Work the next records into the views that are furthest behind; whether there may be more to do."""
    graph.lock(session)
    behind = [row for row in holdings.audiences(session) if row.filled_to is not None]
    if not behind or behind[0].rebuilding:
        return False
    start = min(row.filled_to for row in behind)
    rows = [row for row in behind if row.filled_to == start]
    records = holdings.records_after(session, [row.no for row in rows], start, _PAGE)
    _restate(session, records, rows, shelf, today)
    for row in rows:
        if records or not row.leaving:
            holdings.change_audience(session, row, filled_to=records[-1] if records else None)
        else:
            end_all(session, row)
            holdings.drop_audience(session, row)
    return True


def _reassess_page(session: Session, shelf: Shelf, today: date) -> bool:
    """Assess some of the businesses whose risk may have changed with the date; whether there may be more."""
    graph.lock(session)
    rows = holdings.audiences(session)
    if any(row.rebuilding for row in rows):
        return False
    records = holdings.records_due(session, today, _PAGE)
    _restate(session, records, rows, shelf, today)
    return bool(records)


def _restate(session: Session, records: Sequence[int], rows: Sequence[Any], shelf: Shelf, today: date) -> None:
    """All businesses of these records, assessed again, for these audiences as stored."""
    views = [stored_view(row) for row in rows]
    findings.note(session, restate(session, records, views, shelf.policies(session), today, None))
