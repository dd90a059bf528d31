"""Working out again what audiences are shown around some records, storing it, and telling what changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision, in_force
from services.linker.domain.switching import Phase
from services.linker.domain.views import Business, Policies, Sighting, Views
from services.linker.handlers.telling import StandingView, Telling
from services.linker.store import decisions, graph, holdings, models
from services.linker.store.holdings import Holding, audience_number
from shared.contracts.record import Observation
from shared.runtime.session import Session


def restate(
    session: Session,
    seeds: Collection[int],
    audiences: Sequence[StandingView],
    policies: Policies,
    today: date,
    changed: Mapping[str, str | None] | None,
) -> set[int]:
    """Only businesses near `seeds`, record numbers, are looked at, so the cost does not grow with the graph.

    `changed`: the records that are not as they were, by id, with the trace of what changed them. Businesses to which
    nothing happened stay as they were assessed; None to assess all of them. Gives the records around which findings may
    have changed.
    """
    if not seeds or not audiences:
        return set()
    if policies.switch and policies.switch.phase is Phase.comparing:
        models.put_moved(session, seeds)
    near, before, after = _before_and_after(session, seeds, audiences, policies, today)
    fresh = {id_ for view in audiences for id_ in after[view.id].keys() - before[view.id].businesses.keys()}
    stopped = holdings.retired_sequences(session, near.held, fresh) if fresh else {}
    tellings = [Telling(view, before[view.id], after[view.id], stopped, changed) for view in audiences]
    for telling in tellings:
        telling.publish(session, today)
    _store(session, tellings, near.numbers)
    return {*seeds, *near.numbers.values()}


def differing(
    session: Session, seeds: Collection[int], audiences: Sequence[StandingView], policies: Policies, today: date
) -> set[int]:
    """The records near `seeds` that some audience would be shown in another business under `policies` than today."""
    near, before, after = _before_and_after(session, seeds, audiences, policies, today)
    found: set[str] = set()
    for view in audiences:
        held = {tuple(records) for records in before[view.id].records.values()}
        found.update(
            id_ for records in held ^ {shown.record_ids for shown in after[view.id].values()} for id_ in records
        )
    return {near.numbers[id_] for id_ in found}


def _before_and_after(
    session: Session, seeds: Collection[int], audiences: Sequence[StandingView], policies: Policies, today: date
) -> tuple["_Near", dict[str, Holding], dict[str, dict[str, Business]]]:
    """What each audience, by its id, was shown near `seeds`, and what it is to be shown."""
    near = _near(session, seeds, [audience_number(view.id) for view in audiences], policies)
    views = Views(near.sightings, near.weights, policies, today, near.decisions)
    after = {view.id: {shown.business_id: shown for shown in views.businesses(view.visible)} for view in audiences}
    before = {view.id: near.held[audience_number(view.id)] for view in audiences}
    return near, before, after


@dataclass(frozen=True, slots=True)
class _Near:
    """Records whose businesses may differ now, with `held`: what audiences, by number, were shown of them."""

    held: dict[int, Holding]
    sightings: dict[str, Sighting]
    weights: dict[Pair, float]
    decisions: list[Decision]
    numbers: dict[str, int]


def _near(session: Session, seeds: Collection[int], audiences: Collection[int], policies: Policies) -> _Near:
    """Closed under all three: what hangs together by links now, what people set side by side, and what was one business
    before."""
    model = graph.model_number(policies.model.version)
    reached = graph.reach(session, model, seeds)
    while True:
        held, numbers = holdings.holdings(session, audiences, reached)
        decided = decisions.concerning(session, reached)
        wider = {*numbers.values(), *(no for pair in decided.values() for no in pair)} - reached.keys()
        if not wider:
            break
        reached |= graph.reach(session, model, wider)
    rows = {row.no: row for row in graph.sightings(session, reached)}
    numbers |= {row.record_id: no for no, row in rows.items()}
    ids = {no: row.record_id for no, row in rows.items()}
    pairs = (pair for under in reached.values() for pair in under if pair.a > pair.b and pair.b in ids)
    weights = {pair_of(ids[pair.a], ids[pair.b]): pair.weight for pair in pairs}
    sightings = {row.record_id: _sighting(row) for row in rows.values()}
    return _Near(held, sightings, weights, in_force(decided), numbers)


def pair_of(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _store(session: Session, tellings: Sequence[Telling], numbers: Mapping[str, int]) -> None:
    taken, moved = zip(*(telling.members(numbers) for telling in tellings), strict=True)
    ended = [key for telling in tellings for key in telling.ended]
    holdings.retire(session, ended, [row for telling in tellings for row in telling.retired])
    changed = [
        (row | {"no": numbers[records[0]]}, held) for telling in tellings for row, records, held in telling.changed
    ]
    holdings.put_businesses(session, changed)
    holdings.take_members(session, [key for keys in taken for key in keys])
    holdings.put_members(session, [row for rows in moved for row in rows])


def _sighting(row: Any) -> Sighting:
    observation = Observation(
        kind=row.kind,
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
        row.sector,
        observation,
    )
