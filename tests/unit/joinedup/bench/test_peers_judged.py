"""A peer's pairs are judged at its default and at the threshold that suits it best."""

from joinedup.bench.labelled.truth import Businesses
from joinedup.bench.peers.blocking import candidate_pairs
from joinedup.bench.peers.columns import Columns, columns
from joinedup.bench.peers.judged import judged
from shared.contracts.record import Address, Name, Person, Record

TRUTH = Businesses({"a": 1, "b": 1, "c": 1, "x": 2, "y": 2})
SOURCES = {"a": "one", "b": "two", "c": "three", "x": "one", "y": "two"}
EDGES = [("a", "b", 0.9), ("x", "y", 0.9), ("b", "c", 0.6), ("c", "x", 0.4)]


def test_the_best_threshold_is_found_with_hindsight() -> None:
    best = judged(EDGES, 0.95, TRUTH, SOURCES, None)["best"]

    assert best["clusters"]["threshold"] == 0.6
    assert best["clusters"]["f1"] == 1.0
    assert best["pairs"]["threshold"] == 0.6
    assert best["pairs"]["recall"] == 0.75  # nobody scored a with c


def test_the_default_is_what_its_users_get() -> None:
    default = judged(EDGES, 0.3, TRUTH, SOURCES, None)["default"]

    assert default["pairs"]["precision"] == 0.75
    assert default["clusters"]["predicted"] == 10
    assert default["one_per_source"]["f1"] == 1.0  # c with x would bring two records of a source together


def test_a_peer_that_clusters_for_itself_is_judged_by_its_own_clusters() -> None:
    own = {"a": "1", "b": "1", "c": "2", "x": "3", "y": "4"}

    assert judged(EDGES, 0.3, TRUTH, SOURCES, own)["default"]["clusters"]["correct"] == 1


def test_edges_of_one_score_stand_or_fall_together() -> None:
    edges = [("a", "b", 0.9), ("a", "x", 0.9)]

    assert judged(edges, 0.5, TRUTH, SOURCES, None)["best"]["pairs"]["precision"] == 0.5


def test_a_peer_that_finds_nothing_has_no_score_to_speak_of() -> None:
    assert judged([], 0.5, TRUTH, SOURCES, None)["best"]["clusters"]["f1"] == 0.0


def test_peers_get_cleaned_columns() -> None:
    record = Record(
        names=(Name(value="Jane O'Neill t/a The Ship Ltd"),),
        address=Address(lines=("Flat 2", "12A St John's Rd"), town="Perran", postcode="ZA1 2BB"),
        people=(Person(name="Mrs Jane O'Neill"),),
    )

    row = columns("r1", "food", record)

    assert (row.name, row.name2) == ("jane oneill", "the ship")
    assert (row.door, row.street) == ("2 12a", "flat st johns rd")
    assert (row.postcode, row.outward, row.owner) == ("za1 2bb", "za1", "jane oneill")


def test_a_key_with_a_blank_brings_nobody_together() -> None:
    blank = dict.fromkeys(Columns._fields, "")
    rows = [{**blank, "id": "a", "phone": "1"}, {**blank, "id": "b", "phone": "1"}, {**blank, "id": "c"}]

    assert candidate_pairs(rows, 20) == [("a", "b")]
    assert candidate_pairs(rows, 1) == []
