"""A folder with a description is a labelled set: records through real mappings, truth by each of its rules."""

from pathlib import Path

import pytest

from joinedup.bench.labelled.all_sets import all_sets, by_default
from joinedup.bench.labelled.described import described_sets, read_set
from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.labelled.truth import Businesses
from joinedup.feeds import Unusable

SPEC = """
id: {feed}
title: A list
agency: {feed}
regime: food-hygiene
category: directory
format: {{kind: csv}}
mode: snapshot
retention_days: 365
expected_every_hours: 24
mapping:
  source_ref: id
  names: [{{column: name}}]
  address: {{lines: [address]}}
"""
FOOD = "id,name,address,owner_no\n1,Golden Dragon,1 High Street,7\n2,The Ship,9 Quay Street,8\n"
LICENCES = (
    "id,name,address,owner_no\n"
    "1,Golden Dragon,1 High Street,7\n"
    "2,Dragon Take Away Ltd,1 High Street,7\n"  # the same account at the same door
    "3,Golden Dragon,80 Mill Lane,7\n"  # the same account elsewhere
    "4,Golden Dragon House,1 High Street,9\n"  # an alike name at the same door
    "5,Fotos,1 High Street,9\n"  # somebody else at the same door
)
FILES = "files:\n  - {file: food.csv, spec: food.yaml}\n  - {file: licences.csv, spec: licences.yaml}\n"
PAIRS = """truth:
  pairs:
    - file: pairs.csv
      name: food x licence
      left: {feed: food, column: food}
      right: {feed: licences, column: licence}
      unsure: {column: label, values: [uncertain]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for feed, rows in (("food", FOOD), ("licences", LICENCES)):
        (tmp_path / f"{feed}.yaml").write_text(SPEC.format(feed=feed))
        (tmp_path / f"{feed}.csv").write_text(rows)
    (tmp_path / "pairs.csv").write_text("food,licence,label\n1,1,match\n2,5,uncertain\n")
    return tmp_path


def described(folder: Path, text: str) -> LabelledSet:
    (folder / "set.yaml").write_text(text)
    return read_set(folder)


def verdicts(labelled: LabelledSet, reference: str) -> dict[str, bool | None]:
    """What the truth says of the food record `reference` and each licence."""
    ids = {key: id_ for id_, key in labelled.keys.items()}
    food = ids["food", reference]
    return {number: labelled.truth.verdict(food, ids["licences", number]) for number in "12345"}


def test_records_come_through_the_feeds_own_mappings(folder: Path) -> None:
    labelled = described(folder, FILES + PAIRS)

    assert sorted((feed, record.names[0].value) for _, feed, record in labelled.records())[:2] == [
        ("food", "Golden Dragon"),
        ("food", "The Ship"),
    ]
    assert all(not record.licence_numbers for *_, record in labelled.records())


def test_a_second_licence_of_the_same_holder_or_alike_name_at_one_door_counts_neither_way(folder: Path) -> None:
    labelled = described(folder, FILES + PAIRS + "  excused: {feed: licences, columns: [owner_no]}\n")

    assert verdicts(labelled, "1") == {"1": True, "2": None, "3": False, "4": None, "5": False}
    assert verdicts(labelled, "2")["5"] is None


def test_without_an_excuse_every_other_pair_is_wrong(folder: Path) -> None:
    assert verdicts(described(folder, FILES + PAIRS), "1") == {
        "1": True, "2": False, "3": False, "4": False, "5": False,
    }  # fmt: skip


def test_a_complete_truth_judges_pairs_of_one_feed_too(folder: Path) -> None:
    labelled = described(folder, FILES + PAIRS.replace("      unsure: {column: label, values: [uncertain]}\n", "")
                         + "  complete: true\n")  # fmt: skip
    ids = {key: id_ for id_, key in labelled.keys.items()}

    assert isinstance(labelled.truth, Businesses)
    assert labelled.truth.verdict(ids["licences", "1"], ids["licences", "2"]) is False
    assert labelled.truth.true_count() == 2


def test_the_truth_may_be_a_file_of_businesses_or_a_column(folder: Path) -> None:
    (folder / "truth.csv").write_text("feed,source_ref,business\nfood,1,dragon\nlicences,1,dragon\nfood,2,ship\n")
    by_file = described(folder, FILES + "truth: {businesses: truth.csv}\n")
    by_column = described(folder, FILES.replace(".yaml}", ".yaml, business: owner_no}"))

    assert by_file.truth.true_count() == 1
    assert by_column.truth.true_count() == 7  # four records say 7, two say 9


def test_a_column_makes_several_feeds_of_one_file(folder: Path) -> None:
    labelled = described(folder, "files: [{file: food.csv, spec: food.yaml, feed: name, business: owner_no}]\n")

    assert {feed for feed, _ in labelled.keys.values()} == {"golden-dragon", "the-ship"}


def test_a_slice_holds_the_pairs_between_two_feeds(folder: Path) -> None:
    labelled = described(folder, FILES + PAIRS)
    records = {feed: (feed, record) for _, feed, record in labelled.records()}
    (part,) = [part for part in labelled.slices if part.name == "food x licence"]

    assert part.holds(records["food"], records["licences"])
    assert not part.holds(records["food"], records["food"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("files: []\n", "files"),
        (FILES, "truth"),
        (FILES + "truth: {}\n", "businesses or pairs"),
        (FILES + "truth: {businesses: none.csv}\n", "no file"),
        ("[", "not YAML"),
    ],
)
def test_what_is_wrong_with_a_description_is_named(folder: Path, text: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        described(folder, text)


def test_a_folder_is_one_set_or_holds_several(folder: Path) -> None:
    (folder / "set.yaml").write_text(FILES + PAIRS)

    assert list(described_sets(folder)) == [(folder.name, folder)]
    assert folder.name in dict(described_sets(folder.parent))


def test_a_million_records_are_linked_only_when_asked_for() -> None:
    sets = all_sets(None, seed=1)

    assert {"febrl1", "febrl2", "febrl3", "febrl4", "synthetic-8k", "synthetic-100k", "synthetic-1m"} == set(sets)
    assert "synthetic-1m" not in by_default(sets)
