"""What is held of the records: numbers in arrays, features in a file that all processes map into memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from joinedup.bulk.rows import Keyed, Portion

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Held:
    """The records by number, 0 … n − 1 in the order in which they came; `by_id` are the numbers in order of the ids.

    `feeds[i]` is a position in `feed_names`; `ends[i]` is where the features of record i end in the file `features`;
    of block keys `shared` are held and sought by their records, `held` and `sought` the one.
    """

    refs: list[str]
    ids: list[str]
    by_id: Numbers
    feed_names: tuple[str, ...]
    feeds: Numbers
    places: Numbers
    shared: Keyed
    held: Keyed
    sought: Keyed
    features: Path
    ends: Numbers


def hold(portions: Iterable[Portion], features: Path, keep: Callable[[Portion, list[int]], None] | None) -> Held:
    """Gather the portions, features into a file of this name; of records with one reference in one feed the first
    counts. `keep` is called with each portion and the positions in it that count."""
    gathering = _Gathering()
    with features.open("wb") as file:
        for portion in portions:
            kept = gathering.add(portion)
            file.writelines(portion.features[i] for i in kept)
            if keep:
                keep(portion, kept)
    return gathering.held(features)


class _Gathering:
    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._refs: list[str] = []
        self._ids: list[str] = []
        self._feed_names: dict[str, int] = {}
        self._feeds: list[Numbers] = []
        self._places: list[Numbers] = []
        self._shared: list[Keyed] = []
        self._held: list[Keyed] = []
        self._sought: list[Keyed] = []
        self._lengths: list[Numbers] = []

    def add(self, portion: Portion) -> list[int]:
        """The positions in the portion of the records that are new."""
        kept = []
        for i, id_ in enumerate(portion.ids):
            if id_ not in self._seen:
                self._seen.add(id_)
                kept.append(i)
        new_number = numbers_of(kept, len(portion.ids), len(self._ids))
        self._refs.extend(portion.refs[i] for i in kept)
        self._ids.extend(portion.ids[i] for i in kept)
        self._feeds.append(np.full(len(kept), self._feed_names.setdefault(portion.feed, len(self._feed_names))))
        self._places.append(portion.places[kept])
        self._shared.append(renumbered(portion.shared, new_number))
        self._held.append(renumbered(portion.held, new_number))
        self._sought.append(renumbered(portion.sought, new_number))
        self._lengths.append(np.array([len(portion.features[i]) for i in kept], np.int64))
        return kept

    def held(self, features: Path) -> Held:
        return Held(
            self._refs,
            self._ids,
            np.argsort(np.array(self._ids, dtype="S")),
            tuple(self._feed_names),
            joined(self._feeds),
            joined(self._places),
            joined_keys(self._shared),
            joined_keys(self._held),
            joined_keys(self._sought),
            features,
            joined(self._lengths).cumsum(),
        )


def numbers_of(kept: list[int], records: int, first: int) -> Numbers:
    """Of each of so many records its number, from `first` on for those at the positions `kept`, −1 for others."""
    numbers = np.full(records, -1, np.int64)
    numbers[kept] = np.arange(first, first + len(kept))
    return numbers


def renumbered(keyed: Keyed, new_number: Numbers) -> Keyed:
    """With these numbers of the records; without those that have none, −1."""
    owners = new_number[keyed.owners]
    return Keyed(keyed.keys[owners >= 0], owners[owners >= 0])


def joined_keys(parts: Sequence[Keyed]) -> Keyed:
    return Keyed(joined([part.keys for part in parts]), joined([part.owners for part in parts]))


def joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate((np.empty(0, np.int64), *parts))
