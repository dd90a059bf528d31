"""A log on which the events of some topics are sealed under a key of their aggregate: what they say ends with the key.

AES-256-GCM, bound to the aggregate and the key's generation. Nothing in the log itself is ever changed: its bytes, its
copies and its dead letters hold what nobody can read once the key is destroyed (docs/adr/0016).
"""

import os
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.runtime.dead_letter import topic_of
from shared.runtime.eventlog import Delivered, EventLog, LogUnavailable, Message, Positions, Subscription, open_log
from shared.runtime.eventlog.keys import Key, KeyStore

GENERATION = "key-generation"
TOMBSTONE = b""
"""The value of a message that destroys the keys of all that was said of its aggregate before it."""
_NONCE_BYTES = 12


class KeyMissing(LogUnavailable):
    """The key store does not know the key at all: it is not the one under which the log was written."""


async def open_sealed_log(url: str, keys_url: str, topics: Collection[str]) -> "SealedLog":
    """As `open_log`, with the events of `topics`, and their dead letters, sealed by the keys at `keys_url`."""
    return SealedLog(await open_log(url), KeyStore(keys_url), topics)


class SealedLog:
    """An EventLog. What was appended before there were keys is read as it is.

    A message whose key was destroyed is delivered with an empty value, so that its reader passes it by.
    """

    def __init__(self, log: EventLog, keys: KeyStore, topics: Collection[str]) -> None:
        self._log = log
        self._keys = keys
        self._topics = frozenset(topics) | frozenset(map(topic_of, topics))

    async def append(self, messages: Sequence[Message]) -> None:
        """Seal and append. Of a batch with tombstones, what they destroy is not even written."""
        ends = {message.key: place for place, message in enumerate(messages) if self._is_tombstone(message)}
        left = [message for place, message in enumerate(messages) if place > ends.get(message.key, -1)]
        await self._log.append(await self._sealed(left, ends.keys()))

    async def _sealed(self, messages: Sequence[Message], destroyed: Collection[str]) -> list[Message]:
        plain = {message.key for message in messages if self._is_plain(message)}
        newest = await self._keys.to_seal(plain, destroyed) if plain or destroyed else {}
        again = await self._keys_of(messages)
        sealed: list[Message] = []
        for message in messages:
            key = newest[message.key] if self._is_plain(message) else again.get(_name(message))
            if key is None:
                sealed.append(message)
            elif key.secret is not None:  # else it was read before its key was destroyed, and is set aside too late
                sealed.append(_sealed(message, key.generation, key.secret))
        return sealed

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator["SealedSubscription"]:
        async with self._log.subscribe(group, topics) as subscription:
            yield SealedSubscription(self, subscription)

    async def fetch(self, topic: str, after: Positions, limit: int, wait: float) -> list[Delivered]:
        return await self.open(await self._log.fetch(topic, after, limit, wait))

    async def end(self, topic: str) -> Positions:
        return await self._log.end(topic)

    async def reset(self, group: str, topic: str) -> None:
        await self._log.reset(group, topic)

    async def forget(self, topic: str, before: datetime) -> None:
        await self._log.forget(topic, before)

    async def close(self) -> None:
        await self._log.close()
        await self._keys.close()

    async def open(self, messages: Sequence[Delivered]) -> list[Delivered]:
        """The messages with what they say. Raises KeyMissing."""
        keys = await self._keys_of(messages)
        return [_opened(message, keys[_name(message)]) if _name(message) in keys else message for message in messages]

    async def _keys_of(self, messages: Sequence[Message]) -> dict[tuple[str, int], Key]:
        """The key of every message that names one."""
        names = {_name(message) for message in messages if GENERATION in message.headers}
        keys = await self._keys.to_open({subject for subject, _ in names}) if names else {}
        if not names <= keys.keys():
            raise KeyMissing("The key store lacks a key of the log; give it the store that the log was written with")
        return keys

    def _is_plain(self, message: Message) -> bool:
        """Whether it is still to be given a key."""
        return message.topic in self._topics and GENERATION not in message.headers

    def _is_tombstone(self, message: Message) -> bool:
        return self._is_plain(message) and message.value == TOMBSTONE


class SealedSubscription:
    """A Subscription that opens what it is given."""

    def __init__(self, log: SealedLog, subscription: Subscription) -> None:
        self._log = log
        self._subscription = subscription
        self._given: list[Delivered] = []
        self.commit = subscription.commit
        self.seek = subscription.seek
        self.pause = subscription.pause
        self.resume = subscription.resume
        self.lag = subscription.lag

    async def poll(self, limit: int, wait: float) -> list[Delivered]:
        """Raises KeyMissing; what could not be opened then is given when it is asked again."""
        self._given = self._given or await self._subscription.poll(limit, wait)
        opened = await self._log.open(self._given)
        self._given = []
        return opened


def _sealed(message: Message, generation: int, secret: bytes) -> Message:
    nonce = os.urandom(_NONCE_BYTES)
    value = nonce + AESGCM(secret).encrypt(nonce, message.value, _bound_to(message.key, generation))
    return replace(message, value=value, headers={**message.headers, GENERATION: str(generation)})


def _opened(message: Delivered, key: Key) -> Delivered:
    if key.secret is None:
        return replace(message, value=TOMBSTONE)
    nonce, sealed = message.value[:_NONCE_BYTES], message.value[_NONCE_BYTES:]
    try:
        value = AESGCM(key.secret).decrypt(nonce, sealed, _bound_to(message.key, key.generation))
    except InvalidTag:  # it was changed: left as it is, it is unreadable to its reader, and set aside
        return message
    return replace(message, value=value)


def _name(message: Message) -> tuple[str, int]:
    return message.key, int(message.headers.get(GENERATION, 0))


def _bound_to(subject: str, generation: int) -> bytes:
    return f"{subject}/{generation}".encode()
