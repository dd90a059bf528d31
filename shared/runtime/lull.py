"""Moments in which a process commits nothing to a store: for what nobody waits for, so that it is in nobody's way."""

import asyncio
from time import monotonic
from types import TracebackType

_SECONDS = 0.02


class Lull:
    """Of one store. A transaction is a `with` block of it."""

    def __init__(self) -> None:
        self._under_way = 0
        self._ended = -_SECONDS

    def __enter__(self) -> None:
        self._under_way += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._under_way -= 1
        self._ended = monotonic()

    async def wait(self, patience: float) -> None:
        """Until no transaction is under way and the last ended 20 milliseconds ago; for `patience` seconds at most."""
        end = monotonic() + patience
        while (self._under_way or monotonic() < self._ended + _SECONDS) and (left := end - monotonic()) > 0:
            await asyncio.sleep(min(left, _SECONDS))
