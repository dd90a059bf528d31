"""A batch of record events becomes a changed graph and, for each audience, the events that tell of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.linker.handlers.catching_up import note
from services.linker.handlers.filling import standing_views
from services.linker.handlers.learn import RecordEvent, learn
from services.linker.handlers.restate import restate
from services.linker.handlers.shelf import Shelf
from services.linker.store import graph, holdings
from shared.runtime import clock
from shared.runtime.session import Session


@dataclass(frozen=True, slots=True)
class Resolver:
    """Links by the model that is in force when it is asked."""

    shelf: Shelf

    def resolve_records(self, events: Sequence[RecordEvent], session: Session) -> None:
        """Any order, any batch size and any repetition of `events` ends in the same graph."""
        graph.lock(session)
        policies = self.shelf.policies(session)
        learned = learn(session, events, policies)
        if not learned.seeds:
            return
        rows = holdings.audiences(session)
        near: Collection[int] = ()
        if not any(row.rebuilding for row in rows):
            views = standing_views(rows)
            near = restate(
                session, learned.seeds, views, policies, clock.today(), learned.traces, unheard=learned.unheard
            )
        note(session, learned, near)
