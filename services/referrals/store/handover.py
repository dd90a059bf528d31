"""Referrals that somebody has taken."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.store.tables import referral


async def taken_by(connection: AsyncConnection, agency: str, subject: str) -> Sequence[Row[Any]]:
    """Open ones, those that are due first first."""
    found = select(referral).where(_taken(agency, subject)).order_by(referral.c.due_at, referral.c.id)
    return (await connection.execute(found)).all()


async def pass_on(connection: AsyncConnection, agency: str, subject: str, successor: str) -> None:
    await connection.execute(update(referral).where(_taken(agency, subject)).values(taken_by=successor))


def _taken(agency: str, subject: str) -> ColumnElement[bool]:
    return and_(referral.c.to_agency == agency, referral.c.taken_by == subject, referral.c.closed_at.is_(None))
