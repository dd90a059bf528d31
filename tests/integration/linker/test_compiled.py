"""What mypyc makes of linking gives what its sources give, to the last bit."""

import csv
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from multiprocessing import get_context
from os import environ
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joinedup.bench.arrivals import Arrivals, delivered
from joinedup.bulk.hold import hold
from joinedup.bulk.linkage import link_files
from joinedup.bulk.pairs import candidate_pairs
from joinedup.bulk.rows import Rows, read_portion, rows_of
from joinedup.feeds import feed_file
from joinedup.synthetic import generate, write
from services.ingest.domain.readers import Row
from services.linker.domain.model import shipped_model
from shared.runtime import clock, native
from tests.support import bulk_work, live_work
from tests.support.processes import ROOT


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("exports")
    return [f"{feed.spec}={feed.data}" for feed in write(generate(11, businesses=700, records=1400), folder)]


@pytest.fixture(scope="module")
def portions(feeds: list[str]) -> list[Rows]:
    return list(rows_of(map(feed_file, feeds), shipped_model(), clock.utc_now(), for_store=True))


@pytest.fixture(scope="module")
def other(compiled: Path) -> Iterator[Executor]:
    """Another process, which takes what is compiled; this one does not."""
    assert not native.in_use()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=native.use) as process:
        yield process


def test_every_module_that_was_compiled_is_taken_so_and_none_of_them_here(other: Executor, compiled: Path) -> None:
    files = {file.name.removesuffix(native.SUFFIX) for file in compiled.iterdir()}
    assert other.submit(bulk_work.compiled, files).result() == files
    assert {"services.linker.domain.score", "services.ingest.domain.mapping"} < files
    assert not native.use(), "they are loaded as Python here, and the two do not mix"
    assert bulk_work.compiled() == set()


def test_rows_of_every_feed_are_read_equally(other: Executor, feeds: list[str]) -> None:
    for feed in feeds:
        rows = bulk_work.read_from(feed, [])
        assert all(isinstance(row, Row) for row in rows)
        assert other.submit(bulk_work.read_from, feed, []).result() == rows, feed


_BYTES = st.sampled_from(b"\"'<>&,;:[]{}\t\n\r\0\\/0aZ\x80\xc3\xff")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_files_with_any_bytes_in_them_are_read_and_refused_equally(
    other: Executor, feeds: list[str], data: st.DataObject
) -> None:
    feed = data.draw(st.sampled_from(feeds))
    damage = data.draw(st.lists(st.tuples(st.integers(0, 1 << 30), _BYTES), min_size=1, max_size=6))
    assert other.submit(bulk_work.read_from, feed, damage).result() == bulk_work.read_from(feed, damage)


def test_portions_of_every_feed_are_equal(other: Executor, portions: list[Rows]) -> None:
    for rows, made in zip(portions, other.map(bulk_work.made_of, portions), strict=True):
        assert made == bulk_work.made_of(rows), rows.spec.id


def test_pairs_score_the_same_to_the_last_bit(other: Executor, portions: list[Rows], tmp_path: Path) -> None:
    read = [read_portion(rows) for rows in portions]
    features = list(chain.from_iterable(portion.features for portion in read))
    held = hold(iter(read), tmp_path / "features", None)
    assert len(held.ids) == len(features)
    met = candidate_pairs(held.shared, held.held, held.sought).tolist()
    apart = [[i, (i * 37 + 5) % len(features)] for i in range(len(features))]
    pairs = [(features[a], features[b]) for a, b in met + apart]
    scores = other.submit(bulk_work.scores, pairs).result()
    assert scores == bulk_work.scores(pairs)
    assert len(set(scores)) > 100


def test_the_bearers_of_traits_are_the_same(other: Executor, portions: list[Rows]) -> None:
    features = list(chain.from_iterable(read_portion(rows).features for rows in portions))
    bearers = other.submit(bulk_work.bearers, features).result()
    assert bearers == bulk_work.bearers(features)
    assert any(bearers)


_WORDS = st.sampled_from(
    ["Ltd", "t/a", "The", "c/o", "Flat 2b", "12-14", "1st Floor", "High St", "Rd", "W13 8QS", "UB1", "020 8579 1234"]
) | st.sampled_from("&'İßﬁŁ𝟙٣½،\N{COMBINING ACUTE ACCENT}\N{ZERO WIDTH JOINER}\0")
_CELLS = st.lists(st.text(max_size=12) | _WORDS, max_size=6).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_rows_with_any_text_in_any_cell_are_equal(other: Executor, portions: list[Rows], data: st.DataObject) -> None:
    given_rows = data.draw(st.sampled_from(portions))
    row = given_rows.rows[0]
    said = data.draw(st.lists(st.dictionaries(st.sampled_from(sorted(row)), _CELLS), min_size=1, max_size=8))
    rows = replace(given_rows, rows=[row | some for some in said])
    assert other.submit(bulk_work.made_of, rows).result() == bulk_work.made_of(rows)


def test_records_that_come_one_by_one_leave_the_same_graph_and_say_the_same(other: Executor) -> None:
    messages = [delivered(row) for row in Arrivals(5, 1000, 700).singles()]
    graph = live_work.graph_of(messages)
    assert other.submit(live_work.graph_of, messages).result() == graph
    assert len(graph["business"]) > 100
    assert len(graph["pair"]) > 300
    assert len(graph["outbox"]) > 300


@pytest.mark.usefixtures("compiled")
def test_the_command_links_with_compiled_workers_as_this_process_does_without(feeds: list[str], tmp_path: Path) -> None:
    out = tmp_path / "clusters.csv"
    arguments = [*chain.from_iterable(("--feed", feed) for feed in feeds), "--out", str(out), "--processes", "2"]
    command = [executable, "-m", "joinedup", "link", *arguments]
    done = run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environ | {"PYTHONVERBOSE": "1"})
    loaded = f"extension module 'joinedup_native__mypyc' executed from '{native.BUILT}"
    assert done.stderr.count(loaded) == 2, "in the process of the command, and in the one that workers are forked from"
    with out.open(encoding="utf-8", newline="") as file:
        _, *found = csv.reader(file)
    assert list(map(tuple, found)) == link_files(list(map(feed_file, feeds)), shipped_model(), 1).businesses
