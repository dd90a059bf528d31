"""What was taken in from an agency's own calendar and is over was held, for all that the calendar says: nobody comes
back to say so. What came of it can be recorded as of any other visit."""

from contextlib import suppress

from services.calendar.domain.sight import Sight
from services.calendar.handlers.planning import held
from services.calendar.handlers.seeing import Seen
from services.calendar.store import attending, visits
from shared.runtime import clock
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict

_AT_ONCE = 500


async def close_past(tx: Tx) -> bool:
    """Some of them. Whether there may be more."""
    rows = await visits.imported_past(tx.connection, clock.utc_now(), _AT_ONCE)
    coming = await attending.of_visits(tx.connection, [row.id for row in rows])
    for row in rows:
        with suppress(Conflict):  # its agency was quicker
            await held(tx, Seen(row, coming.get(row.id, ()), Sight.own))
    return len(rows) == _AT_ONCE
