"""Keeping audiences those that the sharing rules give today, and risks those of today.

A view that appears begins as a copy of the one that is nearest; what they differ in is worked out from the stored
pairs, page by page, in silence; then the agencies that see it are told how it differs from what they saw. One that
nobody sees any more stays as it was until that is done, and is cleared away. Every page survives a crash: the store
knows how far each of these has come.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.linker.handlers.filling import fill, standing_views
from services.linker.handlers.findings import Detective, find_due, forget_all
from services.linker.handlers.moving import tell_page
from services.linker.handlers.restate import restate
from services.linker.handlers.shelf import Shelf
from services.linker.store import findings, graph, holdings, moves
from services.linker.store.copying import copy, copy_findings
from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.sharing import Partnership, View, views

_PAGE = 500
_CLEARED = 2000


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
