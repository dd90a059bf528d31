"""Signing the end of the audit log, now and then: what an anchor vouches for cannot be rewritten without its key. And
each second its index is brought up to its end.

Each anchor is also a line of the process's log. Whoever collects those lines elsewhere holds what the store's owner
cannot change.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.gateway.domain.chain import Anchor, signed
from services.gateway.handlers.keys import read_or_make
from services.gateway.handlers.recorder import Recorder
from services.gateway.store import audit
from shared.runtime.clock import utc_now
from shared.runtime.db import Database
from shared.runtime.session import Session
from shared.runtime.telemetry import log

PRIVATE_KEY = "gateway-audit.key"
PUBLIC_KEY = "gateway-audit.pub"
_LOOK = 1.0


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key in `folder`, made at the first start; its public half is written beside it. Raises KeyExposed."""
    raw = read_or_make(folder / PRIVATE_KEY, lambda: Ed25519PrivateKey.generate().private_bytes_raw())
    key = Ed25519PrivateKey.from_private_bytes(raw)
    (folder / PUBLIC_KEY).write_text(key.public_key().public_bytes_raw().hex() + "\n")
    return key


def add(session: Session, key: Ed25519PrivateKey) -> Anchor | None:
    """Anchor the last entry, unless it has one, once all can be found: what an anchor vouches for is indexed."""
    audit.take_turn(session)
    while audit.index_some(session):
        pass
    seq, hash_ = audit.head(session)
    if seq == audit.last_anchored(session):
        return None
    made = signed(key, seq, hash_, utc_now().isoformat())
    audit.add_anchor(session, made)
    return made


class Anchoring:
    """An anchor after `entries` of this process, after `seconds` if there is anything new, and at the end."""

    def __init__(
        self, database: Database, recorder: Recorder, key: Ed25519PrivateKey, entries: int, seconds: float
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._key = key
        self._entries = entries
        self._seconds = seconds

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._wait(stop)
            await _if_possible(self.anchor)

    async def anchor(self) -> None:
        if made := await self._database.run(partial(add, key=self._key)):
            log(__name__).info("audit_anchor", anchor=made.as_json().decode())

    async def _wait(self, stop: asyncio.Event) -> None:
        due = self._recorder.written + self._entries
        waited = 0.0
        while waited < self._seconds and self._recorder.written < due and not stop.is_set():
            await _if_possible(partial(audit.index_all, self._database))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(_LOOK, self._seconds))
            waited += _LOOK


async def _if_possible(action: Callable[[], Awaitable[None]]) -> None:
    """The store may be away: entries fail as well, and the next look is soon."""
    try:
        await action()
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever serves goes on
        log(__name__).error("audit_anchor_failed", error=type(error).__name__)
