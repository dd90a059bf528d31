"""Cards follow their business through merges and splits, each in the view of its own agency.

A business says its records whenever they change, and a card knows those of the business that was picked, and its own
once it is a record itself: so it goes wherever they go, in whatever order the word of it comes.
"""

from collections.abc import Sequence
from typing import Any

from services.referrals.store import cards
from shared.contracts.envelope import Event
from shared.contracts.events.linker import BusinessChanged, BusinessMerged, BusinessWithdrawn
from shared.runtime.db import Tx


async def changed(events: Sequence[Event[BusinessChanged]], tx: Tx) -> None:
    for event in events:
        found = await cards.naming(tx.connection, event.data.record_ids, event.data.audience.agencies)
        await cards.follow(tx.connection, found, event.data.business_id, event.time)


async def ended(events: Sequence[Event[BusinessMerged] | Event[BusinessWithdrawn]], tx: Tx) -> None:
    """Those whose records are all gone go with the business that took them in, or stay with none."""
    for event in events:
        agencies: Any = event.data.audience.agencies
        found = await cards.of_business(tx.connection, event.data.business_id, agencies)
        into = event.data.into if isinstance(event.data, BusinessMerged) else None
        await cards.follow(tx.connection, found, into, event.time)
