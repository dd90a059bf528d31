"""Linking files by the million gives what linking them in memory gives."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.bulk import pairs as bulk_pairs
from joinedup.bulk.linkage import link_files
from joinedup.bulk.pairs import candidate_pairs
from joinedup.feeds import FeedFile, find_spec, gather
from joinedup.linking import link_keys
from joinedup.synthetic import generate, write
from services.linker.domain.model import default_model, shipped_model


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> list[FeedFile]:
    folder = tmp_path_factory.mktemp("exports")
    written = write(generate(7, businesses=900, records=1800), folder)
    return [FeedFile(find_spec(str(feed.spec)), feed.data) for feed in written]


@pytest.mark.parametrize("processes", [1, 2])
def test_the_businesses_are_those_of_the_linkers_steps_in_memory(exports: list[FeedFile], processes: int) -> None:
    linked = link_files(exports, shipped_model(), processes)
    expected = link_keys(gather(exports), default_model())
    assert {(feed, ref): business for feed, ref, business in linked.businesses} == expected
    assert linked.taken.total() == len(linked.businesses) == 1800


def test_of_two_rows_with_one_reference_the_first_counts(tmp_path: Path) -> None:
    spec = find_spec("ealing-pharmacies")
    file = tmp_path / "pharmacies.csv"
    rows = [f"pharmacy:1,{name},{door} The Broadway,UB1 1AA," for door, name in enumerate(("A Chemist", "Boots"), 1)]
    file.write_text("\n".join(["test,name,text,postcode,point", *rows, rows[0].replace(":1", ":2")]) + "\n")
    linked = link_files([FeedFile(spec, file)], shipped_model(), 1)
    assert [ref for _, ref, _ in linked.businesses] == ["pharmacy:1", "pharmacy:2"]
    assert len({business for *_, business in linked.businesses}) == 1


@given(st.lists(st.sets(st.integers(0, 9), max_size=4), max_size=12))
def test_pairs_are_those_that_share_a_key_once_and_in_order(keys_of: list[set[int]]) -> None:
    keys = np.array([key for keys in keys_of for key in keys], np.int64)
    owners = np.array([i for i, keys in enumerate(keys_of) for _ in keys], np.int64)
    expected = [[i, j] for j, b in enumerate(keys_of) for i, a in enumerate(keys_of[:j]) if a & b]
    assert candidate_pairs(keys, owners).tolist() == sorted(expected)


def test_a_block_too_big_for_one_array_gives_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, owners = np.repeat(np.arange(3), 7), np.tile(np.arange(7), 3)
    whole = candidate_pairs(keys, owners).tolist()
    monkeypatch.setattr(bulk_pairs, "_AT_ONCE", 40)
    assert candidate_pairs(keys, owners).tolist() == whole
    assert len(whole) == 21
