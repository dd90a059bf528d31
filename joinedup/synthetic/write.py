"""A partnership as a folder: each agency's export, `specs/<feed>.yaml` and `truth.csv` (feed, source_ref, business)."""

import csv
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from joinedup.synthetic.agencies import AGENCIES
from joinedup.synthetic.exports import Export
from joinedup.synthetic.partnership import Entry, Partnership


class WrittenFeed(NamedTuple):
    feed: str
    spec: Path
    data: Path


def write(partnership: Partnership, folder: Path) -> tuple[WrittenFeed, ...]:
    """Every row of the partnership, as `write_entries`."""
    return write_entries(partnership.entries(), folder)


def write_entries(entries: Iterable[Entry], folder: Path) -> tuple[WrittenFeed, ...]:
    """Writes into `folder` (made if absent; files of the same names are replaced) and says what is where.

    In a very small partnership an agency may know nobody; then it has no file.
    """
    specs = folder / "specs"
    specs.mkdir(parents=True, exist_ok=True)
    written = tuple(
        WrittenFeed(agency.feed, specs / f"{agency.feed}.yaml", folder / agency.file) for agency in AGENCIES
    )
    for agency, feed in zip(AGENCIES, written, strict=True):
        feed.spec.write_text(agency.spec_text(), encoding="utf-8")
    rows = _write_rows(entries, {feed.feed: feed.data for feed in written}, folder / "truth.csv")
    for empty in (feed for feed in written if not rows[feed.feed]):
        empty.data.unlink()
        empty.spec.unlink()
    return tuple(feed for feed in written if rows[feed.feed])


def _write_rows(entries: Iterable[Entry], data: dict[str, Path], truth_path: Path) -> Counter[str]:
    rows: Counter[str] = Counter()
    with ExitStack() as files:
        exports: dict[str, Export] = {
            agency.feed: files.enter_context(agency.export(data[agency.feed], agency.columns())) for agency in AGENCIES
        }
        truth = csv.writer(files.enter_context(truth_path.open("w", encoding="utf-8", newline="")), lineterminator="\n")
        truth.writerow(("feed", "source_ref", "business"))
        for agency, reference, row, business in entries:
            exports[agency.feed].add(row)
            rows[agency.feed] += 1
            truth.writerow((agency.feed, reference, business))
    return rows
