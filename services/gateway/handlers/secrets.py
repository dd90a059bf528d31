"""Secrets as Argon2id hashes (RFC 9106, with the parameters that OWASP gives for 19 MiB)."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from shared.runtime.errors import Unavailable

_MEMORY_KIB, _ITERATIONS, _LANES, _SALT_BYTES, _HASH_BYTES = 19 * 1024, 2, 1, 16, 32
_workers = ThreadPoolExecutor(2, thread_name_prefix="secrets")
_places = asyncio.Semaphore(32)


def hashed(secret: str) -> str:
    """In the PHC string format."""
    derive = Argon2id(
        salt=os.urandom(_SALT_BYTES),
        length=_HASH_BYTES,
        iterations=_ITERATIONS,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
    )
    return derive.derive_phc_encoded(secret.encode())


async def matches(secret: str, kept: str | None) -> bool:
    """Whether `kept` is the hash of `secret`. Takes as long where nothing is kept, so that the time tells nobody who
    is registered. Two are worked out at once, whoever asks, and thirty more may wait. Raises Unavailable."""
    if _places.locked():
        raise Unavailable("Too many secrets are being looked at just now.", headers={"Retry-After": "1"})
    async with _places:
        same = await asyncio.get_running_loop().run_in_executor(_workers, _is_hash_of, kept, secret)
    return same and kept is not None


def _is_hash_of(kept: str | None, secret: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(secret.encode(), kept or _nobodys())
    except (InvalidKey, ValueError):
        return False
    return True


@cache
def _nobodys() -> str:
    return hashed(os.urandom(_SALT_BYTES).hex())
