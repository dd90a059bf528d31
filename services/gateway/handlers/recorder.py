"""Recording what is answered, before it is answered: whoever waits while a commit is under way shares the next one."""

import asyncio
from functools import partial

from prometheus_client import Counter

from services.gateway.domain.deed import Deed
from services.gateway.store import audit
from shared.runtime.db import Database
from shared.runtime.errors import Unavailable
from shared.runtime.telemetry import log

_recorded = Counter("joinedup_gateway_audit_entries_total", "Entries of the audit log that this process wrote")
_failed = Counter("joinedup_gateway_audit_failed_total", "Entries that could not be written, so nothing was answered")


class Recorder:
    """Of one process. Several may write to one log: each batch takes its turn at the end of the chain."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._waiting: list[Deed] = []
        self._next: asyncio.Task[None] | None = None
        self.written = 0
        """Entries since the process started."""

    async def record(self, deed: Deed) -> None:
        """Return when `deed` is on disk, to survive a power cut. Raises Unavailable if it cannot be."""
        if self._next is None:
            self._next = asyncio.create_task(self._write())
        self._waiting.append(deed)
        await asyncio.shield(self._next)  # the others in the batch still want it if this caller hangs up

    async def _write(self) -> None:
        async with self._turn:  # meanwhile others join
            deeds, self._waiting, self._next = self._waiting, [], None
            try:
                await self._database.run(partial(audit.append, deeds=deeds))
            except Exception as error:
                _failed.inc(len(deeds))
                log(__name__).error("audit_failed", error=type(error).__name__, entries=len(deeds))
                raise Unavailable("The answer cannot be recorded, so it is not given.") from error
        self.written += len(deeds)
        _recorded.inc(len(deeds))
