"""Following links from some records, the seeds, to all that hangs together with them, but for crowds.

Where many wait to be read, two are read first, and then as many again each time: a crowd is known by then, since each
of its records links to many others, and the rest of it need not be read.
"""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_FEW = 8
_FIRST = 2


@dataclass(slots=True)
class _Group:
    """Records that hang together as far as is known; of these so many were read, and those that wait were not."""

    records: list[int]
    waiting: list[int]
    read: int = 0


class Walk:
    """Read what `next` gives and let `take` have what that links to, until there is nothing next.

    `crowd`: more than so many that hang together also without the seeds are a crowd. What is behind it is not given.
    """

    def __init__(self, seeds: Collection[int], crowd: float) -> None:
        self._seeds = frozenset(seeds)
        self._crowd = crowd
        self._pieces: dict[int, list[int]] = {}  # by record, those that hang together with it also without the seeds
        self._groups = {no: _Group([no], [no]) for no in self._seeds}
        self._open = {id(group): group for group in self._groups.values()}

    @property
    def groups(self) -> list[list[int]]:
        """All records that were met, by those that hang together."""
        return [group.records for no, group in self._groups.items() if no == group.records[0]]

    @property
    def crowded(self) -> AbstractSet[int]:
        """The records of crowds, as far as they were met."""
        return frozenset(no for no, piece in self._pieces.items() if len(piece) > self._crowd)

    def next(self) -> set[int]:
        """The records to read, none when all is known."""
        found: set[int] = set()
        for key, group in list(self._open.items()):
            waiting = [no for no in group.waiting if not self._is_crowded(no)]
            most = max(_FIRST, group.read) if len(waiting) > _FEW else _FEW
            found.update(waiting[:most])
            group.waiting = waiting[most:]
            if not waiting:
                del self._open[key]
        return found

    def take(self, read: Iterable[tuple[int, Collection[int]]]) -> None:
        """Of each record that was read, those that it links to."""
        for no, linked in read:
            self._groups[no].read += 1
            for other in linked:
                self._meet(other)
                self._join_groups(no, other)
                if no not in self._seeds and other not in self._seeds:
                    self._join_pieces(no, other)

    def _is_crowded(self, no: int) -> bool:
        return no in self._pieces and len(self._pieces[no]) > self._crowd

    def _meet(self, no: int) -> None:
        if no not in self._groups:
            self._groups[no] = _Group([no], [no])
            self._pieces[no] = [no]

    def _join_groups(self, a: int, b: int) -> None:
        one, other = self._groups[a], self._groups[b]
        if one is other:
            return
        if len(one.records) < len(other.records):
            one, other = other, one
        one.records += other.records
        one.waiting += other.waiting
        one.read += other.read
        self._groups.update(dict.fromkeys(other.records, one))
        self._open.pop(id(other), None)
        self._open[id(one)] = one

    def _join_pieces(self, a: int, b: int) -> None:
        one, other = self._pieces[a], self._pieces[b]
        if one is not other:
            if len(one) < len(other):
                one, other = other, one
            one += other
            self._pieces.update(dict.fromkeys(other, one))
