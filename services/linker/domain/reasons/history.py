"""How a business came to be: its records one after another, and what people decided, as they would have been linked
day by day.

It is worked out from the records and decisions that are there now, and is no log: a record that its agency took back
has no part in it, and one that was corrected enters on the day of the correction.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.linker.domain.cluster import cluster
from services.linker.domain.decide import Decision, Verdict, in_force, rulings
from services.linker.domain.reasons.chain import link_sentence
from services.linker.domain.reasons.scene import Scene, day, listed
from services.linker.domain.reasons.verdict import decision_sentence

Group = frozenset[str]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day. `kind` is began, arrived, joined, merged, split or decided; `record_ids` are the records
    concerned, `size` is how many the business, or the largest part of it, had afterwards."""

    on: date
    kind: str
    sentence: str
    record_ids: tuple[str, ...]
    size: int
    decision_id: str | None = None


def history(scene: Scene, decisions: Sequence[Decision], members: Collection[str]) -> list[Event]:
    """What happened to the business that `members` are today, in order.

    `scene` holds its records and those it may once have been one with; `decisions` are all on them that count here,
    superseded ones and those taken back included.
    """
    replay = _Replay(scene, frozenset(members))
    arrivals = [(exhibit.received_on, 0, "", id_) for id_, exhibit in scene.exhibits.items()]
    by_id = {decision.decision_id: decision for decision in decisions}
    rulings_made = [(d.decided_at.date(), 1, d.decided_at.isoformat(), d.decision_id) for d in decisions]
    events: list[Event] = []
    for _, is_decision, _, id_ in sorted(arrivals + rulings_made):
        events.extend(replay.decide(by_id[id_]) if is_decision else replay.arrive(id_))
    return events


class _Replay:
    """The records and decisions so far, and the groups that they give."""

    def __init__(self, scene: Scene, members: Group) -> None:
        self._scene = scene
        self._feeds = scene.feeds
        self._members = members
        self._present: list[str] = []
        self._decided: list[Decision] = []
        self._groups: set[Group] = set()

    def arrive(self, record_id: str) -> Iterator[Event]:
        self._present.append(record_id)
        before, after = self._regroup()
        exhibit = self._scene.exhibits[record_id]
        group = next(group for group in after if record_id in group)
        if group & self._members:
            joined = sum(bool(old & group) for old in before)
            yield self._arrival(record_id, group, joined)
        for old in self._broken(before, after):
            yield self._split(old, exhibit.received_on, f"with {exhibit.called} known")

    def decide(self, decision: Decision) -> Iterator[Event]:
        self._decided.append(decision)
        before, after = self._regroup()
        concerned = Group(decision.pair)
        broken = [old for old in self._broken(before, after) if not concerned <= old]
        on = decision.decided_at.date()
        if concerned & self._members:
            kind, outcome = _outcome(concerned, before, after)
            sentence = decision_sentence(self._scene, decision, *self._called(decision.a, decision.b)) + outcome
            yield Event(on, kind, sentence, decision.pair, self._size(), decision.decision_id)
        for old in broken:
            yield self._split(old, on, f"after what {self._scene.decider(decision)} decided")

    def _broken(self, before: Collection[Group], after: Collection[Group]) -> list[Group]:
        """What was one business with some of today's records, and is no longer."""
        gone = [old for old in before if old & self._members and not any(old <= new for new in after)]
        return sorted(gone, key=sorted)

    def _size(self) -> int:
        """Of the group that holds the most of today's records."""
        return len(max(self._groups, key=lambda group: (len(group & self._members), sorted(group)), default=()))

    def _regroup(self) -> tuple[set[Group], set[Group]]:
        """The groups before and after what was added last."""
        before = self._groups
        ruled = rulings(in_force(self._decided), frozenset(self._present))
        feeds = {id_: self._feeds[id_] for id_ in self._present}
        clusters = cluster(feeds, self._scene.weights, self._scene.model.clustering, ruled)
        self._groups = {Group(ids) for ids in clusters}
        return before, self._groups

    def _arrival(self, record_id: str, group: Group, joined: int) -> Event:
        exhibit = self._scene.exhibits[record_id]
        came = f"On {day(exhibit.received_on)} {exhibit.called}"
        if joined:
            kind = "joined" if joined == 1 else "merged"
            verb = kind if joined == 1 else f"brought {joined} businesses together: it joined"
            partner = self._partner(record_id, group)
            sentence = f"{came} {verb} {self._scene.exhibits[partner].called}{self._because(record_id, partner)}"
        elif self._members & frozenset(self._present) == group:
            kind, sentence = "began", f"{came} came in: the business began."
        else:
            kind, sentence = "arrived", f"{came} came in, as a business of its own."
        return Event(exhibit.received_on, kind, sentence, tuple(sorted(group)), self._size())

    def _partner(self, record_id: str, group: Group) -> str:
        """The record that it hangs by: one it was decided to be the same as, else the one it shares most with."""
        others = sorted(group - {record_id})
        return max(
            others, key=lambda other: (self._ruled_same(record_id, other), self._scene.between(record_id, other))
        )

    def _ruled_same(self, a: str, b: str) -> bool:
        pair = (min(a, b), max(a, b))
        return any(d.pair == pair and d.verdict is Verdict.same for d in in_force(self._decided))

    def _because(self, record_id: str, partner: str) -> str:
        if self._ruled_same(record_id, partner):
            return ", as a person had decided."
        return f": {link_sentence(self._scene, record_id, partner)}"

    def _split(self, old: Group, on: date, cause: str) -> Event:
        """Records that had been one business were so no longer."""
        parts = sorted((sorted(old & new) for new in self._groups if old & new), key=lambda part: (-len(part), part))
        left = listed(self._called(*(id_ for part in parts[1:] for id_ in part)))
        sentence = f"On {day(on)}, {cause}, {left} no longer belonged with {listed(self._called(*parts[0]))}."
        return Event(on, "split", sentence, tuple(sorted(old)), self._size())

    def _called(self, *record_ids: str) -> tuple[str, ...]:
        return tuple(self._scene.exhibits[id_].called for id_ in record_ids)


def _outcome(concerned: Group, before: Collection[Group], after: Collection[Group]) -> tuple[str, str]:
    """(kind, what a decision on the two led to)"""
    together = [any(concerned <= group for group in groups) for groups in (before, after)]
    if together == [False, True]:
        return "merged", " So the two became one business."
    if together == [True, False]:
        return "split", " So the two went apart."
    return "decided", ""
