"""Which records to compare: those that meet by a block key, found by sorting the keys of all."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from joinedup.bulk.hold import Numbers
from joinedup.bulk.rows import Keyed

_AT_ONCE = 2_000_000  # pairs in one array, which bounds what a big block takes
_RECORD = 0xFFFFFFFF


def candidate_pairs(shared: Keyed, held: Keyed, sought: Keyed) -> Numbers:
    """Every two records of which one seeks a key that the other holds, once: shape (pairs, 2), the smaller number
    first, in order. `shared` are both held and sought, `held` and `sought` the one. Whoever seeks is sought too
    (`block.Keys`), so a shared key that another holds alone need not be looked for."""
    found = [np.empty(0, np.int64)]
    ordered = _ordered(shared)
    for starts, size in _blocks(ordered.keys):
        found.extend(_packed(a, b) for a, b in _pairs_of(ordered.owners, starts, size))
    seekers = _ordered(sought)
    for holders in (ordered, _ordered(held)):
        found.extend(_packed(a, b) for a, b in _meetings(seekers, holders))
    packed = _unique(np.concatenate(found))
    return np.stack((packed >> 32, packed & _RECORD), axis=1)


def _ordered(keyed: Keyed) -> Keyed:
    """By key; owners of one key in any order."""
    order = np.argsort(keyed.keys)
    return Keyed(keyed.keys[order], keyed.owners[order])


def _meetings(seekers: Keyed, holders: Keyed) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs of a seeker and a holder, the holder the smaller: the others are found the other way round."""
    first, last = (np.searchsorted(holders.keys, seekers.keys, side) for side in ("left", "right"))
    counts = last - first
    ends = counts.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(0, total + _AT_ONCE, _AT_ONCE)).tolist()
    for start, end in pairwise([*cuts, len(ends)]):
        some = counts[start:end]
        seeker = np.repeat(seekers.owners[start:end], some)
        place = np.arange(len(seeker)) + np.repeat(first[start:end] - (some.cumsum() - some), some)
        holder = holders.owners[place]
        smaller = holder < seeker
        yield holder[smaller], seeker[smaller]


def _blocks(ordered: Numbers) -> Iterator[tuple[Numbers, int]]:
    """(where the blocks of one size start, that size), for each size of two or more."""
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(ordered)])
    starts, sizes = starts[sizes > 1], sizes[sizes > 1]
    for size in _distinct(np.sort(sizes)).tolist():
        yield starts[sizes == size], size


def _pairs_of(members: Numbers, starts: Numbers, size: int) -> Iterator[tuple[Numbers, Numbers]]:
    """The pairs of blocks of one size. A block so big that its pairs fill an array is taken row by row."""
    left, right = np.triu_indices(size, 1) if size * size < _AT_ONCE else (np.empty(0, np.int64),) * 2
    if not len(left):
        yield from _pairs_of_big(members, starts, size)
        return
    step = max(1, _AT_ONCE // len(left))
    for i in range(0, len(starts), step):
        blocks = members[starts[i : i + step, None] + np.arange(size)]
        yield blocks[:, left].ravel(), blocks[:, right].ravel()


def _pairs_of_big(members: Numbers, starts: Numbers, size: int) -> Iterator[tuple[Numbers, Numbers]]:
    for start in starts:
        block = members[start : start + size]
        for i in range(size - 1):
            yield np.full(size - 1 - i, block[i]), block[i + 1 :]


def _packed(a: Numbers, b: Numbers) -> Numbers:
    """Each pair once, as one number, the smaller record before the larger. No record has a key twice."""
    return _unique((np.minimum(a, b) << 32) | np.maximum(a, b))


def _unique(numbers: Numbers) -> Numbers:
    """In order. `np.unique` hashes, and takes ten times as long."""
    return _distinct(np.sort(numbers))


def _distinct(ordered: Numbers) -> Numbers:
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered
