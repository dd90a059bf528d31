"""A folder that nobody described is a set where its files show what they are, and is refused where they do not."""

from pathlib import Path

import pytest

from joinedup.bench.labelled.all_sets import all_sets
from joinedup.bench.labelled.described import described_sets, read_set
from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.labelled.truth import Businesses
from joinedup.bench.link_report import report
from joinedup.feeds import Unusable

A = "id,name,addr,city\n0,Golden Dragon,1 High St,Kerrow\n1,The Ship,9 Quay St,Kerrow\n2,Fotos,3 Mill Ln,Kerrow\n"
B = "id,name,addr,city\n0,The Ship Inn,9 Quay Street,Kerrow\n1,Dragon,1 High Street,Kerrow\n2,Zed,4 Mill Ln,Kerrow\n"


def made(folder: Path, **files: str) -> LabelledSet:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return read_set(folder)


def verdict(labelled: LabelledSet, one: tuple[str, str], other: tuple[str, str]) -> bool | None:
    ids = {key: id_ for id_, key in labelled.keys.items()}
    return labelled.truth.verdict(ids[one], ids[other])


def test_two_tables_and_labelled_pairs_of_their_keys(tmp_path: Path) -> None:
    train = "ltable_id,rtable_id,label\n0,1,1\n0,0,0\n"
    labelled = made(tmp_path, tableA=A, tableB=B, train=train, test="ltable_id,rtable_id,label\n1,0,1\n2,2,0\n")

    assert verdict(labelled, ("tablea", "0"), ("tableb", "1")) is True
    assert verdict(labelled, ("tablea", "1"), ("tableb", "0")) is True
    assert verdict(labelled, ("tablea", "0"), ("tableb", "0")) is False
    assert verdict(labelled, ("tablea", "1"), ("tableb", "2")) is None  # not listed
    assert labelled.truth.true_count() == 2


def test_matches_alone_say_that_all_other_pairs_are_two(tmp_path: Path) -> None:
    labelled = made(tmp_path, zagat=A, fodor=B, matches="zagat_id,fodor_id\n0,1\n")

    assert verdict(labelled, ("zagat", "0"), ("fodor", "1")) is True
    assert verdict(labelled, ("zagat", "1"), ("fodor", "2")) is False
    assert verdict(labelled, ("zagat", "0"), ("zagat", "1")) is None


def test_pairs_that_repeat_what_the_records_say(tmp_path: Path) -> None:
    pairs = "_id,ltable_id,rtable_id,ltable_name,rtable_name,gold\n7,0,1,Golden Dragon,Dragon,1\n8,1,2,The Ship,Zed,0\n"
    matches = (
        "_id,tableA_id,tableB_id,ltable_name,rtable_name\n0,0,1,Golden Dragon,Dragon\n1,1,0,The Ship,The Ship Inn\n"
    )
    labelled = made(tmp_path, tableA=A, tableB=B, labeled_data=pairs, a=matches, b="tableA_id,tableB_id\n0,1\n1,0\n")

    assert {feed for feed, _ in labelled.keys.values()} == {"tablea", "tableb"}
    assert verdict(labelled, ("tablea", "1"), ("tableb", "2")) is False


def test_pairs_of_one_file(tmp_path: Path) -> None:
    labelled = made(tmp_path, guide=A, pairs="id1,id2\n0,1\n")

    assert verdict(labelled, ("guide", "0"), ("guide", "1")) is True
    assert verdict(labelled, ("guide", "0"), ("guide", "2")) is False


def test_a_column_says_which_are_one_and_is_not_read_as_evidence(tmp_path: Path) -> None:
    rows = "Cluster ID;Source;Restaurant Name;Address\na;x;The Ship;9 Quay St\na;y;Ship;9 Quay St\n;y;Zed;1 Low Rd\n"
    labelled = made(tmp_path, all=rows)

    assert isinstance(labelled.truth, Businesses)
    assert labelled.truth.true_count() == 1
    assert len(labelled.truth.business) == 2  # what is empty says nothing
    assert {feed for _, feed, _ in labelled.records()} == {"x", "y"}
    assert all("Cluster" not in line.split(";")[0] for line in labelled.understood)


def test_people_are_called_by_their_names(tmp_path: Path) -> None:
    labelled = made(
        tmp_path, all="person_id,entity_id,first_name,surname,suburb\n1,a,Ann,Lee,Kerrow\n2,a,Anne,Lee,Kerrow\n"
    )

    assert sorted(record.names[0].value for *_, record in labelled.records()) == ["Ann Lee", "Anne Lee"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"guide": A}, "What says which records of guide.csv are one business"),
        ({"guide": "cluster_id,size\n1,2\n1,3\n"}, "as names or addresses are"),
        ({"guide": "cluster_id,group_id,name\n1,2,a\n1,2,b\n"}, "several columns could"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_to_add(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(Unusable, match=said) as refusal:
        made(tmp_path, **files)

    assert "set.yaml" in str(refusal.value)


def test_a_file_of_another_kind_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "guide.parquet").write_bytes(b"PAR1")

    with pytest.raises(Unusable, match="save it as CSV"):
        read_set(tmp_path)


def test_sets_are_found_in_folders_of_folders(tmp_path: Path) -> None:
    inside = tmp_path / "Structured" / "Guides"
    inside.mkdir(parents=True)
    (inside / "all.csv").write_text(A)

    assert dict(described_sets(tmp_path)) == {"Structured/Guides": inside}
    assert dict(described_sets(inside)) == {"Guides": inside}


def test_a_set_that_is_refused_does_not_stop_the_others(tmp_path: Path) -> None:
    for name, text in (("good", "cluster_id,name,addr\na,Ship,1 Low Rd\na,Ship,1 Low Rd\n"), ("bad", A)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "all.csv").write_text(text)
    lines: list[str] = []
    found = report([all_sets(tmp_path, 1)[name] for name in ("bad", "good")], [], None, lines.append)

    assert found["sets"]["good"]["clusters"]["f1"] == 1.0
    assert "all.csv read by its columns name, addr; one business: cluster_id" in found["sets"]["good"]["understood"]
    assert "What says which records" in found["absent"]["bad"]
    assert any(line.startswith("bad: ") for line in lines)
