"""Sessions of people at our pages. A session lives as long as its token can be renewed: until its issuer vouches no
more, nobody has used it for a while, or a working day is over."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from cryptography.fernet import Fernet

from services.gateway.domain.session import Session, Token, Way, read, written
from services.gateway.handlers.issuer import Made
from services.gateway.handlers.oauth import Refused
from services.gateway.handlers.sign_in import SignIn
from services.gateway.store import sessions as store
from services.gateway.store.sessions import Row
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.errors import Forbidden, Unavailable

_LOOKS, _LOOK_AGAIN = 10, 0.2


class Sessions:
    """`limits`: how long a session lives at most, and how long unused."""

    def __init__(self, database: Database, sign_in: SignIn, seal: Fernet, limits: tuple[timedelta, timedelta]) -> None:
        self._database = database
        self._sign_in = sign_in
        self._seal = seal
        self._longest, self._idle = limits
        self._renewing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def longest_seconds(self) -> int:
        return int(self._longest.total_seconds())

    async def begin(self, made: Made, way: Way) -> str:
        """What the browser shows from now on."""
        shown, now = secrets.token_urlsafe(32), utc_now()
        row = Row(
            id=_hash(shown),
            agency=made.bearer.agency,
            subject=made.bearer.subject,
            purpose=made.bearer.purpose or "",
            sealed=self._sealed(made, way, now),
            begun_at=now,
            expires_at=self._end(now, now),
        )
        async with self._database.transaction() as tx:
            await store.forget_expired(tx, now)
            await store.add(tx, row)
        return shown

    async def current(self, shown: str) -> Session | None:
        """The session of a browser, with a token that is good; None if there is none any more. Raises Unavailable."""
        session = await self._find(_hash(shown))
        if session is None or not session.needs_token(utc_now()):
            return session
        async with self._renewing.setdefault(session.id, asyncio.Lock()):
            return await self._renewed(session.id)

    async def choose(self, session: Session, purpose: str) -> None:
        """Act for `purpose` from now on: one that the token allows."""
        async with self._database.transaction() as tx:
            await store.choose(tx, session.id, purpose)

    async def end(self, session: Session) -> None:
        async with self._database.transaction() as tx:
            await store.forget(tx, session.id)

    async def _renewed(self, id_: str) -> Session | None:
        session = await self._find(id_)
        if session is None or not session.needs_token(utc_now()):
            return session  # ended, or renewed by another request
        try:
            made, way = await self._sign_in.again(session.way)
        except (Refused, Forbidden):
            return await self._taken_over(session)
        except Unavailable:
            if session.token.is_good(utc_now()):
                return session
            raise
        now = utc_now()
        async with self._database.transaction() as tx:
            await store.renew(tx, id_, self._sealed(made, way, now), self._end(session.begun_at, now))
        return await self._find(id_)

    async def _taken_over(self, session: Session) -> Session | None:
        """A refresh token is taken once, and another replica may be renewing with it. Otherwise the session is over."""
        for _ in range(_LOOKS):
            now_there = await self._find(session.id)
            if now_there is None or now_there.token != session.token:
                return now_there
            await asyncio.sleep(_LOOK_AGAIN)
        await self.end(session)
        return None

    async def _find(self, id_: str) -> Session | None:
        async with self._database.read() as connection:
            row = await store.find(connection, id_, utc_now())
        if row is None:
            return None
        token, way = read(self._seal.decrypt(row.sealed))
        return Session(row.id, row.purpose, row.begun_at, token, way)

    def _sealed(self, made: Made, way: Way, now: datetime) -> bytes:
        return self._seal.encrypt(written(Token(made.text, now, made.expires_at), way))

    def _end(self, begun_at: datetime, now: datetime) -> datetime:
        return min(begun_at + self._longest, now + self._idle)


def _hash(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()
