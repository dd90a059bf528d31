"""What people decided about two records, and what follows from it for the businesses of one audience.

Decisions are never changed: a later one of the same agency on the same pair supersedes the one before, and taking one
back is a later one too. They speak of record ids, which come from the agencies' own references, so they outlive
retractions, corrections, re-training and rebuilds.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.linker.domain.cluster import Pair, Rulings
from shared.contracts.identifiers import derived_id
from shared.sharing import DECISIONS

_TICK = timedelta(microseconds=1)


class Verdict(StrEnum):
    same = "same"
    different = "different"
    unsure = "unsure"
    withdrawn = "withdrawn"


@dataclass(frozen=True, slots=True)
class Decision:
    """`a` is the smaller record id. Of those of one agency on one pair the latest counts."""

    decision_id: str
    a: str
    b: str
    verdict: Verdict
    agency: str
    person: str
    reason: str
    decided_at: datetime
    supersedes: str | None = None

    @property
    def pair(self) -> Pair:
        return self.a, self.b


@dataclass(frozen=True, slots=True)
class Conflict:
    """A decision that two records are the same which cannot be followed, and the decisions that forbid it."""

    unheeded: Decision
    because: tuple[Decision, ...]


def decide(
    pair: Pair, verdict: Verdict, agency: str, person: str, reason: str, now: datetime, current: Decision | None
) -> Decision:
    """What `person` decides after `current`, their agency's decision on the pair so far.

    The same again by the same person is `current` itself: the id comes from what is said, by whom and after what.
    """
    if current and (current.verdict, current.person, current.reason) == (verdict, person, reason):
        return current
    a, b = min(pair), max(pair)
    before = current.decision_id if current else None
    id_ = derived_id("dec", a, b, verdict, agency, person, reason, before or "")
    at = max(now, current.decided_at + _TICK) if current else now
    return Decision(id_, a, b, verdict, agency, person, reason, at, before)


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """The latest of each agency on each pair, newest first; those taken back left out."""
    latest: dict[tuple[str, Pair], Decision] = {}
    for decision in sorted(decisions, key=_when):
        latest[decision.agency, decision.pair] = decision
    kept = (decision for decision in latest.values() if decision.verdict is not Verdict.withdrawn)
    return sorted(kept, key=_when, reverse=True)


def _when(decision: Decision) -> tuple[datetime, str]:
    return decision.decided_at, decision.decision_id


def counted(decisions: Iterable[Decision], visible: frozenset[tuple[str, str]]) -> list[Decision]:
    """Those that an audience may see which sees these (agency, category) pairs."""
    return [decision for decision in decisions if (decision.agency, DECISIONS) in visible]


def rulings(decisions: Iterable[Decision], record_ids: Collection[str]) -> Rulings:
    """What the decisions in force, newest first, demand of a clustering of these records.

    Where "same" and "different" clash, "different" holds; among the rest the newest goes first.
    """
    among = [decision for decision in decisions if decision.a in record_ids and decision.b in record_ids]
    apart = frozenset(decision.pair for decision in among if decision.verdict is Verdict.different)
    together = dict.fromkeys(decision.pair for decision in among if decision.verdict is Verdict.same)
    return Rulings(tuple(pair for pair in together if pair not in apart), apart)


def conflicts(decisions: Sequence[Decision], home: Mapping[str, str]) -> list[Conflict]:
    """The decisions in force that are not followed. `home` is the business of each record; others do not count."""
    apart: defaultdict[frozenset[str], list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.verdict is Verdict.different and decision.a in home and decision.b in home:
            apart[_homes(decision, home)].append(decision)
    unheeded = [
        decision
        for decision in decisions
        if decision.verdict is Verdict.same
        and home.get(decision.a) != home.get(decision.b)
        and decision.a in home
        and decision.b in home
    ]
    return [Conflict(decision, tuple(apart[_homes(decision, home)])) for decision in unheeded]


def _homes(decision: Decision, home: Mapping[str, str]) -> frozenset[str]:
    return frozenset((home[decision.a], home[decision.b]))
