"""A batch of record events becomes a changed graph and, for each audience, the events that tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.linker.domain.model import Model
from services.linker.domain.views import Policies
from services.linker.handlers.audiences import stored_view
from services.linker.handlers.learn import RecordEvent, learn
from services.linker.handlers.restate import restate
from services.linker.store import graph, holdings
from shared.runtime import clock
from shared.runtime.db import Tx


@dataclass(frozen=True, slots=True)
class Resolver:
    """Holds the versions of model and policies by which this process links and assesses."""

    model: Model
    policies: Policies

    async def resolve_records(self, events: Sequence[RecordEvent], tx: Tx) -> None:
        """Any order, any batch size and any repetition of `events` ends in the same graph."""
        await graph.lock(tx)
        learned = await learn(events, tx, self.model)
        if not learned.seeds:
            return
        rows = await holdings.audiences(tx)
        if not any(row.rebuilding for row in rows):
            views = [stored_view(row) for row in rows]
            await restate(tx, learned.seeds, views, self.policies, clock.today(), learned.traces)
