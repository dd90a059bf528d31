"""Which records to compare: those that share a block key, found by sorting the keys of all."""

from collections.abc import Iterator

import numpy as np

from joinedup.bulk.hold import Numbers

_AT_ONCE = 2_000_000  # pairs in one array, which bounds what a big block takes


def candidate_pairs(keys: Numbers, owners: Numbers) -> Numbers:
    """Every two records that share a key, once: shape (pairs, 2), the smaller number first, in order."""
    order = np.lexsort((owners, keys))
    found = [np.empty((0, 2), np.int64)]
    members = owners[order]
    for starts, size in _blocks(keys[order]):
        found.extend(_unique(part) for part in _pairs_of(members, starts, size))
    return _unique(np.concatenate(found))


def _blocks(ordered: Numbers) -> Iterator[tuple[Numbers, int]]:
    """(where the blocks of one size start, that size), for each size of two or more."""
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(ordered)])
    for size in np.unique(sizes[sizes > 1]).tolist():
        yield starts[sizes == size], size


def _pairs_of(members: Numbers, starts: Numbers, size: int) -> Iterator[Numbers]:
    """The pairs of blocks of one size. A block so big that its pairs fill an array is taken row by row."""
    left, right = np.triu_indices(size, 1) if size * size < _AT_ONCE else (np.empty(0, np.int64),) * 2
    if not len(left):
        yield from _pairs_of_big(members, starts, size)
        return
    step = max(1, _AT_ONCE // len(left))
    for i in range(0, len(starts), step):
        blocks = members[starts[i : i + step, None] + np.arange(size)]
        yield np.stack((blocks[:, left].ravel(), blocks[:, right].ravel()), axis=1)


def _pairs_of_big(members: Numbers, starts: Numbers, size: int) -> Iterator[Numbers]:
    for start in starts:
        block = members[start : start + size]
        for i in range(size - 1):
            yield np.stack((np.full(size - 1 - i, block[i]), block[i + 1 :]), axis=1)


def _unique(pairs: Numbers) -> Numbers:
    """Sorted, without repeats. A record that has one key twice is no pair."""
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    packed = np.unique((pairs[:, 0] << 32) | pairs[:, 1])
    return np.stack((packed >> 32, packed & 0xFFFFFFFF), axis=1)
