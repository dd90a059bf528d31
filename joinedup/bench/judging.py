"""Precision, recall and F1 of a linker's answer against the truth of a set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

from joinedup.bench.labelled.slices import Slice
from joinedup.bench.labelled.truth import Pair, Truth
from shared.contracts.record import Record

Clusters = Sequence[Sequence[str]]
Scores = dict[str, float]

DEFINITIONS = {
    "pairs": "Pairs of records whose own score reaches the linker's threshold.",
    "clusters": "Pairs of records that the final clusters imply.",
    "precision": "Of the pairs found about which the truth says something, the share that are one business.",
    "recall": "Of the pairs that are one business, the share that were found.",
    "slices": "The same over the pairs of each kind alone.",
    "completeness": "Of the pairs that are one business, the share that were compared at all.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Counts of pairs, without those about which the truth says nothing."""

    predicted: int
    true: int
    correct: int

    def scores(self) -> Scores:
        precision = self.correct / self.predicted if self.predicted else 1.0
        recall = self.correct / self.true if self.true else 1.0
        f1 = 2 * self.correct / (self.predicted + self.true) if self.correct else 0.0
        return {"precision": precision, "recall": recall, "f1": f1, **asdict(self)}


def judge_clusters(clusters: Clusters, truth: Truth) -> Judgement:
    predicted, correct = truth.implied(clusters)
    return Judgement(predicted, truth.true_count(), correct)


def judge_pairs(pairs: Iterable[Pair], truth: Truth) -> Judgement:
    predicted = correct = 0
    for a, b in pairs:
        verdict = truth.verdict(a, b)
        predicted += verdict is not None
        correct += verdict is True
    return Judgement(predicted, truth.true_count(), correct)


def implied_pairs(clusters: Clusters) -> set[Pair]:
    return {(min(pair), max(pair)) for members in clusters for pair in combinations(members, 2)}


def judge_slices(
    slices: Iterable[Slice], found: Mapping[str, set[Pair]], truth: Truth, records: Mapping[str, tuple[str, Record]]
) -> dict[str, dict[str, Scores]]:
    """Slice → kind of finding (`pairs`, `clusters`) → scores. `records`: id → feed and record."""
    true = list(truth.true_pairs())

    def within(part: Slice, pairs: Iterable[Pair]) -> set[Pair]:
        return {(a, b) for a, b in pairs if a in records and b in records and part.holds(records[a], records[b])}

    judged: dict[str, dict[str, Scores]] = {}
    for part in slices:
        wanted = len(within(part, true))
        kinds = {kind: judge_pairs(within(part, pairs), truth) for kind, pairs in found.items()}
        judged[part.name] = {
            kind: Judgement(counted.predicted, wanted, counted.correct).scores() for kind, counted in kinds.items()
        }
    return judged
