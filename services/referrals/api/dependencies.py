"""What routes ask for: a transaction, a read, the sharing rules.

A route's transaction is the last of its parameters: the body is read before the store's write lock is taken, and the
commit comes before the answer.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.clients.linker import Linker
from services.referrals.clients.scanner import Scanner
from services.referrals.domain.photo import MOST_BYTES
from services.referrals.handlers.reading import Reader
from services.referrals.handlers.sight import purpose_of
from shared.runtime.auth import AnyPartner, Dashboard
from shared.runtime.db import Database, Tx
from shared.runtime.errors import TooLarge
from shared.runtime.reread import Reread
from shared.sharing import Partnership


@dataclass(frozen=True, slots=True)
class Referrals:
    """What the routes of this process share."""

    database: Database
    rules: Reread[Partnership]
    linker: Linker
    scanner: Scanner

    @property
    def partnership(self) -> Partnership:
        """As its file says now. Raises Unavailable while that is missing or faulty."""
        return self.rules.current()


async def _shared(request: Request) -> Referrals:
    shared: Referrals = request.app.state.referrals
    return shared


Shared = Annotated[Referrals, Depends(_shared)]


async def _member(principal: AnyPartner, shared: Shared) -> None:
    """Raises Forbidden for an agency that is no partner, or none any more, whatever its token says."""
    purpose_of(principal, shared.partnership)


MEMBERS = [Depends(_member)]
"""Of every router: what one is asked is answered to partners alone."""


async def _transaction(shared: Shared) -> AsyncIterator[Tx]:
    async with shared.database.transaction() as tx:
        yield tx


async def _reading(shared: Shared) -> AsyncIterator[AsyncConnection]:
    async with shared.database.read() as connection:
        yield connection


Write = Annotated[Tx, Depends(_transaction, scope="function")]
Read = Annotated[AsyncConnection, Depends(_reading, scope="function")]


async def _reader(principal: Dashboard, shared: Shared, connection: Read) -> Reader:
    return Reader(connection, principal, shared.partnership)


CurrentReader = Annotated[Reader, Depends(_reader, scope="function")]


async def _photo(request: Request) -> bytes:
    """The whole body, refused as soon as it is longer than a photograph may be."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
            raise TooLarge(f"A photograph has at most {MOST_BYTES >> 20} MiB.")
        pieces.append(piece)
    return b"".join(pieces)


PhotoBody = Annotated[bytes, Depends(_photo)]
