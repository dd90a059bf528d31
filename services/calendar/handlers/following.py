"""Visits, tasking lists and what was decided on them follow their business through merges and splits, each in the view
of its own agency.

A business says its records whenever they change, and each of these knows one record of the business that was picked: it
goes wherever that record goes, in whatever order the word of it comes.
"""

from collections.abc import Sequence

from services.calendar.store import following
from shared.contracts.envelope import Event
from shared.contracts.events.linker import BusinessChanged, BusinessMerged, BusinessWithdrawn
from shared.runtime.db import Tx


async def changed(events: Sequence[Event[BusinessChanged]], tx: Tx) -> None:
    for event in events:
        said = event.data
        await following.follow_records(
            tx.connection, said.audience.agencies, said.record_ids, said.business_id, event.time
        )


async def ended(events: Sequence[Event[BusinessMerged] | Event[BusinessWithdrawn]], tx: Tx) -> None:
    for event in events:
        said = event.data
        into = said.into if isinstance(said, BusinessMerged) else None
        await following.follow_business(tx.connection, said.audience.agencies, said.business_id, into, event.time)
