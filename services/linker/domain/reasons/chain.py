"""What holds a business together: its strongest links, one fewer than it has records."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from services.linker.domain.cluster import Pair
from services.linker.domain.decide import Decision, Verdict
from services.linker.domain.reasons.scene import Scene, day, evidence, in_bits

_REASONS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One link: `weight` in bits, or None where it rests on a decision."""

    a: str
    b: str
    weight: float | None
    sentence: str


def chain(scene: Scene, record_ids: Sequence[str]) -> list[Step]:
    """The links by which these records, all of one business, hang together: decisions first, then the strongest."""
    return [_step(scene, a, b) for a, b in _tree(scene, record_ids)]


def path(scene: Scene, a: str, b: str) -> list[str]:
    """The records of the chain from `a` to `b`, both of one business."""
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for x, y in _tree(scene, scene.beside(a)):
        beside[x].append(y)
        beside[y].append(x)
    return _walk(beside, a, b)


def _tree(scene: Scene, record_ids: Sequence[str]) -> Iterator[Pair]:
    """A spanning tree of greatest weight; ties by id."""
    same = {decision.pair for decision in scene.decisions if decision.verdict is Verdict.same}
    ranked = sorted(
        combinations(sorted(record_ids), 2), key=lambda pair: (pair not in same, -scene.between(*pair), pair)
    )
    group = {record_id: {record_id} for record_id in record_ids}
    for a, b in ranked:
        if group[a] is not group[b]:
            group[a] |= group[b]
            for record_id in group[b]:
                group[record_id] = group[a]
            yield a, b


def _walk(beside: Mapping[str, Sequence[str]], a: str, b: str) -> list[str]:
    came: dict[str, str] = {a: a}
    queue = deque([a])
    while b not in came:
        here = queue.popleft()
        for there in beside[here]:
            if there not in came:
                came[there] = here
                queue.append(there)
    found = [b]
    while found[-1] != a:
        found.append(came[found[-1]])
    return found[::-1]


def _step(scene: Scene, a: str, b: str) -> Step:
    x, y = scene.exhibits[a], scene.exhibits[b]
    if decision := _same(scene, a, b):
        when = f"{scene.decider(decision)} decided so on {day(decision.decided_at)}"
        return Step(a, b, None, f"{x.called} and {y.called} are one business because {when}: “{decision.reason}”.")
    return Step(a, b, scene.between(a, b), f"{x.called} and {y.called}: {link_sentence(scene, a, b)}")


def _same(scene: Scene, a: str, b: str) -> Decision | None:
    return next((decision for decision in scene.on_pair(a, b) if decision.verdict is Verdict.same), None)


def link_sentence(scene: Scene, a: str, b: str) -> str:
    """The bits between two records, what speaks most for them, and, where that is little, what speaks against."""
    found = evidence(scene.exhibits[a], scene.exhibits[b], scene.model)
    said = [f"{in_bits(found.weight)}.", *(line.sentence for line in found.strongest(_REASONS))]
    worst = found.against()
    if worst and found.weight < scene.model.clustering.upper:
        said.append(f"Against it: {worst.sentence}")
    return " ".join(said)
