"""The keys that sign our own tokens. The next is published before it signs, and the last after it has stopped.

Services keep the keys that they have fetched for ten minutes (shared.runtime.auth), and a token lives an hour at most:
with these overlaps a change of keys refuses nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from joserfc.jwk import ECKey

AHEAD = timedelta(minutes=15)
AFTER = timedelta(hours=1, minutes=1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    signs_from: datetime
    key: ECKey


Ring = Sequence[SigningKey]
"""By `signs_from`, the oldest first; never empty."""


def new_key(signs_from: datetime) -> SigningKey:
    """Of P-256, named by its thumbprint."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return SigningKey(signs_from, key)


def signing(ring: Ring, now: datetime) -> ECKey:
    """The one that signs. The first does so too early rather than none, for a replica whose clock is late."""
    return [ring[0], *(one for one in ring if one.signs_from <= now)][-1].key


def published(ring: Ring, now: datetime) -> list[SigningKey]:
    """Those by which a token may still be good, or soon will be."""
    ends = [one.signs_from + AFTER for one in ring[1:]]
    return [one for one, end in zip(ring, [*ends, None], strict=True) if end is None or now < end]


def rotated(ring: Ring, now: datetime) -> Ring:
    """With a key that signs soon, and without those that are of no use any more."""
    return [*published(ring, now), new_key(now + AHEAD)]


def written(ring: Ring) -> bytes:
    """What `read_ring` reads. It holds the private keys."""
    return orjson.dumps([{"signs_from": one.signs_from, "key": one.key.as_dict(private=True)} for one in ring])


def read_ring(text: str) -> Ring:
    """Raises ValueError, KeyError, TypeError or JoseError for what is no ring."""
    ring = [
        SigningKey(datetime.fromisoformat(one["signs_from"]), ECKey.import_key(one["key"]))
        for one in orjson.loads(text)
    ]
    if not ring:
        raise ValueError("a ring without a key")
    return sorted(ring, key=lambda one: one.signs_from)
