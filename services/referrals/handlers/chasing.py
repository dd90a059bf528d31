"""Reminders and escalations of requests, and the end of their answers: work of a clock, without a caller, on the
service's own tables alone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.referrals.domain.contacts import Contact, who_has
from services.referrals.domain.request_kinds import in_force, shipped
from services.referrals.domain.requests import chases, due_at
from services.referrals.handlers.requests import kind_of, told
from services.referrals.store import contacts
from services.referrals.store import requests as store
from shared.contracts.api.referrals.requests import ChaseKind, Status
from shared.contracts.events.referrals import RequestOverdue
from shared.runtime.clock import LONDON, today, utc_now
from shared.runtime.db import Database, Tx

_AT_ONCE = 100


async def chase(database: Database) -> int:
    """Chase whoever is to be chased by now, some at once; for how many requests."""
    async with database.transaction() as tx:
        rows = await store.to_chase(tx.connection, utc_now(), _AT_ONCE)
        for row in rows:
            await _chase(tx, row, utc_now())
    return len(rows)


async def forget(database: Database) -> None:
    """Destroy the answers whose time is over."""
    async with database.transaction() as tx:
        for kind in in_force(shipped(), today()).values():
            await store.forget(tx.connection, kind.id, utc_now() - timedelta(days=kind.keep_days))


async def _chase(tx: Tx, row: Row[Any], now: datetime) -> None:
    """Every chase that is due and was not made, each once, and when the next is."""
    kind = kind_of(row)
    due = due_at(Status(row.status), row.since, kind.clock)
    assert due is not None, "what nobody waits for is not chased"
    moments = chases(due, kind.clock)
    roles = await contacts.contacts(tx.connection, {row.answerer})
    for one, _ in (each for each in moments if row.chase_at <= each[1] <= now):
        role = _role(roles, row, one, now)
        values = {"request": row.id, "stage": row.status, "kind": one, "at": now, "contact": role and role.id}
        await store.note_chase(tx.connection, **values)
        level = int(one is ChaseKind.escalation)
        tx.publish(RequestOverdue(**told(row), due_at=due, level=level), subject=row.id)
    later = [at for _, at in moments if at > now]
    await store.change(tx.connection, row.id, chase_at=next(iter(later), None), escalated=due <= now)


def _role(roles: tuple[Contact, ...], row: Row[Any], kind: ChaseKind, now: datetime) -> Contact | None:
    """A reminder is for the role that has the topic, an escalation for the agency's role for everything."""
    topic = kind_of(row).topic if kind is ChaseKind.reminder else None
    return who_has(roles, row.answerer, topic, None, now.astimezone(LONDON).date())
