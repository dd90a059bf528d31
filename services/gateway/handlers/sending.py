"""Sending what is due: each webhook on its own, so that a slow receiver holds up nobody else.

A delivery is claimed by putting off when it is due, and settled when it was answered: if this process dies in between,
it is due again, and the receiver knows by its id that it may have had it. What is given is recorded first (ADR 0013).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from prometheus_client import Counter
from sqlalchemy import Row
from standardwebhooks import Webhook as Signer

from services.gateway.clients import Receivers
from services.gateway.domain.deed import Deed, Finder, operation
from services.gateway.domain.sealing import Seal
from services.gateway.domain.webhooks import GIVEN_UP_AFTER, Fate, Outcome, hold, wait_after_refusal
from services.gateway.handlers.judge import Bases, Grounds, Judge
from services.gateway.handlers.recorder import Recorder
from services.gateway.handlers.webhooks import give_up, secrets_of
from services.gateway.store import deliveries, webhooks
from shared.contracts.roles import Role
from shared.runtime.clock import new_id, utc_now
from shared.runtime.db import Database, Tx
from shared.runtime.telemetry import current_trace_id, log, where

AT_ONCE = 10
"""Requests to one receiver at a time; one while it is failing."""
ROUTE = "webhook"
_LOOK_AGAIN, _RETRY = 0.5, 1.0

_luck = SystemRandom().random
_attempts = Counter(
    "joinedup_gateway_deliveries_total", "Attempts to deliver to a webhook, by what became of them", ["fate"]
)
_withdrawn = Counter("joinedup_gateway_deliveries_withdrawn_total", "Deliveries not made, because the power had ended")
_given_up = Counter("joinedup_gateway_webhooks_disabled_total", "Webhooks that failed for too long")


class Sending:
    """Of one process; several share the work. `lease` is longer than an attempt takes."""

    def __init__(
        self, database: Database, judge: Judge, recorder: Recorder, receivers: Receivers, seal: Seal, lease: timedelta
    ) -> None:
        self._database = database
        self._judge = judge
        self._recorder = recorder
        self._receivers = receivers
        self._seal = seal
        self._lease = lease
        self._serving: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event, news: asyncio.Event) -> None:
        """Until `stop`; then what is in hand is finished. Looks again at once when there is `news`."""
        while not stop.is_set():
            news.clear()
            with suppress(TimeoutError):
                await self._serve_all(stop)
                async with asyncio.timeout(_LOOK_AGAIN):
                    await news.wait()
        await asyncio.gather(*self._serving.values())

    async def _serve_all(self, stop: asyncio.Event) -> None:
        async with _patience(), self._database.read() as connection:
            due = await deliveries.receivers_due(connection, utc_now())
            self._serving = {id_: task for id_, task in self._serving.items() if not task.done()}
            for id_ in due - self._serving.keys():
                self._serving[id_] = asyncio.create_task(self._serve(id_, stop))

    async def _serve(self, webhook_id: str, stop: asyncio.Event) -> None:
        async with _patience():
            while not stop.is_set() and await self.send_some(webhook_id):
                pass

    async def send_some(self, webhook_id: str) -> bool:
        """One batch of what is due at this webhook; whether there was anything."""
        now = utc_now()
        async with self._database.transaction() as tx:
            webhook = await webhooks.get(tx.connection, webhook_id)
            if webhook is None or not webhook.enabled or (webhook.held_until and webhook.held_until > now):
                return False
            at_once = 1 if webhook.failing_since else AT_ONCE
            rows = await deliveries.claim(tx, webhook_id, now, now + self._lease, at_once)
            bases = await deliveries.bases(tx.connection)
        ends = await asyncio.gather(*(self._send(webhook, row, bases) for row in rows), return_exceptions=True)
        for error in filter(None, ends):
            raise error
        return bool(rows)

    async def _send(self, webhook: Row[Any], row: Row[Any], bases: Bases) -> None:
        """Raises Unavailable, and the store's own errors, where it cannot be recorded or settled; it is due again
        later."""
        if not self._judge.may_have(webhook.agency, row.basis, bases):
            await self._withdraw(row)
            return
        await self._recorder.record(_deed(webhook, row, self._judge.grounds(webhook.agency, row.basis, bases)))
        begun = utc_now()
        outcome = await self._receivers.post(webhook.url, self._headers(webhook, row, begun), row.body)
        _attempts.labels(outcome.fate).inc()
        async with self._database.transaction() as tx:
            await _settle(self._database, tx, webhook, row, outcome, begun)

    async def _withdraw(self, row: Row[Any]) -> None:
        _withdrawn.inc()
        async with self._database.transaction() as tx:
            await deliveries.settle(tx, row.receiver, row.event_id, state=deliveries.WITHDRAWN, due_at=None)

    def _headers(self, webhook: Row[Any], row: Row[Any], now: datetime) -> dict[str, str]:
        """Source: Standard Webhooks 1.0, "Webhook headers"."""
        secrets = secrets_of(webhook, self._seal, now)
        signatures = [Signer(secret).sign(row.event_id, now, row.body.decode()) for secret in secrets]
        return {
            "content-type": "application/json",
            "user-agent": "joinedup-webhooks/1",
            "webhook-id": row.event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def _deed(webhook: Row[Any], row: Row[Any], grounds: Grounds) -> Deed:
    return Deed(
        entry_id=new_id("aud"),
        at=utc_now().isoformat(timespec="microseconds"),
        operation=operation("GET", "", grounds.legal_gateways),
        agency=webhook.agency,
        person=webhook.id,
        roles=(Role.agency_system,),
        purpose=grounds.purpose,
        legal_gateways=grounds.legal_gateways,
        method="POST",
        route=ROUTE,
        asked=(row.event_id,),
        shown=Finder().in_piece(row.body),
        status=200,
        trace_id=current_trace_id(),
    )


async def _settle(
    database: Database, tx: Tx, webhook: Row[Any], row: Row[Any], outcome: Outcome, begun: datetime
) -> None:
    """What became of the delivery, and how the webhook fares."""
    said = {"last_at": begun, "answered": outcome.answered}
    if outcome.fate is Fate.delivered:
        await deliveries.settle(tx, row.receiver, row.event_id, state=deliveries.DELIVERED, due_at=None, **said)
        await webhooks.fared_well(tx, webhook.id)
        return
    await deliveries.settle(tx, row.receiver, row.event_id, **_next(row, outcome, begun), **said)
    await webhooks.fared_badly(tx, webhook.id, begun)
    if outcome.fate is Fate.away:
        await webhooks.hold(tx, webhook.id, begun, begun + (outcome.wait or hold(webhook.failures + 1, _luck())))
    if reason := _reason_to_give_up(webhook, outcome, begun):
        _given_up.inc()
        log(__name__).warning("webhook_disabled", webhook=webhook.id, agency=webhook.agency, answered=outcome.answered)
        await give_up(database, tx, webhook, reason)


def _next(row: Row[Any], outcome: Outcome, begun: datetime) -> dict[str, Any]:
    """One that was refused has a schedule of its own; one that never got there goes when the receiver is back."""
    if outcome.fate is not Fate.refused:
        return {"due_at": begun}
    wait = wait_after_refusal(row.attempts + 1, _luck())
    if wait is None:
        return {"attempts": row.attempts + 1, "state": deliveries.FAILED, "due_at": None}
    return {"attempts": row.attempts + 1, "due_at": begun + wait}


def _reason_to_give_up(webhook: Row[Any], outcome: Outcome, begun: datetime) -> str | None:
    if outcome.fate is Fate.gone:
        return "It answered 410, which means that it wants no more."
    if webhook.failing_since and begun - webhook.failing_since >= GIVEN_UP_AFTER:
        return f"Nothing could be delivered for {GIVEN_UP_AFTER.days} days; the last attempt: {outcome.answered}."
    return None


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """Whatever goes wrong with one receiver, or with the store, the others are served and it is tried again."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a fault that one webhook brings must not be everybody's
        log(__name__).error("sending_failed", error=type(error).__name__, where=where(error))
        await asyncio.sleep(_RETRY)
