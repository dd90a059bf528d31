"""Collections: events kept for a client that cannot be called, until it says that it has them."""

from services.gateway.handlers.judge import Judge
from services.gateway.store import collection as store
from services.gateway.store import deliveries
from shared.contracts.api.webhooks import Collection, CollectionPage, CollectionWish, Notice
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Database
from shared.runtime.errors import Malformed, NotFound

_CLOSED = "Open the collection of this client first: PUT /v1/collection."


class Collections:
    """Of clients, as their tokens name them. All raise NotFound where the client has opened none."""

    def __init__(self, database: Database, judge: Judge) -> None:
        self._database = database
        self._judge = judge

    async def open_(self, caller: Principal, wish: CollectionWish) -> Collection:
        """From now on; or, where it is open, with these types from now on."""
        types = [str(kind) for kind in wish.types]
        async with self._database.transaction() as tx:
            await store.open_(self._database, tx, caller.agency, caller.subject, types, new_id("col"), utc_now())
        return await self.about(caller)

    async def about(self, caller: Principal) -> Collection:
        async with self._database.read() as connection:
            row = await store.find(connection, caller.agency, caller.subject)
        if row is None:
            raise NotFound(_CLOSED)
        return Collection(types=row.types, opened_at=row.opened_at)

    async def close(self, caller: Principal) -> None:
        """With everything that is kept in it."""
        async with self._database.transaction() as tx:
            if (row := await store.find(tx.connection, caller.agency, caller.subject)) is None:
                raise NotFound(_CLOSED)
            await store.close(tx, row.id)
            await deliveries.drop(tx, row.id)

    async def new(self, caller: Principal, after: str | None, limit: int) -> CollectionPage:
        """What is not collected yet and may be had today. Raises Malformed for a cursor that is none."""
        async with self._database.read() as connection:
            row = await store.find(connection, caller.agency, caller.subject)
            if row is None:
                raise NotFound(_CLOSED)
            open_ = self._judge.open_to(caller.agency, await deliveries.bases(connection))
            found = await deliveries.kept(connection, row.id, open_, after, limit + 1)
        if found is None:
            raise Malformed("The cursor is not one of this collection; leave it out to begin with the oldest.")
        events = tuple(Notice.model_validate_json(one.body) for one in found[:limit])
        return CollectionPage(events=events, next=events[-1].id if len(found) > limit else None)

    async def collected(self, caller: Principal, event_id: str) -> None:
        """Once or often, in any order."""
        async with self._database.transaction() as tx:
            row = await store.find(tx.connection, caller.agency, caller.subject)
            open_ = self._judge.open_to(caller.agency, await deliveries.bases(tx.connection))
            if row is None or not await deliveries.collected(tx, row.id, event_id, open_, utc_now()):
                raise NotFound
