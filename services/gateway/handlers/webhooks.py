"""An agency's webhooks: registered, changed, tried out, sent again, given up."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row

from services.gateway.domain.loopback import is_loopback
from services.gateway.domain.sealing import Seal, SealBroken
from services.gateway.domain.webhooks import BOTH_SECRETS, PREFIX, SECRET_BYTES, fault_of
from services.gateway.store import deliveries
from services.gateway.store import webhooks as store
from services.gateway.store.deliveries import Sent
from shared.contracts.api.webhooks import (
    Delivery,
    DeliveryState,
    EventType,
    Notice,
    NoticeData,
    Webhook,
    WebhookNotice,
    WebhookSecret,
    WebhookWish,
)
from shared.contracts.problem import FieldProblem
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.errors import Conflict, Invalid, Malformed, NotFound
from shared.runtime.public_only import is_public

MOST = 20
"""Webhooks of one agency."""
_TRIED = "You asked for a test. Nothing has happened."


class Webhooks:
    """What the routes work with. `seal` keeps the secrets from whoever reads the store."""

    def __init__(self, database: Database, seal: Seal, *, allow_loopback: bool) -> None:
        self.database = database
        self._seal = seal
        self._allow_loopback = allow_loopback

    async def register(self, caller: Principal, wish: WebhookWish) -> tuple[Webhook, WebhookSecret]:
        """Raises Invalid for an address that will not do, and Conflict for one webhook too many."""
        self._check(wish.url)
        id_, now, secret = new_id("whk"), utc_now(), _fresh()
        async with self.database.transaction() as tx:
            if await store.count(tx, caller.agency) >= MOST:
                raise Conflict(f"Your agency has {MOST} webhooks, which is the most. Delete one first.")
            values = {
                "id": id_,
                "agency": caller.agency,
                "created_at": now,
                "vouched_by": caller.subject,
                "failures": 0,
            }
            await store.add(tx, values | _wished(wish) | {"secret": self._seal.close(secret, id_)})
            made = await store.find(tx.connection, caller.agency, id_)
        return shown(made), WebhookSecret(secret=_in_words(secret))

    async def own(self, agency: str) -> list[Webhook]:
        async with self.database.read() as connection:
            return [shown(row) for row in await store.of_agency(connection, agency)]

    async def one(self, agency: str, webhook_id: str) -> Webhook:
        """Raises NotFound."""
        async with self.database.read() as connection:
            return shown(await store.find(connection, agency, webhook_id))

    async def change(self, caller: Principal, webhook_id: str, wish: WebhookWish) -> Webhook:
        """As wished, vouched for by the caller, and well again, so that what waits is tried at once. Raises NotFound
        and Invalid."""
        self._check(wish.url)
        async with self.database.transaction() as tx:
            shown(await store.find(tx.connection, caller.agency, webhook_id))
            again = store.WELL | {"held_until": None, "disabled_because": None, "vouched_by": caller.subject}
            await store.change(tx, webhook_id, **_wished(wish), **again)
            return shown(await store.find(tx.connection, caller.agency, webhook_id))

    async def remove(self, agency: str, webhook_id: str) -> None:
        """With everything on its way to it. Raises NotFound."""
        async with self.database.transaction() as tx:
            shown(await store.find(tx.connection, agency, webhook_id))
            await store.remove(tx, webhook_id)
            await deliveries.drop(tx, webhook_id)

    async def rotate(self, agency: str, webhook_id: str) -> WebhookSecret:
        """A new secret; the one before is good for a day more. Raises NotFound."""
        secret, until = _fresh(), utc_now() + BOTH_SECRETS
        async with self.database.transaction() as tx:
            if (found := await store.find(tx.connection, agency, webhook_id)) is None:
                raise NotFound
            old = {"old_secret": self._if_it_opens(found), "old_secret_until": until}
            await store.change(tx, webhook_id, secret=self._seal.close(secret, webhook_id), **old)
        return WebhookSecret(secret=_in_words(secret), previous_valid_until=until)

    async def try_out(self, agency: str, webhook_id: str) -> str:
        """Put a test on its way; the id of its event. Raises NotFound, and Conflict for one that is not enabled."""
        async with self.database.transaction() as tx:
            if not shown(await store.find(tx.connection, agency, webhook_id)).enabled:
                raise Conflict("Enable the webhook first.")
            test = WebhookNotice(webhook_id=webhook_id, reason=_TRIED)
            return await _say(self.database, tx, EventType.webhook_test, test, [webhook_id])

    async def replay(
        self, agency: str, webhook_id: str, event_ids: Sequence[str], since: datetime | None, until: datetime | None
    ) -> int:
        """Raises NotFound."""
        async with self.database.transaction() as tx:
            shown(await store.find(tx.connection, agency, webhook_id))
            return await deliveries.replay(tx, webhook_id, utc_now(), event_ids, since, until)

    async def deliveries(
        self, agency: str, webhook_id: str, state: DeliveryState | None, before: str | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        """A page, newest first, and the cursor of the next. Raises NotFound, and Malformed for no cursor."""
        async with self.database.read() as connection:
            shown(await store.find(connection, agency, webhook_id))
            rows = await deliveries.page(connection, webhook_id, state, before, limit + 1)
        if rows is None:
            raise Malformed("The cursor is not one of this list; leave it out to begin with the newest.")
        page = [_delivery(row) for row in rows[:limit]]
        return page, page[-1].event_id if len(rows) > limit else None

    def _if_it_opens(self, row: Row[Any]) -> bytes | None:
        """The sealed secret, unless the key that it was sealed with is lost: then it signs nothing any more."""
        try:
            self._seal.open(row.secret, row.id)
        except SealBroken:
            return None
        sealed: bytes = row.secret
        return sealed

    def _check(self, url: str) -> None:
        if fault := fault_of(url, allow_loopback=self._allow_loopback) or self._literal_fault(url):
            raise Invalid(errors=[FieldProblem(field="body.url", code="address", remedy=fault)])

    def _literal_fault(self, url: str) -> str | None:
        """A name is looked up at each delivery; what is an address already can be refused now."""
        host = urlsplit(url).hostname or ""
        try:
            address = ip_address(host)
        except ValueError:
            return None
        will_do = is_public(str(address)) or (self._allow_loopback and is_loopback(host))
        return None if will_do else "Give an address on the public internet."


async def give_up(database: Database, tx: Tx, webhook: Row[Any], reason: str) -> None:
    """Send nothing more to it, and tell the agency's other receivers, which are told of such things."""
    await store.change(tx, webhook.id, enabled=False, disabled_because=reason)
    said = WebhookNotice(webhook_id=webhook.id, reason=reason)
    await tell(database, tx, webhook.agency, EventType.webhook_disabled, said, but=webhook.id)


async def tell(
    database: Database, tx: Tx, agency: str, kind: EventType, data: NoticeData, but: str | None = None
) -> None:
    """All receivers of the agency that asked for such things, `but` one."""
    every = [one for one in await deliveries.receivers(tx.connection) if one.agency == agency and kind in one.types]
    await _say(database, tx, kind, data, [one.id for one in every if one.id != but])


async def _say(database: Database, tx: Tx, kind: EventType, data: NoticeData, receivers: list[str]) -> str:
    now = utc_now()
    said = Notice(id=new_id("evt"), type=kind, timestamp=now, data=data)
    await deliveries.add(database, tx, {stored(said, None): receivers}, now)
    return said.id


def stored(notice: Notice, basis: str | None) -> Sent:
    return Sent(notice.id, notice.type.value, notice.timestamp, basis, notice.model_dump_json().encode())


def shown(row: Row[Any] | None) -> Webhook:
    """The webhook as its owner sees it. Raises NotFound."""
    if row is None:
        raise NotFound
    return Webhook(**{name: getattr(row, name) for name in Webhook.model_fields})


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        event_id=row.event_id,
        type=EventType(row.type),
        timestamp=row.at,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_attempt_at=row.due_at,
        last_attempt_at=row.last_at,
        answered=row.answered,
    )


def secrets_of(row: Row[Any], seal: Seal, now: datetime) -> list[str]:
    """Those that deliveries are signed with just now, the newest first."""
    both = row.old_secret is not None and row.old_secret_until > now
    sealed = [row.secret, row.old_secret] if both else [row.secret]
    return [_in_words(seal.open(one, row.id)) for one in sealed]


def _wished(wish: WebhookWish) -> dict[str, Any]:
    return {"url": wish.url, "types": [str(kind) for kind in wish.types], "enabled": wish.enabled}


def _fresh() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def _in_words(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()
