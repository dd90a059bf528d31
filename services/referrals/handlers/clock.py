"""The clocks of referrals: a reminder before each is due, then an escalation, and again until somebody acts.

Each ring is a transaction of its own and happens once, however many processes look: the time at which a clock is to be
looked at is swapped for the next one.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.referrals.domain.policy import policy_on
from services.referrals.handlers.saying import say_overdue
from services.referrals.store import referrals
from shared.runtime.clock import today, utc_now
from shared.runtime.db import Database, Tx

_AT_ONCE = 100


async def ring_due(database: Database) -> int:
    """Ring the clocks that are due now, some at once; how many rang."""
    async with database.read() as connection:
        rows = await referrals.to_look_at(connection, utc_now(), _AT_ONCE)
    for row in rows:
        async with database.transaction() as tx:
            await _ring(tx, row)
    return len(rows)


async def _ring(tx: Tx, row: Row[Any]) -> None:
    if utc_now() < row.due_at:
        if await referrals.ring(tx.connection, row.id, row.look_at, look_at=row.due_at):
            await _note(tx, row, "remind", None)
            say_overdue(tx, row, 0)
        return
    policy, level = policy_on(today()), row.escalations + 1
    again = utc_now() + timedelta(days=policy.escalate_again_days)
    if await referrals.ring(tx.connection, row.id, row.look_at, look_at=again, escalations=level):
        await _note(tx, row, "escalate", policy.escalation[min(level, len(policy.escalation)) - 1])
        say_overdue(tx, row, level)


async def _note(tx: Tx, row: Row[Any], step: str, told: str | None) -> None:
    await referrals.note(
        tx.connection,
        row.id,
        at=utc_now(),
        agency=row.to_agency,
        person=None,
        step=step,
        state=row.state,
        words=told,
        feedback=None,
    )
