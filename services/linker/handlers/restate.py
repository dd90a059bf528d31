"""Working out again what audiences are shown around some records, storing it, and telling what changed."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from services.linker.domain.switching import Phase
from services.linker.domain.views import Business, Policies, Views
from services.linker.handlers.near import all_near
from services.linker.handlers.standing_view import StandingView
from services.linker.handlers.telling import Telling
from services.linker.store import holdings, models
from services.linker.store.graph import Reach
from services.linker.store.holdings import Holding, audience_number
from shared.runtime.session import Session


def restate(
    session: Session,
    seeds: Collection[int],
    audiences: Sequence[StandingView],
    policies: Policies,
    today: date,
    changed: Mapping[str, str | None] | None,
    reach: Reach | None = None,
    unheard: AbstractSet[str] = frozenset(),
) -> set[int]:
    """Only businesses near `seeds`, record numbers, are looked at, so the cost does not grow with the graph.

    `changed`: the records that are not as they were, by id, with the trace of what changed them. Businesses to which
    nothing happened stay as they were assessed; None to assess all of them. `unheard`: records that nobody can have
    been told of before. Gives the records around which findings may have changed.
    """
    if not seeds or not audiences:
        return set()
    if policies.switch and policies.switch.phase is Phase.comparing:
        models.put_moved(session, seeds)
    numbers, before, after = _before_and_after(session, seeds, audiences, policies, today, reach)
    fresh = {
        id_
        for view in audiences
        for id_, shown in after[view.id].items()
        if id_ not in before[view.id].businesses and shown.record_ids[0] not in unheard
    }
    told = [audience_number(view.id) for view in audiences]
    stopped = holdings.retired_sequences(session, told, fresh) if fresh else {}
    tellings = [Telling(view, before[view.id], after[view.id], stopped, changed) for view in audiences]
    for telling in tellings:
        telling.publish(session, today)
    _store(session, tellings, numbers)
    return {*seeds, *numbers.values()}


def differing(
    session: Session, seeds: Collection[int], audiences: Sequence[StandingView], policies: Policies, today: date
) -> set[int]:
    """The records near `seeds` that some audience would be shown in another business under `policies` than today."""
    numbers, before, after = _before_and_after(session, seeds, audiences, policies, today)
    found: set[str] = set()
    for view in audiences:
        held = {tuple(records) for records in before[view.id].records.values()}
        found.update(
            id_ for records in held ^ {shown.record_ids for shown in after[view.id].values()} for id_ in records
        )
    return {numbers[id_] for id_ in found}


def _before_and_after(
    session: Session,
    seeds: Collection[int],
    audiences: Sequence[StandingView],
    policies: Policies,
    today: date,
    reach: Reach | None = None,
) -> tuple[dict[str, int], dict[str, Holding], dict[str, dict[str, Business]]]:
    """The records near `seeds`, as numbers by id; and by audience, what it was shown of them and what it is to be."""
    numbers: dict[str, int] = {}
    before = {view.id: Holding() for view in audiences}
    after: dict[str, dict[str, Business]] = {view.id: {} for view in audiences}
    for near in all_near(session, seeds, audiences, policies, reach):
        views = Views(near.sightings, near.weights, policies, today, near.decisions, near.crowded)
        for view in near.audiences:
            after[view.id] |= {shown.business_id: shown for shown in views.businesses(view.visible)}
            before[view.id] |= near.held[audience_number(view.id)]
        numbers |= near.numbers
    return numbers, before, after


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
