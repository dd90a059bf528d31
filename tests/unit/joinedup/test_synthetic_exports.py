"""What `write` leaves in a folder: the agencies' own files, readable by the formats they declare, and the truth."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from joinedup.synthetic import WrittenFeed, generate, write
from services.ingest.domain.mapping import Mapped, compile_mapping
from services.ingest.domain.readers import Row, read_rows
from services.ingest.domain.spec_text import load_spec

PARTNERSHIP = generate(11, 500, 1200)
HARMLESS = {"leading_zero_lost", "postcode_malformed"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("partnership")


@pytest.fixture(scope="module")
def feeds(folder: Path) -> tuple[WrittenFeed, ...]:
    return write(PARTNERSHIP, folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def mapped_rows(feed: WrittenFeed) -> list[Mapped]:
    spec = load_spec(feed.spec.read_text(encoding="utf-8"))
    take = compile_mapping(spec)
    mapped = []
    with feed.data.open("rb") as stream:
        for row in read_rows(spec, stream):
            assert isinstance(row, Row), row
            outcome = take(row.values)
            assert isinstance(outcome, Mapped), outcome
            mapped.append(outcome)
    return mapped


def test_the_same_seed_writes_the_same_bytes(feeds: tuple[WrittenFeed, ...], folder: Path, tmp_path: Path) -> None:
    write(PARTNERSHIP, tmp_path)

    assert contents(tmp_path) == contents(folder)


def test_another_seed_writes_other_bytes(feeds: tuple[WrittenFeed, ...], folder: Path, tmp_path: Path) -> None:
    write(generate(12, 500, 1200), tmp_path)
    ours, theirs = contents(folder), contents(tmp_path)

    assert {name for name in ours if ours[name] == theirs[name]} == {name for name in ours if name.startswith("specs")}


def test_each_file_reads_by_the_format_its_specification_declares(feeds: tuple[WrittenFeed, ...]) -> None:
    read = {(feed.feed, row.source_ref): row.record for feed in feeds for row in mapped_rows(feed)}

    assert read == {(feed, reference): record for feed, reference, record, _ in PARTNERSHIP.records()}


def test_no_row_warns_of_more_than_a_careless_clerk_would_cause(feeds: tuple[WrittenFeed, ...]) -> None:
    codes = Counter(warning.code for feed in feeds for row in mapped_rows(feed) for warning in row.warnings)

    assert set(codes) <= HARMLESS


def test_the_feeds_use_every_format_that_ingest_reads(feeds: tuple[WrittenFeed, ...]) -> None:
    kinds = Counter(load_spec(feed.spec.read_text(encoding="utf-8")).format.kind for feed in feeds)

    assert kinds == {"csv": 5, "xlsx": 1, "json": 1, "ndjson": 1, "xml": 1}


def test_each_specification_declares_the_feed_it_is_named_for(feeds: tuple[WrittenFeed, ...]) -> None:
    assert [load_spec(feed.spec.read_text(encoding="utf-8")).id for feed in feeds] == [feed.feed for feed in feeds]


def test_the_truth_names_every_row_once(feeds: tuple[WrittenFeed, ...], folder: Path) -> None:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["feed"], row["source_ref"]): row["business"] for row in csv.DictReader(file)}

    assert truth == {(feed, reference): business for feed, reference, _, business in PARTNERSHIP.records()}
    assert sum(len(mapped_rows(feed)) for feed in feeds) == len(truth) == 1200


def test_the_workbook_opens_elsewhere_with_dates_as_dates_and_telephone_numbers_without_their_zero(
    feeds: tuple[WrittenFeed, ...],
) -> None:
    path = next(feed.data for feed in feeds if feed.data.suffix == ".xlsx")
    heading, *rows = openpyxl.load_workbook(path)["Visits"].iter_rows(values_only=True)
    visits = [dict(zip(heading, row, strict=False)) for row in rows]

    assert all(isinstance(visit["Date of visit"], date) for visit in visits)
    assert any(isinstance(visit["Mobile"], int) for visit in visits)


def test_an_agency_that_knows_nobody_has_no_file(tmp_path: Path) -> None:
    feeds = write(generate(1, 1, 1), tmp_path)

    assert [len(mapped_rows(feed)) for feed in feeds] == [1]
    assert set(contents(tmp_path)) == {feeds[0].data.name, f"specs/{feeds[0].spec.name}", "truth.csv"}
