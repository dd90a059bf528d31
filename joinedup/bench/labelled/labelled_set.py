"""What every labelled set is, wherever it comes from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from joinedup.bench.labelled.slices import Slice
from joinedup.bench.labelled.truth import Truth
from shared.contracts.record import Record

Labelled = tuple[str, str, Record]  # record id, feed, record
Key = tuple[str, str]  # feed, source reference


class Absent(Exception):
    """A set's files are not there; the message says how to get them."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """`records` can be read again and again, and need not fit in memory. `keys`: record id → feed and reference."""

    name: str
    records: Callable[[], Iterator[Labelled]]
    truth: Truth
    keys: Mapping[str, Key]
    slices: tuple[Slice, ...] = ()
    rejected: int = field(default=0)
