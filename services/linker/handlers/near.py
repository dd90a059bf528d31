"""How far a change reaches: the records whose businesses may differ now, for what audiences are shown of them.

That is what hangs together with what changed, by links, by what people set side by side, and by having been one
business before. A crowd (`ClusterPolicy`) is not followed to its end: whatever happens, it stays a crowd, so of it only
those records may differ that links of more bits hold together with what changed. But what is a crowd among all records
need not be one among those that an audience sees, so where one is met each audience is looked at by itself.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import inf
from typing import Any

from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision, in_force
from services.linker.domain.views import Policies, Sighting, counted_bits
from services.linker.domain.walk import Walk
from services.linker.handlers.standing_view import StandingView
from services.linker.store import decisions, graph, holdings
from services.linker.store.graph import Reach
from services.linker.store.holdings import Holding, audience_number
from shared.contracts.record import Observation
from shared.runtime.session import Session

Compared = Mapping[int, Sequence[Any]]
"""By record, the pairs that stand under it: (a, b, weight, linked)."""


@dataclass(frozen=True, slots=True)
class Near:
    """Records whose businesses may differ now. `held`: by audience's number, what they were shown of these; `numbers`:
    of all these records, by id; `crowded`: as for `cluster`."""

    audiences: Sequence[StandingView]
    held: dict[int, Holding]
    sightings: dict[str, Sighting]
    weights: dict[Pair, float]
    decisions: list[Decision]
    numbers: dict[str, int]
    crowded: Mapping[str, int]


def all_near(
    session: Session,
    seeds: Collection[int],
    audiences: Sequence[StandingView],
    policies: Policies,
    reach: Reach | None = None,
) -> Iterator[Near]:
    """What is near `seeds`: of those that have to do with no crowd for all audiences at once, of others for each by
    itself. What is near some may be near others too, and is the same then. `reach`: of these seeds and perhaps of more,
    where it is known."""
    reach = reach or _reach(session, seeds, policies)
    alone, beside_crowds = set[int](), set[int]()
    for group in reach.groups:
        if not set(group).isdisjoint(seeds):
            (alone if reach.crowded.isdisjoint(group) else beside_crowds).update(group)
    if alone:
        yield from _near_alone(session, {no: reach.compared[no] for no in alone}, audiences, policies)
    if beside_crowds:
        yield from _near_each(
            session, (beside_crowds - reach.crowded) | (beside_crowds & set(seeds)), audiences, policies
        )


def _near_alone(
    session: Session, reached: dict[int, list[Any]], audiences: Sequence[StandingView], policies: Policies
) -> Iterator[Near]:
    """What else these have to do with may be beside a crowd."""
    while True:
        held, decided, wider = _at_one_time(session, audiences, reached.keys())
        if not wider:
            yield _near(audiences, held, decided, graph.sightings(session, reached), reached, {})
            return
        more = _reach(session, wider, policies)
        if more.crowded:
            met = more.compared.keys() - more.crowded
            yield from _near_each(session, reached.keys() | met | wider, audiences, policies)
            return
        reached |= more.compared


def _near_each(
    session: Session, seeds: AbstractSet[int], audiences: Sequence[StandingView], policies: Policies
) -> Iterator[Near]:
    return (_near_in(session, set(seeds), view, _Crowds(session, policies, view.visible)) for view in audiences)


def _reach(session: Session, seeds: Collection[int], policies: Policies) -> Reach:
    return graph.reach(session, graph.model_number(policies.model.version), seeds, policies.clustering.crowd)


def _near_in(session: Session, seeds: AbstractSet[int], view: StandingView, crowds: "_Crowds") -> Near:
    wider = seeds
    while wider:
        seeds |= wider
        shown, crowded = crowds.near(seeds)
        held, decided, more = _at_one_time(session, [view], shown | seeds)
        wider = more - seeds
    rows = [crowds.rows[no] for no in shown]
    return _near([view], held, decided, rows, crowds.compared, crowded)


_Decided = Mapping[Decision, tuple[int, int]]


def _at_one_time(
    session: Session, audiences: Sequence[StandingView], records: AbstractSet[int]
) -> tuple[tuple[dict[int, Holding], dict[str, int]], _Decided, AbstractSet[int]]:
    """What was shown of these records, what was decided on them, and the records that are concerned besides."""
    held, numbers = holdings.holdings(session, [audience_number(view.id) for view in audiences], records)
    decided = decisions.concerning(session, records)
    wider = {*numbers.values(), *(no for pair in decided.values() for no in pair)} - records
    return (held, numbers), decided, wider


def _near(
    audiences: Sequence[StandingView],
    shown: tuple[dict[int, Holding], dict[str, int]],
    decided: _Decided,
    rows: Sequence[Any],
    compared: Compared,
    crowded: Mapping[int, int],
) -> Near:
    held, numbers = shown
    ids = {row.no: row.record_id for row in rows}
    pairs = (pair for no in ids for pair in compared[no] if pair.a > pair.b and pair.b in ids)
    return Near(
        audiences,
        held,
        {row.record_id: _sighting(row) for row in rows},
        {pair_of(ids[pair.a], ids[pair.b]): pair.weight for pair in pairs},
        in_force(decided),
        numbers | {id_: no for no, id_ in ids.items()},
        {id_: crowded[no] for no, id_ in ids.items() if no in crowded},
    )


class _Crowds:
    """The records that one audience sees, as far as they have been read."""

    def __init__(self, session: Session, policies: Policies, visible: AbstractSet[tuple[str, str]]) -> None:
        self._session = session
        self._model = graph.model_number(policies.model.version)
        self._policy = policies.clustering
        self._visible = visible
        self.rows: dict[int, Any] = {}
        self.compared: dict[int, list[Any]] = {}
        self._hidden: dict[int, str] = {}  # with the feed, if there is such a record

    def near(self, changed: AbstractSet[int]) -> tuple[AbstractSet[int], Mapping[int, int]]:
        """The records that may be shown otherwise if these were changed; and by how many of the policy's marks which
        of them are of a crowd of which there are more."""
        seeds = self._seen(changed | self._linked(self._unseen(changed), self._policy.threshold))
        shown, by_marks = set(seeds), dict[int, int]()
        for place, mark in enumerate(self._policy.marks):
            may_be_crowd = place + 1 < len(self._policy.marks)
            walked, crowded = self._walk(seeds, mark, self._policy.crowd if may_be_crowd else None)
            shown |= walked - crowded
            by_marks |= dict.fromkeys(crowded, place + 1)
            by_marks |= {no: place + 1 for no in seeds if not crowded.isdisjoint(self._linked([no], mark))}
            if not crowded:
                break
        return shown, by_marks

    def _walk(self, seeds: AbstractSet[int], mark: float, crowd: int | None) -> tuple[set[int], AbstractSet[int]]:
        """What hangs together with the seeds by links of so many bits; and of that the crowds, as far as walked."""
        walk, walked = Walk(seeds, inf if crowd is None else crowd), set[int]()
        while next_ := walk.next():
            self._read(next_)
            walked |= next_
            walk.take((no, self._linked([no], mark)) for no in next_)
        return walked, walk.crowded

    def _unseen(self, numbers: AbstractSet[int]) -> set[int]:
        self._look(numbers)
        unseen = {no for no in numbers if no not in self.rows}
        self._read(unseen)
        return unseen

    def _seen(self, numbers: AbstractSet[int]) -> set[int]:
        self._look(numbers)
        return {no for no in numbers if no in self.rows}

    def _look(self, numbers: AbstractSet[int]) -> None:
        unknown = numbers - self.rows.keys() - self._hidden.keys()
        if unknown:
            rows = {row.no: row for row in graph.sightings(self._session, unknown)}
            seen = {no: row for no, row in rows.items() if (row.agency, row.category) in self._visible}
            self.rows |= seen
            self._hidden |= {no: rows[no].feed if no in rows else "" for no in unknown - seen.keys()}

    def _read(self, numbers: AbstractSet[int]) -> None:
        """Their pairs, and whom they link to."""
        missing = numbers - self.compared.keys()
        if missing:
            self.compared |= graph.compared(self._session, self._model, missing)
            self._look({pair.b for no in missing for pair in self.compared[no] if pair.linked})

    def _linked(self, numbers: Collection[int], mark: float) -> set[int]:
        """The records that the audience sees and that one of these links to, by so many bits."""
        pairs = (pair for no in numbers for pair in self.compared[no] if pair.linked and pair.b in self.rows)
        return {pair.b for pair in pairs if self._bits(pair) >= mark}

    def _bits(self, pair: Any) -> float:
        a = self.rows[pair.a].feed if pair.a in self.rows else self._hidden[pair.a]
        b = self.rows[pair.b].feed
        return counted_bits(pair.weight, a, b, self._policy)


def pair_of(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


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
