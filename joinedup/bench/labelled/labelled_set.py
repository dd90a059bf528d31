"""What every labelled set is, wherever it comes from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from joinedup.bench.labelled.slices import Slice
from joinedup.bench.labelled.truth import Truth
from joinedup.feeds import FeedFile
from shared.contracts.record import Record

Labelled = tuple[str, str, Record]  # record id, feed, record
Key = tuple[str, str]  # feed, source reference


class Absent(Exception):
    """A set's files are not there; the message says how to get them."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """`records` can be read again and again, and need not fit in memory. `keys`: record id → feed and reference.

    `write`: for a set too big to hold, writes its files into a folder. Such a set has no slices. `understood`: how
    files that nobody described were read, a line each.
    """

    name: str
    records: Callable[[], Iterator[Labelled]]
    truth: Truth
    keys: Mapping[str, Key]
    slices: tuple[Slice, ...] = ()
    rejected: int = 0
    understood: tuple[str, ...] = ()
    write: Callable[[Path], Sequence[FeedFile]] | None = None
