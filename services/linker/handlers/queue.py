"""The review queue of one agency: worked out when it is asked for, so that there is nothing to keep in step.

Pairs are read from the threshold outwards, first those on which most can hang: of two businesses with live concerns
each. Reading stops as soon as no pair that is still to come could be worth more than those found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.assess import RiskPolicy
from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision, Verdict, in_force
from services.linker.domain.queue import (
    MOST_AT_STAKE,
    MOST_WITHOUT_CONCERNS,
    Side,
    at_stake,
    stake_sentence,
    uncertainty,
)
from services.linker.store import decisions
from services.linker.store.questions import Stretch, doubtful
from shared.contracts.events.linker import RiskBand

_FIRST_READ, _MOST_READ = 100, 2000  # pairs: later reads take half as many as were read before
_MOST_LOOKED_AT = 20_000
_MILLIBITS = 1000.0
_HOLDS_ALONE = 2.0  # what hangs on a pair that alone makes one business
Place = tuple[float, str, str]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Whose queue it is: an agency of an audience, and the agencies whose decisions it sees."""

    agency: str
    audience: int
    deciding: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Two records, the smaller id first, and what an answer is worth. `sides` are their businesses, None where they are
    one business that nothing but this pair makes."""

    a: str
    b: str
    value: float
    sides: tuple[Side, Side] | None

    @property
    def place(self) -> Place:
        """Sorts the most valuable first."""
        return -self.value, self.a, self.b

    def because(self, policy: RiskPolicy, titles: Mapping[str, str]) -> str:
        """Why it is asked, in a sentence. `titles` are what people call the agencies."""
        if self.sides is None:
            return "Nothing but this pair makes it one business."
        return stake_sentence(*self.sides, policy, titles)


class _Finder:
    """What is found so far: for each two businesses the question worth most."""

    def __init__(self, policy: RiskPolicy, after: Place | None) -> None:
        self._policy = policy
        self._after = after
        self._best: dict[tuple[int, int], Question] = {}

    def add(self, row: Any) -> None:
        """Two records of one business are worth asking about only where nothing else holds them together."""
        first, second = sorted((row.left_no, row.right_no))
        if first == second and row.left_size > 2:
            return
        sides = _sides(row) if first != second else None
        stake = at_stake(*sides, self._policy) if sides else _HOLDS_ALONE
        found = Question(*pair_of(row), uncertainty(row.doubt / _MILLIBITS) * stake, sides)
        best = self._best.get((first, second))
        if best is None or found.place < best.place:
            self._best[first, second] = found

    def ranked(self) -> list[Question]:
        found = sorted(self._best.values(), key=lambda question: question.place)
        return [question for question in found if self._after is None or question.place > self._after]

    def has_better(self, value: float, many: int) -> bool:
        """Whether so many are found that are worth more than `value`."""
        found = self.ranked()
        return len(found) >= many and found[many - 1].value > value


async def review_queue(
    connection: AsyncConnection,
    who: Reviewer,
    model_version: str,
    policy: RiskPolicy,
    after: Place | None,
    limit: int,
) -> list[Question]:
    """The next `limit` questions behind `after`, the most valuable first."""
    finder = _Finder(policy, after)
    for most, stretch in ((MOST_AT_STAKE, Stretch(concerned=True)), (MOST_WITHOUT_CONCERNS, Stretch(concerned=False))):
        looked_at, to_come, many = 0, most, _FIRST_READ
        while not finder.has_better(to_come, limit):
            rows = await doubtful(connection, who.audience, model_version, stretch, many)
            settled = await _settled(connection, who, rows)
            for row in rows:
                if pair_of(row) not in settled:
                    finder.add(row)
            if len(rows) < many:
                break
            last, looked_at = rows[-1], looked_at + len(rows)
            stretch = replace(stretch, after=(last.doubt, last.a, last.b))
            to_come = uncertainty(last.doubt / _MILLIBITS) * most
            many = min(max(_FIRST_READ, looked_at // 2), _MOST_READ)
            if looked_at >= _MOST_LOOKED_AT and stretch.until > last.doubt:
                stretch = replace(stretch, until=last.doubt)  # and all as doubtful as the last, whatever their numbers
    return finder.ranked()[:limit]


async def _settled(connection: AsyncConnection, who: Reviewer, rows: Iterable[Any]) -> set[Pair]:
    """The pairs on which the reviewer's agency has said something, or on which anybody's word counts already."""
    numbers = {no for row in rows for no in (row.a, row.b)}
    made = in_force(await decisions.decisions_on(connection, numbers, who.deciding))
    return {decision.pair for decision in made if _settles(decision, who.agency)}


def _settles(decision: Decision, agency: str) -> bool:
    return decision.agency == agency or decision.verdict is not Verdict.unsure


def pair_of(row: Any) -> Pair:
    """The ids of the two records, the smaller first."""
    a, b = sorted((row.record_a, row.record_b))
    return a, b


def _sides(row: Any) -> tuple[Side, Side]:
    return (
        _side(row.left_agencies, row.left_regime_count, row.left_concerns, row.left_band),
        _side(row.right_agencies, row.right_regime_count, row.right_concerns, row.right_band),
    )


def _side(agencies: str, regime_count: int, concerns: str, band: str) -> Side:
    live = orjson.loads(concerns) if regime_count else ()
    regimes = {concern["regime"]: concern["weight"] for concern in live}
    return Side(frozenset(agencies.strip("|").split("|")), regimes, RiskBand(band))
