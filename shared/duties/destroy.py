"""Destroying what items say: at their agency's decision, and when their time is over."""

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from shared.duties import items, store
from shared.duties.kinds import Change, Keeper, Kind
from shared.duties.retention import Term, term
from shared.runtime.again import again
from shared.runtime.clock import timed_id, today, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.reread import Reread
from shared.sharing import Partnership

_AT_ONCE = 500
_AGAIN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Share:
    """Items of one kind and agency that something is done with, in one transaction."""

    database: Database
    tx: Tx
    keeper: Keeper
    kind: Kind
    agency: str
    ids: AbstractSet[str]

    async def tell(self, change: Change) -> None:
        if effect := self.keeper.effects.get(self.kind.name):
            await effect(self.tx, sorted(self.ids), change)


async def destroy(share: Share, why: str) -> None:
    """Nothing is left of them, here and wherever they went, but their ids. What was destroyed before stays so.

    What hangs on them goes first, while it can be known by what they say.
    """
    connection, name = share.tx.connection, share.kind.name.value
    await store.mark_erased(share.database, share.tx, share.keeper.tables, share.agency, name, share.ids, why)
    await share.tell(Change.erased)
    await items.empty(connection, share.kind, share.agency, share.ids)


async def keep_ending(database: Database, keeper: Keeper, rules: Reread[Partnership], stop: asyncio.Event) -> None:
    """Look once an hour what is over."""

    async def look() -> bool:
        await end_retention(database, keeper, rules.current())
        return False

    await again(look, _AGAIN_SECONDS, stop, "retention_waits")


async def end_retention(database: Database, keeper: Keeper, partnership: Partnership) -> int:
    """Dispose of every item whose time is over, some at once, and tell of it; how many. What died half way is done by
    whoever comes next."""
    done = 0
    for kind in keeper.kinds.values():
        kept, now = term(kind, partnership, today()), utc_now()
        while due := await _due(database, keeper, kind, now - kept.length):
            for agency, found in groupby(sorted(due), key=lambda one: one[0]):
                ids = {item for _, item in found}
                async with database.transaction() as tx:
                    done += await _dispose(Share(database, tx, keeper, kind, agency, ids), kept, now)
    return done


async def _due(database: Database, keeper: Keeper, kind: Kind, before: datetime) -> list[tuple[str, str]]:
    async with database.read() as connection:
        return list(await items.outlived(connection, keeper.tables, kind, before, _AT_ONCE))


async def _dispose(share: Share, kept: Term, now: datetime) -> int:
    """Those that nobody destroyed or held meanwhile."""
    connection, tables, name = share.tx.connection, share.keeper.tables, share.kind.name.value
    await items.lock(connection, share.kind, share.agency, share.ids)
    gone = await store.gone(connection, tables, share.agency, name, share.ids)
    left = share.ids - gone - (await store.held(connection, tables, share.agency, name, share.ids)).keys()
    if not left:
        return 0
    await _note(share, disposal := timed_id("dsp"), len(left), kept, now)
    await destroy(Share(share.database, share.tx, share.keeper, share.kind, share.agency, left), disposal)
    return len(left)


async def _note(share: Share, disposal: str, count: int, kept: Term, now: datetime) -> None:
    """The disposal, and that there was one."""
    same = {"agency": share.agency, "kind": share.kind.name.value, "category": share.kind.category}
    rule = {"days": kept.days, "rule": kept.rule, "source": kept.source, "review_on": kept.review_on}
    since = now - kept.length
    row = {**same, **rule, "id": disposal, "records": count, "not_sent_since": since, "feed": None, "disposed_at": now}
    await store.add_disposal(share.tx.connection, share.keeper.tables, row)
    said = share.keeper.disposed(**same, **rule, disposal=disposal, items=count, untouched_since=since)
    share.tx.publish(said, subject=disposal)
