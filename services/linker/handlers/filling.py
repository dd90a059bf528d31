"""Working out what the audiences are shown whose views are not complete: those that are new, and all after a rebuild.

Page by page, a transaction each: how far each view has come is stored with it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from time import monotonic
from typing import Any

from services.linker.domain.views import Policies
from services.linker.handlers.restate import restate
from services.linker.handlers.shelf import Shelf
from services.linker.handlers.standing_view import StandingView
from services.linker.store import findings, graph, holdings
from services.linker.store.graph import Reach
from shared.runtime.db import Database
from shared.runtime.session import Session

_PAGE = 500
_PAGE_SECONDS = 0.2


def standing_views(rows: Sequence[Any]) -> list[StandingView]:
    """The audiences to keep up to date, of all as stored."""
    return [_stored_view(row) for row in rows if not row.leaving]


def _stored_view(row: Any) -> StandingView:
    pairs = holdings.visible_pairs(row.visible)
    return StandingView(row.audience, tuple(row.agencies), pairs, is_new=row.fresh is not None)


async def fill(database: Database, shelf: Shelf, today: date) -> None:
    """Work out every view that is not complete, in pages that nobody waits behind for long: after a slow one fewer
    records go into the next."""
    page, is_open = _PAGE, True
    while is_open:
        began = monotonic()
        is_open = await database.run(partial(_fill_page, shelf=shelf, today=today, page=page))
        fitting = page * _PAGE_SECONDS / (monotonic() - began)
        page = round(min(max(fitting, page / 2, _PAGE / 10), page * 2, _PAGE * 4)) or 1


def _fill_page(session: Session, shelf: Shelf, today: date, page: int) -> bool:
    """Work the next `page` records into the views that are furthest behind; whether there may be more to do."""
    graph.lock(session)
    behind = [row for row in holdings.audiences(session) if row.filled_to is not None]
    if not behind or behind[0].rebuilding:
        return False
    start = min(row.filled_to for row in behind)
    rows = [row for row in behind if row.filled_to == start]
    records, policies = _next_records(session, rows, start, page), shelf.policies(session)
    seeds, reach = _to_work_out(session, rows, records, start, policies)
    near = restate(session, seeds, standing_views(rows), policies, today, None, reach)
    _note(session, rows, near, is_done=not records)
    for row in rows:
        then = {"filled_to": records[-1]} if records else {"filled_to": None, "fresh": None}
        holdings.change_audience(session, row, **then)
    return True


def _note(session: Session, rows: Sequence[Any], near: Collection[int], is_done: bool) -> None:
    """That findings may have changed around these records; of a view that began with nothing not before it is complete,
    and then once for all of it: where there are any can be told then, and is in few places."""
    if any(row.fresh is None for row in rows):
        findings.note(session, near)
    for row in rows:
        if _began_empty(row):
            findings.note_each(session, [((), ())] if is_done else [], row.no)
        elif row.fresh is not None:
            findings.note_each(session, [(near, ())] if near else [], row.no)


def _next_records(session: Session, rows: Sequence[Any], start: int, page: int) -> list[int]:
    if any(row.fresh is None for row in rows):
        return holdings.records_after(session, [row.no for row in rows], start, page)
    return holdings.records_of(session, [pair for row in rows for pair in row.fresh], start, page)


def _to_work_out(
    session: Session, rows: Sequence[Any], records: Sequence[int], start: int, policies: Policies
) -> tuple[Collection[int], Reach | None]:
    """Without the records that were worked out with others: in views that began with nothing, whatever is shown; in
    others, what hangs together with a record of an earlier page and is no crowd. And what was read to know that."""
    if all(map(_began_empty, rows)):
        return {no for row in rows for no in _not_shown(session, row, records)}, None
    crowd = policies.clustering.crowd
    reach = graph.reach(session, graph.model_number(policies.model.version), records, crowd)
    seen = {no for no in reach.compared if no <= start}
    for row in rows:
        seen = seen if row.fresh is None else holdings.of_sources(session, row.fresh, seen)
    done = {no for group in reach.groups if len(group) <= crowd and not seen.isdisjoint(group) for no in group}
    return set(records) - done, reach


def _began_empty(row: Any) -> bool:
    return row.fresh is not None and {*map(tuple, row.fresh)} == holdings.visible_pairs(row.visible)


def _not_shown(session: Session, row: Any, records: Collection[int]) -> set[int]:
    return holdings.of_sources(session, row.fresh, records) - holdings.shown(session, row.no, records)
