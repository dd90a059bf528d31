"""Every set that a run of the bench can name, opened by what says which it is: in this process or another."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from joinedup.bench.labelled import febrl, made_up
from joinedup.bench.labelled.described import described_sets, read_set
from joinedup.bench.labelled.labelled_set import LabelledSet

BY_DEFAULT = ("synthetic-8k", "synthetic-100k")  # a million takes long enough to be asked for


class SetRef(NamedTuple):
    """`folder`: where the set's files are; None for those made in code, of which `seed` says which one."""

    name: str
    folder: Path | None
    seed: int

    def open(self) -> LabelledSet:
        """Raises Absent or feeds.Unusable."""
        if self.folder is not None:
            return read_set(self.folder)
        if self.name in febrl.NAMES:
            return febrl.febrl_set(self.name)
        return made_up.made_up_set(self.name, self.seed)


def all_sets(folder: Path | None, seed: int) -> dict[str, SetRef]:
    """By name, in the order in which to run them."""
    return {ref.name: ref for ref in _refs(folder, seed)}


def _refs(folder: Path | None, seed: int) -> Iterator[SetRef]:
    for name, home in described_sets(folder) if folder else ():
        yield SetRef(name, home, seed)
    for name in (*febrl.NAMES, *made_up.SIZES):
        yield SetRef(name, None, seed)


def by_default(refs: dict[str, SetRef]) -> tuple[str, ...]:
    return tuple(name for name in refs if name not in made_up.SIZES or name in BY_DEFAULT)
