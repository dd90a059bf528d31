"""Who is signed in with a browser."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.store.tables import web_session
from shared.runtime.db import Tx


@dataclass(frozen=True, slots=True)
class Row:
    """`sealed`: the session's token and the means to renew it."""

    id: str
    agency: str
    subject: str
    purpose: str
    sealed: bytes
    begun_at: datetime
    expires_at: datetime


_FIELDS = tuple(web_session.c[name] for name in Row.__slots__)


async def add(tx: Tx, row: Row) -> None:
    await tx.execute(web_session.insert().values({name: getattr(row, name) for name in Row.__slots__}))


async def find(connection: AsyncConnection, id_: str, now: datetime) -> Row | None:
    """None for one that is over."""
    live = (web_session.c.id == id_) & (web_session.c.expires_at > now)
    found = (await connection.execute(select(*_FIELDS).where(live))).one_or_none()
    return Row(*found) if found else None


async def renew(tx: Tx, id_: str, sealed: bytes, expires_at: datetime) -> None:
    await tx.execute(update(web_session).where(web_session.c.id == id_).values(sealed=sealed, expires_at=expires_at))


async def choose(tx: Tx, id_: str, purpose: str) -> None:
    await tx.execute(update(web_session).where(web_session.c.id == id_).values(purpose=purpose))


async def forget(tx: Tx, id_: str) -> None:
    await tx.execute(delete(web_session).where(web_session.c.id == id_))


async def forget_all(tx: Tx, agency: str, subject: str) -> None:
    """Every session that somebody of the agency has."""
    await tx.execute(delete(web_session).where(web_session.c.agency == agency, web_session.c.subject == subject))


async def forget_expired(tx: Tx, now: datetime) -> None:
    await tx.execute(delete(web_session).where(web_session.c.expires_at <= now))
