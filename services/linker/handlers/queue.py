"""The review queue of one agency: worked out when it is asked for, so that there is nothing to keep in step.

Pairs are read from even odds outwards. Since nothing more than MOST_AT_STAKE can hang on an answer, reading stops as
soon as no pair that is still to come could be worth more than those found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.linker.domain.assess import RiskPolicy
from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision, Verdict, in_force
from services.linker.domain.queue import MOST_AT_STAKE, Side, Stake, stake, uncertainty
from services.linker.store import decisions, questions
from shared.contracts.events.linker import RiskBand

_PAGE = 1000
_MOST_LOOKED_AT = 20_000
_MILLIBITS = 1000.0
_NOTHING_ELSE = Stake(2.0, "Nothing but this pair makes it one business.")
Place = tuple[float, str, str]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Whose queue it is: an agency of an audience, and the agencies whose decisions it sees."""

    agency: str
    audience: int
    deciding: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Two records, the smaller id first, and what an answer is worth."""

    a: str
    b: str
    value: float
    apart: bool
    stake: Stake

    @property
    def place(self) -> Place:
        """Sorts the most valuable first."""
        return -self.value, self.a, self.b


class _Finder:
    """What is found so far: for each two businesses the question worth most."""

    def __init__(self, policy: RiskPolicy) -> None:
        self._policy = policy
        self._sides: dict[int, tuple[Side, int]] = {}
        self._best: dict[frozenset[int], Question] = {}

    def unknown(self, rows: Iterable[Any]) -> set[int]:
        return {no for row in rows for no in (row.business_a, row.business_b)} - self._sides.keys()

    def learn(self, rows: Iterable[Any]) -> None:
        self._sides.update((row.no, (_side(row), row.size)) for row in rows)

    def add(self, row: Any) -> None:
        """Two records of one business are worth asking about only where nothing else holds them together."""
        (left, size), (right, _) = self._sides[row.business_a], self._sides[row.business_b]
        apart = row.business_a != row.business_b
        if not apart and size > 2:
            return
        hangs = (
            stake(left, right, self._policy) if apart else Stake(2.0, "Nothing but this pair makes it one business.")
        )
        a, b = pair_of(row)
        found = Question(a, b, uncertainty(row.doubt / _MILLIBITS) * hangs.factor, apart, hangs)
        both = frozenset((row.business_a, row.business_b))
        if both not in self._best or found.place < self._best[both].place:
            self._best[both] = found

    def ranked(self, after: Place | None) -> list[Question]:
        found = sorted(self._best.values(), key=lambda question: question.place)
        return [question for question in found if after is None or question.place > after]


async def review_queue(
    connection: AsyncConnection,
    who: Reviewer,
    model_version: str,
    policy: RiskPolicy,
    after: Place | None,
    limit: int,
) -> list[Question]:
    """The next `limit` questions behind `after`, the most valuable first."""
    finder, place, looked_at = _Finder(policy), questions.START, 0
    while True:
        rows = await questions.doubtful(connection, who.audience, model_version, place, _PAGE)
        settled = await _settled(connection, who, rows)
        finder.learn(await questions.businesses(connection, who.audience, finder.unknown(rows)))
        for row in rows:
            if pair_of(row) not in settled:
                finder.add(row)
        found = finder.ranked(after)
        looked_at += len(rows)
        if len(rows) < _PAGE or looked_at >= _MOST_LOOKED_AT:
            return found[:limit]
        place = rows[-1].doubt, rows[-1].a, rows[-1].b
        to_come = uncertainty(place[0] / _MILLIBITS) * MOST_AT_STAKE
        if len(found) >= limit and found[limit - 1].value > to_come:
            return found[:limit]


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


def _side(row: Any) -> Side:
    agencies = frozenset(part for part in row.agencies.split("|") if part)
    regimes = {concern["regime"]: concern["weight"] for concern in row.concerns}
    return Side(row.name, agencies, regimes, RiskBand(row.band))
