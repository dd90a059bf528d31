"""Why two records are one business, or why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from statistics import mean

from services.linker.domain.decide import Conflict, Decision, Verdict, conflicts
from services.linker.domain.reasons.chain import path
from services.linker.domain.reasons.scene import Evidence, Scene, day, evidence, in_bits, listed

_SAID = {
    Verdict.same: "decided that {who} are one business",
    Verdict.different: "decided that {who} are different businesses",
    Verdict.unsure: "could not tell whether {who} are one business",
    Verdict.withdrawn: "took back what it had decided: whether {who} are one business is left to the records",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentences` say whether the two are one business, and why; the evidence is of the two alone."""

    one_business: bool
    evidence: Evidence
    sentences: tuple[str, ...]
    decisions: tuple[Decision, ...]
    conflicts: tuple[Conflict, ...]


def finding(scene: Scene, a: str, b: str) -> Finding:
    """Why the two are one business or not. `scene` holds the records of the businesses of both."""
    found = evidence(scene.exhibits[a], scene.exhibits[b], scene.model)
    homes = {scene.home[a], scene.home[b]}
    clashes = tuple(clash for clash in conflicts(scene.decisions, scene.home) if _homes(scene, clash) == homes)
    why = _together if scene.together(a, b) else _apart
    sentences = [
        *why(scene, a, b, found),
        *(decision_sentence(scene, decision) for decision in scene.on_pair(a, b)),
        *(conflict_sentence(scene, clash) for clash in clashes),
    ]
    return Finding(scene.together(a, b), found, tuple(sentences), tuple(scene.on_pair(a, b)), clashes)


def _homes(scene: Scene, clash: Conflict) -> set[str]:
    return {scene.home[clash.unheeded.a], scene.home[clash.unheeded.b]}


def decision_sentence(scene: Scene, decision: Decision, left: str = "they", right: str = "") -> str:
    """`left` and `right` are what the two records are called, unless "they" says which."""
    who = f"{left} and {right}" if right else left
    said = _SAID[decision.verdict].format(who=who)
    return f"On {day(decision.decided_at)} {scene.decider(decision)} {said}: “{decision.reason}”."


def conflict_sentence(scene: Scene, clash: Conflict) -> str:
    """What cannot be followed, and what forbids it."""
    unheeded = clash.unheeded
    pair, decider = _pair(scene, unheeded.a, unheeded.b), scene.decider(unheeded)
    others = listed(
        f"what {scene.decider(other)} decided on {day(other.decided_at)} of {_pair(scene, other.a, other.b)}"
        for other in clash.because
    )
    return f"That {pair} are one business, as {decider} decided, is not followed: it contradicts {others}."


def _pair(scene: Scene, a: str, b: str) -> str:
    return f"{scene.exhibits[a].called} and {scene.exhibits[b].called}"


def _together(scene: Scene, a: str, b: str, found: Evidence) -> Iterator[str]:
    needed = scene.model.clustering.threshold
    if any(decision.verdict is Verdict.same for decision in scene.on_pair(a, b)):
        yield f"They are one business because a person decided so; their own evidence is {in_bits(found.weight)}."
    elif found.weight >= needed:
        yield f"They are one business: {in_bits(found.weight)} of evidence, where {in_bits(needed)} are needed."
    else:
        between = [scene.exhibits[record_id].called for record_id in path(scene, a, b)[1:-1]]
        through = f" through {listed(between)}" if between else ""
        yield f"Their own evidence, {in_bits(found.weight)}, is not enough, but they hang together{through}."


def _apart(scene: Scene, a: str, b: str, found: Evidence) -> Iterator[str]:
    needed = scene.model.clustering.threshold
    if any(decision.verdict is Verdict.different for decision in scene.on_pair(a, b)):
        yield "They are two businesses because a person decided so, whatever else the records say."
    elif found.weight < needed:
        yield f"They are two businesses: {in_bits(found.weight)} of evidence, where {in_bits(needed)} are needed."
        if worst := found.against():
            yield f"What speaks most against it ({in_bits(worst.bits)}): {worst.sentence}"
    else:
        yield from _kept_apart_by_others(scene, a, b, found)


def _kept_apart_by_others(scene: Scene, a: str, b: str, found: Evidence) -> Iterator[str]:
    """The two would link by themselves, but their businesses do not."""
    alone = f"Their own evidence, {in_bits(found.weight)}, would be enough"
    pairs = [(x, y) for x, y in product(scene.beside(a), scene.beside(b))]
    ruled = [pair for pair in pairs if (min(pair), max(pair)) in scene.rulings.apart]
    if ruled:
        yield f"{alone}, but a person decided that {_pair(scene, *ruled[0])}, which belong to them, are different."
        return
    average = mean(
        max(scene.between(x, y) for x, y in product(one, other))
        for one, other in product(scene.units(a), scene.units(b))
    )
    policy = scene.model.clustering
    needed = in_bits(policy.threshold)
    if average >= policy.threshold:
        yield (
            f"{alone}, but evidence as slight as this joins more than {policy.crowd} records here, which cannot all be "
            f"one business: among so many, up to {in_bits(policy.sure)} are needed."
        )
        return
    yield (
        f"{alone}, but it is business against business that counts: the {len(pairs)} pairs of their records have "
        f"{in_bits(average)} on average, where {needed} are needed."
    )
    x, y = min(pairs, key=lambda pair: (scene.between(*pair), pair))
    worst = f"Most against it are {_pair(scene, x, y)}: {in_bits(scene.between(x, y))}."
    yield f"{worst} {_why_against(scene, x, y)}".rstrip()


def _why_against(scene: Scene, a: str, b: str) -> str:
    if not scene.compared(a, b):
        return "They share nothing by which records are looked up."
    worst = evidence(scene.exhibits[a], scene.exhibits[b], scene.model).against()
    return worst.sentence if worst else ""
