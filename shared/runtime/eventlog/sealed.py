"""A log on which the events of some topics are sealed under a key of their aggregate: what they say ends with the key.

AES-256-GCM, bound to the aggregate and the key's generation. Nothing in the log itself is ever changed: its bytes, its
copies and its dead letters hold what nobody can read once the key is destroyed (docs/adr/0017).
"""

import os
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.runtime.dead_letter import topic_of
from shared.runtime.eventlog import Delivered, EventLog, LogUnavailable, Message, Positions, Subscription, open_log
from shared.runtime.eventlog.keys import Key, KeyStore

GENERATION = "key-generation"
TOMBSTONE = b""
"""The value of a message that destroys the keys of all that was said of its aggregate before it."""
_UNREADABLE = b"not sealed by its key"
"""No event: its reader sets it aside, and tells of it."""
_NONCE_BYTES = 12
_GENERATION = re.compile(r"[1-9]\d{0,8}")


class KeyMissing(LogUnavailable):
    """The key store does not know the key at all: it is not the one under which the log was written."""


async def open_sealed_log(url: str, keys_url: str, topics: Collection[str]) -> "SealedLog":
    """As `open_log`, with the events of `topics`, and their dead letters, sealed by the keys at `keys_url`: each by
    those of the service that says it."""
    stores = {owner: KeyStore(keys_url, owner) for owner in set(map(_owner, topics))}
    return SealedLog(await open_log(url), {topic: stores[_owner(topic)] for topic in topics})


_Aggregate = tuple[str, str]
"""Topic and key."""


class _Name(NamedTuple):
    """Of one key."""

    store: KeyStore
    subject: str
    generation: int


class SealedLog:
    """An EventLog. `stores` are the keys of each sealed topic.

    A message whose key was destroyed is delivered with an empty value, so that its reader passes it by. One that is not
    sealed by its key is delivered as what nobody can read: who may write to the topic but has not its keys can repeat
    what was said there, and say nothing else.
    """

    def __init__(self, log: EventLog, stores: Mapping[str, KeyStore]) -> None:
        self._log = log
        self._stores = {**stores, **{topic_of(topic): store for topic, store in stores.items()}}

    async def append(self, messages: Sequence[Message]) -> None:
        """Seal and append. Of a batch with tombstones, what they destroy is not even written."""
        ends = {_aggregate(one): place for place, one in enumerate(messages) if self._is_tombstone(one)}
        left = [one for place, one in enumerate(messages) if place > ends.get(_aggregate(one), -1)]
        await self._log.append(await self._sealed(left, ends))

    async def _sealed(self, messages: Sequence[Message], destroyed: Iterable[_Aggregate]) -> list[Message]:
        newest = await self._to_seal([one for one in messages if self._is_plain(one)], destroyed)
        again = await self._keys_of(messages)
        sealed: list[Message] = []
        for message in messages:
            key = newest.get(_aggregate(message)) if self._is_plain(message) else again.get(self._name(message))
            if key is None:
                sealed.append(message)
            elif key.secret is not None:  # else it was read before its key was destroyed, and is set aside too late
                sealed.append(_sealed(message, key.generation, key.secret))
        return sealed

    async def _to_seal(self, plain: Sequence[Message], destroyed: Iterable[_Aggregate]) -> dict[_Aggregate, Key]:
        """The keys, by topic and aggregate, under which these are sealed, once those `destroyed` are no more."""
        new, gone = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for message in plain:
            new[message.topic].add(message.key)
        for topic, subject in destroyed:
            gone[topic].add(subject)
        newest: dict[_Aggregate, Key] = {}
        for topic in new.keys() | gone.keys():
            keys = await self._stores[topic].to_seal(new[topic], gone[topic])
            newest |= {(topic, subject): key for subject, key in keys.items()}
        return newest

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
        for store in set(self._stores.values()):
            await store.close()

    async def open(self, messages: Sequence[Delivered]) -> list[Delivered]:
        """The messages with what they say. Raises KeyMissing."""
        keys = await self._keys_of(messages)
        return [
            _opened(message, keys.get(self._name(message))) if message.topic in self._stores else message
            for message in messages
        ]

    async def _keys_of(self, messages: Sequence[Message]) -> dict[_Name | None, Key]:
        """The key of every message that names one."""
        by_store = defaultdict[KeyStore, set[_Name]](set)
        for name in filter(None, map(self._name, messages)):
            by_store[name.store].add(name)
        found: dict[_Name | None, Key] = {}
        for store, names in by_store.items():
            keys = await store.to_open({name.subject for name in names})
            found |= {_Name(store, *held): key for held, key in keys.items()}
            if not names <= found.keys():
                raise KeyMissing("The key store lacks a key of the log; give it the store of those who wrote it")
        return found

    def _name(self, message: Message) -> _Name | None:
        """None for one that is not sealed."""
        generation = message.headers.get(GENERATION, "")
        if message.topic not in self._stores or not _GENERATION.fullmatch(generation):
            return None
        return _Name(self._stores[message.topic], message.key, int(generation))

    def _is_plain(self, message: Message) -> bool:
        """Whether it is still to be given a key."""
        is_sealed = GENERATION in message.headers or message.value == _UNREADABLE
        return message.topic in self._stores and not is_sealed

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


def _opened(message: Delivered, key: Key | None) -> Delivered:
    if key is None:
        return replace(message, value=_UNREADABLE)
    if key.secret is None:
        return replace(message, value=TOMBSTONE)
    nonce, sealed = message.value[:_NONCE_BYTES], message.value[_NONCE_BYTES:]
    try:
        value = AESGCM(key.secret).decrypt(nonce, sealed, _bound_to(message.key, key.generation))
    except (InvalidTag, ValueError):  # changed, or never sealed
        value = _UNREADABLE
    return replace(message, value=value)


def _aggregate(message: Message) -> _Aggregate:
    return message.topic, message.key


def _owner(topic: str) -> str:
    """The service that says what is on it."""
    return topic.partition(".")[0]


def _bound_to(subject: str, generation: int) -> bytes:
    return f"{subject}/{generation}".encode()
