"""Cards that were filed while the linker was away are traced when their agency next asks it anything here.

What a card has in common with others follows from its own words alone, so whoever of its agency comes next may ask.
"""

from services.referrals.clients.linker import Linker
from services.referrals.handlers.placing import traits_of
from services.referrals.handlers.writing import rows_of
from services.referrals.store import cards
from shared.contracts.api.referrals.cards import Place
from shared.runtime.db import Database
from shared.runtime.peer import Caller

_AT_ONCE = 20


async def trace_waiting(database: Database, linker: Linker, caller: Caller, agency: str) -> None:
    """Some of them; none where the linker is still away."""
    async with database.read() as connection:
        waiting = await cards.untraced(connection, agency, _AT_ONCE)
    for row in waiting:
        traits = await traits_of(linker, caller, Place.model_validate(row.place))
        if traits is None:
            return
        async with database.transaction() as tx:
            await cards.trace(tx.connection, row.id, rows_of(row.id, traits))
