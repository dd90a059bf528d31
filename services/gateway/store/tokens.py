"""Which tokens were given out, which were taken back, and which assertions were taken."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.store.tables import issued_token, used_assertion
from shared.runtime.clock import SKEW
from shared.runtime.db import Database, Tx


async def keep(tx: Tx, token_id: str, agency: str, subject: str, expires_at: datetime) -> None:
    row = {"id": token_id, "agency": agency, "subject": subject, "expires_at": expires_at}
    await tx.execute(issued_token.insert().values(row))


async def use(database: Database, tx: Tx, client: str, assertion_id: str, expires_at: datetime) -> bool:
    """Whether this is its first use. Two at once: one of them waits for the other, and loses."""
    row = {"client": client, "id": assertion_id, "expires_at": expires_at}
    return (await tx.execute(database.insert_ignore(used_assertion).values(row))).rowcount == 1


async def forget_expired(tx: Tx, now: datetime) -> None:
    """What has expired by the clock of every replica: one that is late would take an assertion again."""
    for table in (issued_token, used_assertion):
        await tx.execute(delete(table).where(table.c.expires_at < now - SKEW))


async def revoke(tx: Tx, token_id: str, now: datetime) -> None:
    """Nothing, for a token that is not there or was revoked."""
    found = (issued_token.c.id == token_id) & issued_token.c.revoked_at.is_(None)
    await tx.execute(update(issued_token).where(found).values(revoked_at=now))


async def revoke_all(tx: Tx, agency: str, subject: str, now: datetime) -> None:
    """Every token that the agency's person or client has."""
    theirs = (issued_token.c.agency == agency) & (issued_token.c.subject == subject)
    await tx.execute(update(issued_token).where(theirs, issued_token.c.revoked_at.is_(None)).values(revoked_at=now))


async def revoked(connection: AsyncConnection, now: datetime) -> frozenset[str]:
    """The ids of those that would be good otherwise, in a service whose clock is late as well."""
    live = (issued_token.c.expires_at >= now - SKEW) & issued_token.c.revoked_at.is_not(None)
    return frozenset((await connection.scalars(select(issued_token.c.id).where(live))).all())
