import pytest

from joinedup.linking import candidate_pairs, evaluate
from services.linker.domain.model import default_model
from services.linker.domain.normalise import normalise
from shared.contracts.identifiers import business_id
from tests.support.linked import link
from tests.unit.linker.build import record

MODEL = default_model()


def test_a_business_takes_its_id_from_its_smallest_record() -> None:
    same = record("Spice Hut", "9 King Street", postcode="UB1 1LS")
    linked = link([("r2", "fire", same), ("r1", "food", same), ("r3", "food", record("Vape Kingdom"))], MODEL)
    assert linked == {"r1": business_id("r1"), "r2": business_id("r1"), "r3": business_id("r3")}


def test_the_order_of_records_does_not_matter() -> None:
    records = [
        (f"r{i}", f"feed{i % 3}", record(f"Shop {i // 4}", f"{i // 4 + 1} King Street", town="Southall"))
        for i in range(24)
    ]
    assert link(records, MODEL) == link(records[::-1], MODEL)


def test_each_pair_that_shares_a_block_comes_once() -> None:
    same = normalise(record("Spice Hut", "9 King Street", postcode="UB1 1LS", phones=("07700 900123",)))
    mentions = {"c": same, "a": same, "b": same, "z": normalise(record("Vape Kingdom"))}
    assert sorted(candidate_pairs(mentions, MODEL)) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_result_equal_to_the_truth_is_perfect() -> None:
    truth = {"a": 1, "b": 1, "c": 2}
    judged = evaluate({"a": "x", "b": "x", "c": "y"}, truth)
    assert judged["pairs"]["f1"] == judged["clusters"]["f1"] == 1.0


def test_pairs_and_exact_clusters_are_counted() -> None:
    truth = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2}
    judged = evaluate({"a": "x", "b": "x", "c": "y", "d": "y", "e": "z"}, truth)
    assert judged["pairs"] == {
        "precision": 1 / 2,
        "recall": 1 / 4,
        "f1": pytest.approx(1 / 3),
        "predicted": 2,
        "true": 4,
        "correct": 1,
    }
    assert judged["clusters"]["correct"] == 0


def test_a_result_that_links_nothing_has_no_recall() -> None:
    judged = evaluate({"a": 1, "b": 2}, {"a": 1, "b": 1})
    assert (judged["pairs"]["precision"], judged["pairs"]["recall"], judged["pairs"]["f1"]) == (1.0, 0.0, 0.0)
