"""Cards follow the sharing rules as these change: what waited for a power goes, and what no power lets an agency have
any more is withdrawn from it, its clock stopped, until one does.

Who may read a referral is asked at every read (docs/adr/0021); this is what must happen though nobody reads. Work of a
clock, without a caller: it asks the rules alone, once for each kind of disclosure. Source: design, "Sharing":
activation releases what was held, revocation withdraws it everywhere at once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row

from services.referrals.domain.policy import clock_starts, due, policy_on
from services.referrals.handlers.desks import desks
from services.referrals.handlers.saying import say_received, say_withdrawn
from services.referrals.handlers.sight import grant
from services.referrals.handlers.writing import add_referrals, opened
from services.referrals.store import referrals, withheld
from services.referrals.store.withheld import Disclosure
from shared.contracts.api.referrals.life import State
from shared.runtime.clock import today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.reread import Reread
from shared.sharing import Partnership

WITHDRAW, RETURN, RELEASE = "withdraw", "return", "release"
_AT_ONCE = 100


class Ruling:
    """Looks once the rules or the day have changed, and once more: a card may have been on its way meanwhile."""

    def __init__(self, database: Database, rules: Reread[Partnership]) -> None:
        self._database = database
        self._rules = rules
        self._seen: tuple[Partnership, date] | None = None
        self._again = False

    async def look(self) -> None:
        """Raises Unavailable while the rules cannot be read: nothing changes hands then."""
        now = self._rules.current(), today()
        if now != self._seen or self._again:
            self._again = now != self._seen
            await follow_rules(self._database, now[0])
            self._seen = now


async def follow_rules(database: Database, partnership: Partnership) -> None:
    """Withdraw, return and release all that these rules say, some at once."""
    for step in (_withdraw_some, _return_some, _release_some):
        while await step(database, partnership):
            pass


async def _withdraw_some(database: Database, partnership: Partnership) -> bool:
    async with database.transaction() as tx:
        every = await withheld.open_disclosures(tx.connection, withdrawn=False)
        refused = [one for one in every if not grant(*one, partnership)]
        rows = await withheld.referrals(tx.connection, refused, _AT_ONCE, withdrawn=False)
        for row in rows:
            if await withheld.swap(tx.connection, row, withdrawn_at=utc_now(), due_at=None, look_at=None):
                await _note(tx, row, WITHDRAW)
                say_withdrawn(tx, row)
    return bool(rows)


async def _return_some(database: Database, partnership: Partnership) -> bool:
    async with database.transaction() as tx:
        allowed = _allowed(await withheld.open_disclosures(tx.connection, withdrawn=True), partnership)
        rows = await withheld.referrals(tx.connection, allowed, _AT_ONCE, withdrawn=True)
        for row in rows:
            clock = due(State(row.state), utc_now(), policy_on(today()))
            values = {"withdrawn_at": None, "due_at": clock.due_at, "look_at": clock.look_at, "escalations": 0}
            if await withheld.swap(tx.connection, row, **values):
                await _note(tx, row, RETURN)
                say_received(tx, row._asdict() | {"received_at": utc_now()} | values)
    return bool(rows)


async def _release_some(database: Database, partnership: Partnership) -> bool:
    since = utc_now() - timedelta(days=policy_on(today()).withheld_days)
    async with database.transaction() as tx:
        allowed = _allowed(await withheld.disclosures(tx.connection), partnership)
        rows = await withheld.to_release(tx.connection, allowed, since, _AT_ONCE)
        taken = [row for row in rows if await withheld.take(tx.connection, row.id)]
        new = await _referrals(tx, taken)
        await tx.run(partial(add_referrals, rows=new, under=[row.indicators for row in taken], step=RELEASE))
    return bool(rows)


async def _referrals(tx: Tx, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    known = await desks(tx.connection, {row.to_agency for row in rows})
    kept = ("id", "card", "from_agency", "to_agency", "regime", "purpose", "met", "trained")
    return [
        opened(clock_starts(utc_now(), known.role(row.to_agency, row.regime, row.area)))
        | {name: getattr(row, name) for name in kept}
        for row in rows
    ]


def _allowed(every: Iterable[Disclosure], partnership: Partnership) -> list[Disclosure]:
    return [one for one in every if grant(*one, partnership)]


async def _note(tx: Tx, row: Row[Any], step: str) -> None:
    values = {"at": utc_now(), "agency": row.to_agency, "person": None, "step": step, "state": row.state}
    await referrals.note(tx.connection, row.id, **values, words=None, feedback=None)
