"""The newest entries of the topic, kept for all readers alike: bounded, and shared, so a slow reader costs nothing."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from operator import attrgetter

from services.gateway.domain.risk import Entry

_OFFSET = attrgetter("offset")


class Ring:
    """At most `capacity` entries of every partition together, from `start` on (partition to next offset)."""

    def __init__(self, capacity: int, start: Mapping[int, int]) -> None:
        self._capacity = capacity
        self._starts = dict(start)
        self._entries: dict[int, deque[Entry]] = {}
        self._arrivals: deque[int] = deque()

    def __len__(self) -> int:
        return len(self._arrivals)

    def add(self, entries: Iterable[Entry]) -> None:
        """Entries come in order within a partition; the oldest arrivals make room."""
        for entry in entries:
            self._entries.setdefault(entry.partition, deque()).append(entry)
            self._arrivals.append(entry.partition)
            if len(self._arrivals) > self._capacity:
                self._drop_oldest()

    def after(self, positions: Mapping[int, int], limit: int) -> list[Entry] | None:
        """Up to `limit` entries from `positions` on, or None if they begin before what is kept: read the log."""
        if any(positions.get(partition, 0) < start for partition, start in self._starts.items()):
            return None
        found: list[Entry] = []
        for partition, entries in sorted(self._entries.items()):  # not as they first came: that is others' doing too
            position = positions.get(partition, 0)
            first = bisect_left(entries, position, key=_OFFSET)
            found += islice(entries, first, first + limit - len(found))
        return found

    def _drop_oldest(self) -> None:
        partition = self._arrivals.popleft()
        self._starts[partition] = self._entries[partition].popleft().offset + 1
