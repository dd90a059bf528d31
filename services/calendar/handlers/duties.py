"""What else goes when what people wrote is put right or destroyed: the record that came of an outcome.

Those who were told of a visit are told again, so that they do the same with theirs (UK GDPR article 19).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.calendar.domain.sight import Sight
from services.calendar.handlers import planning
from services.calendar.handlers.seeing import Seen
from services.calendar.store import attending, visits
from services.calendar.store import duties as store
from services.calendar.store.tables import duties
from shared.contracts.api.calendar.words import VisitStatus
from shared.contracts.api.duties import ItemKind
from shared.contracts.events.calendar import OutcomeRecorded, PlansDisposed, VisitChanged
from shared.duties.kinds import Change, Keeper
from shared.runtime.clock import utc_now
from shared.runtime.db import Tx
from shared.runtime.errors import Conflict

_OVER = (VisitStatus.done, VisitStatus.cancelled)


async def _visit(tx: Tx, ids: Sequence[str], change: Change) -> None:
    told = await attending.of_visits(tx.connection, ids)
    for row in await store.some_visits(tx.connection, ids):
        if change is Change.erased and row.status not in _OVER:
            raise Conflict("A visit is not over: cancel it, or say that it is done, first.")
        await _tell(tx, row, told[row.id])
    if change is Change.erased:
        await _outcome(tx, await store.own_outcomes(tx.connection, ids), change)


async def _tell(tx: Tx, row: Row[Any], attendances: Sequence[Row[Any]]) -> None:
    await visits.touch(tx.connection, row.id, utc_now())
    said = VisitChanged(
        **planning.about(Seen(row, attendances, Sight.own)) | {"version": row.version + 1},
        status=row.status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    tx.publish(said, subject=row.id)


async def _outcome(tx: Tx, ids: Sequence[str], change: Change) -> None:
    """What was put right is in words, of which the record has none."""
    for row in await store.outcomes(tx.connection, ids) if change is Change.erased else ():
        gone = OutcomeRecorded(agency=row.agency, regime=row.regime, source_ref=row.id, record=None, erased=True)
        tx.shred(OutcomeRecorded, key=row.id)
        tx.publish(gone, subject=row.id)


async def _operation(tx: Tx, ids: Sequence[str], change: Change) -> None:
    """Who does how much stays, and what it is called goes."""
    for row in await store.operations(tx.connection, ids) if change is Change.erased else ():
        await store.put_programme(tx.connection, row.id, [{**one, "what": store.ERASED} for one in row.programme])


_EFFECTS = {ItemKind.visit: _visit, ItemKind.outcome: _outcome, ItemKind.operation: _operation}
KEEPER = Keeper(duties, store.KINDS, _EFFECTS, PlansDisposed)
