"""Tokens that were taken back before their time: asked for again every two seconds, so that none works for long.

Source: RFC 7009. The list holds the ids (`jti`) of tokens that have not expired yet, and nothing about anybody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import httpx

from shared.runtime.errors import Unavailable
from shared.runtime.trust import authorities

KEPT_SECONDS = 2.0

_UNKNOWN = "It cannot be learnt which tokens were revoked."

Ask = Callable[[], Awaitable[frozenset[str]]]


class Revocations:
    """Who cannot learn what was revoked lets nobody in."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._tokens: frozenset[str] = frozenset()
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def has(self, token_id: str) -> bool:
        """Raises Unavailable."""
        if monotonic() - self._asked_at > KEPT_SECONDS:
            if self._asking is None:
                self._asking = asyncio.create_task(self._learn())
            await asyncio.shield(self._asking)  # all who wait share the answer, and that there is none
        return token_id in self._tokens

    async def _learn(self) -> None:
        began = monotonic()
        try:
            async with asyncio.timeout(KEPT_SECONDS):
                self._tokens = await self._ask()
            self._asked_at = began
        except TimeoutError as error:
            raise Unavailable(_UNKNOWN) from error
        finally:
            self._asking = None


async def none() -> frozenset[str]:
    """For an issuer that tells nobody what it revoked: its tokens are good until they expire."""
    return frozenset()


def published_at(url: str) -> Ask:
    """What the gateway at `url` has revoked."""

    async def ask() -> frozenset[str]:
        try:
            async with httpx.AsyncClient(verify=authorities(trust_env=False), trust_env=False) as client:
                answer = (await client.get(url)).raise_for_status()
            return frozenset(str(token) for token in answer.json()["tokens"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(_UNKNOWN) from error

    return ask
