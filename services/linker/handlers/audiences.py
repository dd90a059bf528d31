"""Keeping audiences those that the sharing rules give today, and risks those of today.

A view that appears begins as a copy of the one that is nearest; what they differ in is worked out from the stored
pairs, page by page, in silence; then the agencies that see it are told how it differs from what they saw. One that
nobody sees any more stays as it was until that is done, and is cleared away. Every page survives a crash: the store
knows how far each of these has come.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.linker.domain.cluster import hanging_together
from services.linker.domain.views import Policies
from services.linker.handlers.findings import Detective, find_due, forget_all
from services.linker.handlers.moving import tell_page
from services.linker.handlers.restate import restate
from services.linker.handlers.shelf import Shelf
from services.linker.handlers.standing_view import StandingView
from services.linker.store import findings, graph, holdings, moves
from services.linker.store.copying import copy, copy_findings
from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.sharing import Partnership, View, views

_PAGE = 500
_CLEARED = 2000


def standing_views(rows: Sequence[Any]) -> list[StandingView]:
    """The audiences to keep up to date, of all as stored."""
    return [_stored_view(row) for row in rows if not row.leaving]


def _stored_view(row: Any) -> StandingView:
    pairs = holdings.visible_pairs(row.visible)
    return StandingView(row.audience, tuple(row.agencies), pairs, is_new=row.fresh is not None)


async def settle(database: Database, partnership: Partnership, detective: Detective, today: date) -> bool:
    """Bring the stored audiences to those of `today`, and every risk that time has changed; whether that was done: it
    waits for a rebuild. What an earlier change of the rules left undone is done first, and risks are those of today
    before views are compared, so that no agency is told of a day's decay as if its view had changed."""
    wanted = views(partnership, today)
    is_done = False
    while not is_done and await _finish(database, detective, today):
        is_done = await database.run(lambda session: _compare(session, wanted))
    return is_done and await _finish(database, detective, today)


async def _finish(database: Database, detective: Detective, today: date) -> bool:
    """Do all that is begun; whether there was nothing in the way."""
    await fill(database, detective.shelf, today)
    while await database.run(findings.any_of_new_views) and await find_due(database, detective, today):
        pass
    while await database.run(tell_page):
        pass
    while await database.run(_clear_page):
        pass
    while await database.run(lambda session: _reassess_page(session, detective.shelf, today)):
        pass
    return await database.run(_is_settled)


async def fill(database: Database, shelf: Shelf, today: date) -> None:
    """Work out every view that is not complete."""
    while await database.run(lambda session: _fill_page(session, shelf, today)):
        pass


def _is_settled(session: Session) -> bool:
    rows = holdings.audiences(session)
    return not moves.pending(session) and not any(
        row.leaving or row.rebuilding or row.filled_to is not None for row in rows
    )


def _compare(session: Session, wanted: Sequence[View]) -> bool:
    """From here on agencies are told of what changes in their new view; whether nothing was in the way of that."""
    graph.lock(session)
    if not _is_settled(session):
        return False
    stored = {row.audience: row for row in holdings.audiences(session)}
    saw = {agency: row.no for row in stored.values() for agency in row.agencies}
    for view in wanted:
        if view.id in stored:
            holdings.change_audience(session, stored[view.id], agencies=list(view.agencies))
        else:
            _add(session, view, stored.values())
        _begin_moves(session, view, saw)
    for id_ in stored.keys() - {view.id for view in wanted}:
        holdings.change_audience(session, stored[id_], agencies=[], leaving=True)
    return True


def _add(session: Session, view: View, stored: Iterable[Any]) -> None:
    """It begins as a copy of the one that differs least, and is shown to nobody until it is worked out and searched."""
    number = holdings.audience_number(view.id)
    seen = {row.no: holdings.visible_pairs(row.visible) for row in stored}
    differences = [(view.visible ^ pairs, no) for no, pairs in seen.items()]
    missing, nearest = min(differences, key=lambda one: (len(one[0]), one[1]), default=(view.visible, moves.NOTHING))
    holdings.add_audience(session, view.id, view.agencies, _listed(view.visible), _listed(missing))
    if nearest != moves.NOTHING:
        copy(session, nearest, number)
        copy_findings(session, nearest, number)
        findings.note_again(session, number)


def _listed(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    return sorted([owner, category] for owner, category in pairs)


def _begin_moves(session: Session, view: View, saw: Mapping[str, int]) -> None:
    target = holdings.audience_number(view.id)
    came_from: dict[int, list[str]] = {}
    for agency in view.agencies:
        came_from.setdefault(saw.get(agency, moves.NOTHING), []).append(agency)
    for source, agencies in came_from.items():
        if source != target:
            moves.put_move(session, source, target, agencies)


def _fill_page(session: Session, shelf: Shelf, today: date) -> bool:
    """Work the next records into the views that are furthest behind; whether there may be more to do."""
    graph.lock(session)
    behind = [row for row in holdings.audiences(session) if row.filled_to is not None]
    if not behind or behind[0].rebuilding:
        return False
    start = min(row.filled_to for row in behind)
    rows = [row for row in behind if row.filled_to == start]
    records, policies = _next_records(session, rows, start), shelf.policies(session)
    seeds = _not_yet_seen(session, rows, records, start, policies)
    near = restate(session, seeds, standing_views(rows), policies, today, None)
    for row in rows:
        is_a_copy = row.fresh not in (None, row.visible)
        findings.note_each(session, [(near, ())] if near else [], row.no if is_a_copy else None)
        then = {"filled_to": records[-1]} if records else {"filled_to": None, "fresh": None}
        holdings.change_audience(session, row, **then)
    return True


def _next_records(session: Session, rows: Sequence[Any], start: int) -> list[int]:
    if any(row.fresh is None for row in rows):
        return holdings.records_after(session, [row.no for row in rows], start, _PAGE)
    return holdings.records_of(session, [pair for row in rows for pair in row.fresh], start, _PAGE)


def _not_yet_seen(
    session: Session, rows: Sequence[Any], records: Sequence[int], start: int, policies: Policies
) -> list[int]:
    """Without the records that hang together with one of an earlier page, and are no crowd: they were worked out with
    it."""
    model, crowd = graph.model_number(policies.model.version), policies.clustering.crowd
    reached, crowded = graph.reach(session, model, records, crowd)
    seen = {no for no in reached if no <= start}
    for row in rows:
        seen = seen if row.fresh is None else holdings.of_sources(session, row.fresh, seen)
    links = [(no, pair.b) for no, under in reached.items() for pair in under if pair.linked]
    groups = hanging_together(reached.keys() | crowded, links)
    done = {no for group in groups if len(group) <= crowd and not seen.isdisjoint(group) for no in group}
    return [no for no in records if no not in done]


def _clear_page(session: Session) -> bool:
    """Clear away some of what nobody sees any more and its agencies were told of; whether there may be more."""
    graph.lock(session)
    row = next((row for row in holdings.audiences(session) if row.leaving), None)
    if row is None or moves.pending(session):
        return False
    if not moves.clear_away(session, row.no, _CLEARED):
        forget_all(session, row)
        holdings.drop_audience(session, row)
    return True


def _reassess_page(session: Session, shelf: Shelf, today: date) -> bool:
    """Assess some of the businesses whose risk may have changed with the date; whether there may be more."""
    graph.lock(session)
    if not _is_settled(session):
        return False
    records = holdings.records_due(session, today, _PAGE)
    views_ = standing_views(holdings.audiences(session))
    findings.note(session, restate(session, records, views_, shelf.policies(session), today, None))
    return bool(records)
