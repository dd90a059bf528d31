"""Going over from one model to another: page by page in the background, and then at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.switching import Phase, Standing, Switch, Unswitchable, changed_over, switched
from services.linker.domain.views import Policies
from services.linker.handlers.filling import standing_views
from services.linker.handlers.learn import Linked, link, unlink
from services.linker.handlers.restate import differing, restate
from services.linker.handlers.shelf import Shelf, standing
from services.linker.handlers.standing_view import StandingView
from services.linker.store import findings, graph, holdings, models
from shared.runtime.db import Database
from shared.runtime.session import Session

_PAGE = 100  # a page holds the graph's lock, and records are waiting


def switch(session: Session, version: str) -> Standing:
    """Begin to go over to a published model. Raises Unswitchable, which says why it cannot be."""
    graph.lock(session)
    if models.body(session, version) is None:
        raise Unswitchable(f"Model {version} is not published here.")
    before = standing(session)
    now = switched(before, version)
    if now != before:
        models.forget_moved(session)
        models.put_standing(session, now)
    return now


async def advance(database: Database, shelf: Shelf, today: date) -> bool:
    """One step of a switch that is under way; whether there may be another to do now."""
    return await database.run(lambda session: _step(session, shelf, today))


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a step works with."""

    session: Session
    standing: Standing
    policies: Policies
    switch: Switch
    audiences: Sequence[StandingView]
    today: date

    def goes_on(self, **changes: Any) -> None:
        models.put_standing(self.session, replace(self.standing, **changes))


def _step(session: Session, shelf: Shelf, today: date) -> bool:
    """It waits while views are being worked out, or the graph rebuilt: there is nothing yet to compare with."""
    graph.lock(session)
    now, policies, rows = standing(session), shelf.policies(session), holdings.audiences(session)
    if policies.switch is None or any(row.rebuilding or row.filled_to is not None for row in rows):
        return False
    stage = _Stage(session, now, policies, policies.switch, standing_views(rows), today)
    _STEPS[policies.switch.phase](stage)
    return True


def _relink_page(stage: _Stage) -> None:
    held = models.held_after(stage.session, stage.standing.position, _PAGE)
    if held:
        link(stage.session, _mentions(held), stage.switch.other)
        stage.goes_on(position=held[-1].no)
    else:
        stage.goes_on(phase=Phase.comparing, position=0)


def _compare_page(stage: _Stage) -> None:
    """What is worked out again meanwhile, for whatever reason, is noted by `restate` as if it differed."""
    page = holdings.records_after(
        stage.session, [holdings.audience_number(view.id) for view in stage.audiences], stage.standing.position, _PAGE
    )
    if page:
        then = Policies(stage.switch.other, stage.policies.risk)
        models.put_moved(stage.session, differing(stage.session, page, stage.audiences, then, stage.today))
        stage.goes_on(position=page[-1])
    else:
        _change_over(stage)


def _change_over(stage: _Stage) -> None:
    """All at once: what differs is told, and the other model is in force."""
    seeds = models.moved_records(stage.session)
    models.forget_moved(stage.session)
    models.put_standing(stage.session, changed_over(stage.standing))
    then = Policies(stage.switch.other, stage.policies.risk)
    findings.note(stage.session, restate(stage.session, seeds, stage.audiences, then, stage.today, {}))


def _clear_page(stage: _Stage) -> None:
    held = models.held_after(stage.session, stage.standing.position, _PAGE)
    if held:
        old = stage.switch.other
        unlink(stage.session, held, old)
        if _hubs_differ(old, stage.policies.model):
            findings.note(stage.session, [row.no for row in held])
        stage.goes_on(position=held[-1].no)
    else:
        models.put_standing(stage.session, Standing(stage.standing.in_force))


_STEPS = {Phase.relinking: _relink_page, Phase.comparing: _compare_page, Phase.clearing: _clear_page}


def _hubs_differ(one: Model, other: Model) -> bool:
    """Whether what businesses share may count otherwise; digests say nothing of each other."""
    return one.hubs != other.hubs or bool(one.hub_digests or other.hub_digests)


def _mentions(rows: Collection[Any]) -> Mapping[int, Linked]:
    return {row.no: Linked(row.record_id, row.feed, Mention.from_json(row.features)) for row in rows}
