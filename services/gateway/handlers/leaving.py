"""The end of everything by which somebody is let in, or is told of something."""

from urllib.parse import urlencode

from services.gateway.clients import Headers, Upstream
from services.gateway.handlers.webhooks import give_up
from services.gateway.store import sessions, tokens, webhooks
from shared.runtime.auth import Principal
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.errors import TooSlow, Unavailable

_SIGNED_OUT = "Whoever vouched for it was signed out. Another of your agency switches it on again."
_ADDRESSES_LEFT = (
    "Their tokens and sessions are ended and their webhooks switched off. The addresses at which calendars read are "
    "not ended, since the calendar does not answer: send the sign-out again."
)


class Leaving:
    def __init__(self, database: Database, calendar: Upstream) -> None:
        self._database = database
        self._calendar = calendar

    async def sign_out(self, admin: Principal, headers: Headers, subject: str) -> None:
        """Of somebody of the administrator's own agency: every token and session, the webhooks that they vouch for,
        and the secret addresses at which their calendars read, which the calendar ends in the administrator's name.
        Raises Unavailable where only these are left."""
        async with self._database.transaction() as tx:
            await tokens.revoke_all(tx, admin.agency, subject, utc_now())
            await sessions.forget_all(tx, admin.agency, subject)
            for webhook in await webhooks.vouched_for_by(tx.connection, admin.agency, subject):
                await give_up(self._database, tx, webhook, _SIGNED_OUT)
        await self._end_addresses(headers, subject)

    async def _end_addresses(self, headers: Headers, subject: str) -> None:
        path = f"/v1/calendar/feeds?{urlencode({'subject': subject})}"
        try:
            ended = (await self._calendar.ask("DELETE", path, headers)).is_success
        except (Unavailable, TooSlow):
            ended = False
        if not ended:
            raise Unavailable(_ADDRESSES_LEFT, headers={"Retry-After": "2"})
