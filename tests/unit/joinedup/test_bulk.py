"""Linking files by the million gives what linking them in memory gives."""

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinedup.bulk import linkage
from joinedup.bulk import pairs as bulk_pairs
from joinedup.bulk.linkage import link_files
from joinedup.bulk.pairs import candidate_pairs
from joinedup.bulk.rows import Keyed
from joinedup.feeds import FeedFile, find_spec, gather
from joinedup.synthetic import generate, write
from services.linker.domain.model import default_model, shipped_model
from tests.support.linked import link_keys


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> list[FeedFile]:
    folder = tmp_path_factory.mktemp("exports")
    written = write(generate(7, businesses=900, records=1800), folder)
    return [FeedFile(find_spec(str(feed.spec)), feed.data) for feed in written]


@pytest.mark.parametrize("processes", [1, 2])
def test_the_businesses_are_those_of_the_linkers_steps_in_memory(
    exports: list[FeedFile], processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linkage, "_IDS", 100)  # of each process several lots
    linked = link_files(exports, shipped_model(), processes)
    expected = link_keys(gather(exports), default_model())
    assert {(feed, ref): business for feed, ref, business in linked.businesses} == expected
    assert linked.taken.total() == len(linked.businesses) == 1800


def test_one_file_by_itself_is_linked_for_what_it_repeats(tmp_path: Path) -> None:
    spec = find_spec("ealing-pharmacies")
    file = tmp_path / "pharmacies.csv"
    names = ["".join(chr(97 + int(digit)) for digit in str(crc32(bytes([i])))) for i in range(150)]
    rows = [f"pharmacy:{i},Chemist {name},{i + 1} The Broadway,UB{i % 15} 1AA," for i, name in enumerate(names)]
    rows += [f"pharmacy:{i},{name} Health,The Broadway,UB{i % 15} 1AA," for i, name in enumerate(names, len(names))]
    file.write_text("\n".join(["test,name,text,postcode,point", *rows]) + "\n")
    linked = link_files([FeedFile(spec, file)], shipped_model(), 1)
    by_the_model = link_keys(gather([FeedFile(spec, file)]), default_model())
    assert len({business for *_, business in linked.businesses}) < 200 < len(set(by_the_model.values()))


def test_of_two_rows_with_one_reference_the_first_counts(tmp_path: Path) -> None:
    spec = find_spec("ealing-pharmacies")
    file = tmp_path / "pharmacies.csv"
    rows = [f"pharmacy:1,{name},{door} The Broadway,UB1 1AA," for door, name in enumerate(("A Chemist", "Boots"), 1)]
    file.write_text("\n".join(["test,name,text,postcode,point", *rows, rows[0].replace(":1", ":2")]) + "\n")
    linked = link_files([FeedFile(spec, file)], shipped_model(), 1)
    assert [ref for _, ref, _ in linked.businesses] == ["pharmacy:1", "pharmacy:2"]
    assert len({business for *_, business in linked.businesses}) == 1


def test_rows_that_cannot_be_read_are_rejected_as_those_are_that_cannot_be_mapped(tmp_path: Path) -> None:
    spec = find_spec("ealing-pharmacies")
    file = tmp_path / "pharmacies.csv"
    rows = ["pharmacy:1,Boots,1 The Broadway,UB1 1AA,", "pharmacy:2,two cells", ",No Reference,2 The Broadway,UB1 1AA,"]
    file.write_text("\n".join(["test,name,text,postcode,point", *rows]) + "\n")
    linked = link_files([FeedFile(spec, file)], shipped_model(), 1)
    assert (linked.taken.total(), linked.rejected.total()) == (1, 2)


_SAID = st.sampled_from(["", "o", "p", "op"])
_KEYS = st.sets(st.integers(0, 9), max_size=4)


@given(st.lists(st.tuples(_KEYS, _KEYS, _SAID), max_size=12))
def test_pairs_are_those_of_which_one_seeks_what_the_other_holds_once_and_in_order(
    records: list[tuple[set[int], set[int], str]],
) -> None:
    sides = [(_held(*record), _sought(*record)) for record in records]
    expected = [[i, j] for j in range(len(sides)) for i in range(j) if sides[i][1] & sides[j][0]]
    assert _pairs(sides) == sorted(expected)


def test_a_block_too_big_for_one_array_gives_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = [(_held({0, 1, 2}, {3}, said), _sought({0, 1, 2}, {3}, said)) for said in ("", "o", "op", "", "p", "o", "")]
    whole = _pairs(sides)
    monkeypatch.setattr(bulk_pairs, "_AT_ONCE", 10)
    assert _pairs(sides) == whole
    assert len(whole) == 21


def _held(everywhere: set[int], nowhere: set[int], said: str) -> set[int]:
    return everywhere | {100 * (1 + _CLASSES.index(said)) + key for key in nowhere}


def _sought(everywhere: set[int], nowhere: set[int], said: str) -> set[int]:
    """Keys of `nowhere` are sought of those that say nothing that this one says."""
    others = [other for other in _CLASSES if not set(said) & set(other)]
    return everywhere | {100 * (1 + _CLASSES.index(other)) + key for other in others for key in nowhere}


def _pairs(sides: list[tuple[set[int], set[int]]]) -> list[list[int]]:
    shared, held, sought = (_keyed([part(*side) for side in sides]) for part in _PARTS)
    return candidate_pairs(shared, held, sought).tolist()


_CLASSES = ["", "o", "p", "op"]
_PARTS = (set.intersection, set.difference, lambda held, sought: sought - held)


def _keyed(keys_of: list[set[int]]) -> Keyed:
    keys = np.array([key for keys in keys_of for key in keys], np.int64)
    return Keyed(keys, np.array([i for i, keys in enumerate(keys_of) for _ in keys], np.int64))
