"""What the truth of a set says about pairs, and what counts neither way."""

from collections.abc import Callable
from itertools import combinations

import pytest

from joinedup.bench.judging import Judgement, implied_pairs, judge_clusters, judge_pairs
from joinedup.bench.labelled.truth import Businesses, Crosswalk, joined

BAKERY_AND_BAR = Businesses({"a": "bakery", "b": "bakery", "c": "bakery", "d": "bar"})


def crosswalk(excused: Callable[[str, str], bool] = lambda a, b: False) -> Crosswalk:
    """f1 and f2 are food's, l1 and l2 licences'; f1 is l1, and whether f2 is l2 nobody can say."""
    return Crosswalk(
        {"f1": "food", "f2": "food", "l1": "licence", "l2": "licence", "l3": "licence"},
        frozenset({frozenset({"food", "licence"})}),
        frozenset({("f1", "l1")}),
        frozenset({("f2", "l2")}),
        excused,
    )


def test_the_pairs_of_a_partition_are_those_of_one_business() -> None:
    assert set(BAKERY_AND_BAR.true_pairs()) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert BAKERY_AND_BAR.true_count() == 3


def test_a_cluster_is_judged_by_every_pair_that_it_implies() -> None:
    judged = judge_clusters([("a", "b", "d"), ("c",)], BAKERY_AND_BAR)

    assert judged == Judgement(predicted=3, true=3, correct=1)
    assert judged.scores()["precision"] == pytest.approx(1 / 3)
    assert judged.scores()["recall"] == pytest.approx(1 / 3)
    assert judged.scores()["f1"] == pytest.approx(1 / 3)


def test_a_record_whose_business_nobody_knows_counts_neither_way() -> None:
    assert BAKERY_AND_BAR.verdict("a", "stranger") is None
    assert judge_clusters([("a", "b", "stranger")], BAKERY_AND_BAR) == Judgement(1, 3, 1)
    assert judge_pairs([("a", "b"), ("a", "stranger")], BAKERY_AND_BAR) == Judgement(1, 3, 1)


def test_finding_nothing_is_precise_and_finds_nothing() -> None:
    scores = judge_clusters([("a",), ("b",)], BAKERY_AND_BAR).scores()

    assert (scores["precision"], scores["recall"], scores["f1"]) == (1.0, 0.0, 0.0)


def test_counting_by_groups_equals_counting_pair_by_pair() -> None:
    records = "abcd"
    for size in range(1, 4):
        for group in combinations(records, size):
            other = [id_ for id_ in records if id_ not in group]
            pairs = [(one, two) for one in group for two in other]
            judged = judge_pairs(pairs, BAKERY_AND_BAR)
            assert BAKERY_AND_BAR.across(group, other) == (judged.predicted, judged.correct)
            assert BAKERY_AND_BAR.implied([group]) == (
                (judged := judge_pairs(implied_pairs([group]), BAKERY_AND_BAR)).predicted,
                judged.correct,
            )


def test_a_crosswalk_judges_pairs_between_its_feeds_alone() -> None:
    truth = crosswalk()

    assert truth.verdict("f1", "l1") is True
    assert truth.verdict("l1", "f1") is True
    assert truth.verdict("f1", "l3") is False
    assert truth.verdict("f1", "f2") is None
    assert truth.verdict("l1", "l2") is None


def test_an_uncertain_pair_and_an_excused_one_count_neither_way() -> None:
    truth = crosswalk(excused=lambda a, b: (a, b) == ("f1", "l2"))

    assert truth.verdict("f2", "l2") is None
    assert truth.verdict("f1", "l2") is None
    assert truth.implied([("f1", "f2", "l1", "l2", "l3")]) == (4, 1)
    assert truth.across(("f1", "l1"), ("l2", "l3")) == (1, 0)


def test_pairs_that_meet_in_a_record_are_one_business() -> None:
    business = joined([("a", "b"), ("b", "c"), ("x", "y")])

    assert business["a"] == business["b"] == business["c"] != business["x"] == business["y"]
