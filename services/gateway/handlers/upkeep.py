"""What time makes due for those whom we tell of events: remembering what audiences see, and forgetting old notices."""

import asyncio
from datetime import datetime, timedelta

from services.gateway.domain.basis import Sight
from services.gateway.handlers.rules import Rules
from services.gateway.handlers.webhooks import tell
from services.gateway.store import deliveries
from shared.contracts.api.gateway import ViewChanged
from shared.contracts.api.webhooks import EventType
from shared.runtime.again import again
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.sharing import View

_LOOK_AGAIN = 1.0
_FORGET_EVERY = timedelta(hours=1)


class Upkeep:
    """`kept` is how long a notice is there to be fetched or sent again."""

    def __init__(self, database: Database, rules: Rules, kept: timedelta) -> None:
        self._database = database
        self._rules = rules
        self._kept = kept
        self._seen: tuple[View, ...] | None = None
        self._forget_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        await again(self._keep_up, _LOOK_AGAIN, stop, "upkeep_waits")

    async def _keep_up(self) -> bool:
        await self.look_at_rules()
        await self.forget()
        return False

    async def look_at_rules(self) -> None:
        """Remember what today's audiences see, for when they are no more, and tell the agencies that see something
        else than they did. Raises Unavailable."""
        views = self._rules.audiences()
        if views is not self._seen:
            sights = {view.id: Sight(visible=view.visible) for view in views}
            async with self._database.transaction() as tx:
                await deliveries.remember(self._database, tx, sights)
                for agency in await deliveries.look_anew(self._database, tx, views):
                    await tell(self._database, tx, agency, EventType.view_changed, ViewChanged())
            self._seen = views

    async def forget(self) -> None:
        """Notices older than they are kept, if an hour has passed since the last time."""
        now = utc_now()
        if self._forget_at is None or now >= self._forget_at:
            async with self._database.transaction() as tx:
                await deliveries.forget(tx, now - self._kept)
            self._forget_at = now + _FORGET_EVERY
