"""Work that comes round again for as long as a process lives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.runtime.errors import Unavailable
from shared.runtime.telemetry import log
from shared.runtime.transient import is_transient


async def again(work: Callable[[], Awaitable[bool]], seconds: float, stop: asyncio.Event, waits: str) -> None:
    """Do `work` now, at once again as long as it says that there is more, and anew every so many seconds until `stop`.

    What is away (a store, the log, another service) is asked again the next time; the process goes on meanwhile, and
    its log says `waits`.
    """
    while not stop.is_set():
        try:
            while await work() and not stop.is_set():
                pass
        except Exception as error:
            if not (is_transient(error) or isinstance(error, Unavailable)):
                raise
            log(__name__).warning(waits, error=type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
