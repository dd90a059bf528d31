"""What a demonstration sends: a folder of real registers, or a made-up partnership whose truth is known."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from joinedup.feeds import FeedFile, find_spec, folder_files
from joinedup.partnership import demonstration
from joinedup.synthetic import generate, write
from services.ingest.domain.readers import read_rows

Truth = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Source:
    """Feeds and how many rows each file has. `truth`: (feed, source reference) → business, where it is known."""

    files: tuple[FeedFile, ...]
    rows: dict[str, int]
    partnership: str
    truth: Truth | None = None

    @property
    def records(self) -> int:
        return sum(self.rows.values())

    @property
    def viewer(self) -> str:
        """The agency through whose eyes the result is shown."""
        return self.files[0].spec.agency


def real(folder: Path) -> Source:
    """Every register of the folder. Raises feeds.Unusable."""
    files = folder_files(folder)
    return _source(files, "registers", f"Registers of {folder.name}", None)


def made_up(folder: Path, seed: int, businesses: int, records: int) -> Source:
    """A seeded synthetic partnership, written into `folder` as the agencies' own exports."""
    written = write(generate(seed, businesses=businesses, records=records), folder)
    files = [FeedFile(find_spec(str(feed.spec)), feed.data) for feed in written]
    return _source(files, "kerrow", "Kerrow, a made-up county", read_truth(folder / "truth.csv"))


def read_truth(path: Path) -> Truth:
    """From CSV with the columns feed, source_ref, business."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["feed"], row["source_ref"]): row["business"] for row in csv.DictReader(file)}


def _source(files: Iterable[FeedFile], id_: str, title: str, truth: Truth | None) -> Source:
    files = tuple(files)
    rows = {file.spec.id: _count(file) for file in files}
    return Source(files, rows, demonstration(id_, title, (file.spec for file in files)), truth)


def _count(file: FeedFile) -> int:
    with file.path.open("rb") as stream:
        return sum(1 for _ in read_rows(file.spec, stream))
