"""How far a change reaches: the records whose businesses may differ now, for what audiences are shown of them.

That is what hangs together with what changed, by links, by what people set side by side, and by having been one
business before. A crowd (`ClusterPolicy`) is not followed to its end: whatever happens, it stays a crowd, so of it only
those records may differ that sure links hold together with what changed. But what is a crowd among all records need not
be one among those that an audience sees, so where one is met each audience is looked at by itself.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision, in_force
from services.linker.domain.views import Policies, Sighting, sure
from services.linker.handlers.telling import StandingView
from services.linker.store import decisions, graph, holdings
from services.linker.store.holdings import Holding, audience_number
from shared.contracts.record import Observation
from shared.runtime.session import Session

Compared = Mapping[int, Sequence[Any]]
"""By record, the pairs that stand under it: (a, b, weight, linked)."""


@dataclass(frozen=True, slots=True)
class Near:
    """Records whose businesses may differ now. `held`: by audience's number, what they were shown of these; `numbers`:
    of all these records, by id; `crowded`: those that hang together with a crowd of which not all is here."""

    audiences: Sequence[StandingView]
    held: dict[int, Holding]
    sightings: dict[str, Sighting]
    weights: dict[Pair, float]
    decisions: list[Decision]
    numbers: dict[str, int]
    crowded: AbstractSet[str]


def all_near(
    session: Session, seeds: Collection[int], audiences: Sequence[StandingView], policies: Policies
) -> Iterator[Near]:
    """What is near `seeds`, for all audiences at once, or for each by itself."""
    model, crowd = graph.model_number(policies.model.version), policies.clustering.crowd
    reached, crowded = graph.reach(session, model, seeds, crowd)
    while not crowded:
        held, decided, wider = _at_one_time(session, audiences, reached.keys())
        if not wider:
            rows = graph.sightings(session, reached)
            yield _near(audiences, held, decided, rows, reached, crowded)
            return
        more, crowded = graph.reach(session, model, wider, crowd)
        reached |= more
    for view in audiences:
        yield _near_in(session, (reached.keys() - crowded).union(seeds), view, _Crowds(session, policies, view.visible))


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
    crowded: AbstractSet[int],
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
        {id_ for no, id_ in ids.items() if no in crowded},
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
        self._hidden: set[int] = set()

    def near(self, changed: AbstractSet[int]) -> tuple[AbstractSet[int], AbstractSet[int]]:
        """The records that may be shown otherwise if these were changed; and those that hang together with a crowd."""
        seeds = self._seen(changed | self._linked(self._unseen(changed)))
        walked, sure_ = set[int](), set[int]()
        crowded: AbstractSet[int] = frozenset()
        next_ = set(seeds)
        while next_:
            self._read(next_)
            walked |= next_
            pairs = {no: self._pairs(no) for no in walked}
            crowded = graph.crowds(pairs, seeds, self._policy.crowd)
            sure_ = self._held(seeds, pairs)
            next_ = (self._linked(walked - crowded) | sure_) - walked
        beside = {no for no in seeds if any(pair.b in crowded for pair in self._pairs(no) if pair.linked)}
        return (walked - crowded) | sure_, crowded | beside

    def _unseen(self, numbers: AbstractSet[int]) -> set[int]:
        self._look(numbers)
        unseen = {no for no in numbers if no not in self.rows}
        self._read(unseen)
        return unseen

    def _seen(self, numbers: AbstractSet[int]) -> set[int]:
        self._look(numbers)
        return {no for no in numbers if no in self.rows}

    def _look(self, numbers: AbstractSet[int]) -> None:
        unknown = numbers - self.rows.keys() - self._hidden
        if unknown:
            rows = graph.sightings(self._session, unknown)
            self.rows |= {row.no: row for row in rows if (row.agency, row.category) in self._visible}
            self._hidden |= unknown - self.rows.keys()

    def _read(self, numbers: AbstractSet[int]) -> None:
        """Their pairs, and whom they link to."""
        missing = numbers - self.compared.keys()
        if missing:
            self.compared |= graph.compared(self._session, self._model, missing)
            self._look({pair.b for no in missing for pair in self.compared[no] if pair.linked})

    def _pairs(self, no: int) -> list[Any]:
        """Those with records that the audience sees."""
        return [pair for pair in self.compared[no] if pair.b in self.rows]

    def _linked(self, numbers: Collection[int]) -> set[int]:
        return {pair.b for no in numbers for pair in self._pairs(no) if pair.linked}

    def _held(self, seeds: Collection[int], pairs: Compared) -> set[int]:
        """What sure links hold together with `seeds`, as far as it was walked and one step on."""
        held, next_ = set(seeds), set(seeds)
        while next_:
            next_ = {pair.b for no in next_ & pairs.keys() for pair in pairs[no] if self._is_sure(pair)} - held
            held |= next_
        return held

    def _is_sure(self, pair: Any) -> bool:
        a, b = self.rows[pair.a], self.rows[pair.b]
        return bool(pair.linked) and sure(pair.weight, a.feed, b.feed, self._policy)


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
