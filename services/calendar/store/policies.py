"""Policies that officers proposed, and what was said to them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.calendar.store.tables import policy
from shared.contracts.api.calendar.policies import PolicyKind, PolicyStatus

_IN_FORCE = (
    select(policy)
    .where(policy.c.counts_from <= bindparam("day"), policy.c.status == PolicyStatus.agreed)
    .order_by(policy.c.counts_from, policy.c.reviewed_at, policy.c.id)
)


async def add(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(insert(policy).values(**values))


async def in_force(connection: AsyncConnection, day: date) -> Sequence[Row[Any]]:
    """Those agreed that had begun by the day, in the order in which they did."""
    return (await connection.execute(_IN_FORCE, {"day": day})).all()


async def versions(connection: AsyncConnection, kind: PolicyKind) -> Sequence[Row[Any]]:
    """The latest first."""
    statement = select(policy).where(policy.c.kind == kind).order_by(policy.c.made_at.desc(), policy.c.id.desc())
    return (await connection.execute(statement)).all()


async def one(connection: AsyncConnection, policy_id: str) -> Row[Any] | None:
    return (await connection.execute(select(policy).where(policy.c.id == policy_id))).one_or_none()


async def review(connection: AsyncConnection, policy_id: str, values: Mapping[str, Any]) -> bool:
    """Whether nobody had reviewed it yet."""
    here = (policy.c.id == policy_id, policy.c.status == PolicyStatus.proposed)
    return (await connection.execute(update(policy).where(*here).values(**values))).rowcount == 1
