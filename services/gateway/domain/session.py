"""Who is signed in with a browser: their token, by which they reach the services, and how they get the next one."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Way:
    """How they came in: vouched for by the register's issuer `issuer`, which takes `refresh_token`; or, on loopback, by
    choosing `agency` and `roles`."""

    issuer: str | None = None
    refresh_token: str | None = None
    agency: str | None = None
    roles: tuple[str, ...] = ()

    @property
    def goes_on(self) -> bool:
        """Whether there is a next token to be had."""
        return bool(self.refresh_token or self.roles)


@dataclass(frozen=True, slots=True)
class Token:
    """One of our own, good until `expires_at`, and renewed at the first request after half of that time."""

    text: str
    given_at: datetime
    expires_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        return now - self.given_at < (self.expires_at - self.given_at) / 2

    def is_good(self, now: datetime) -> bool:
        return now < self.expires_at


@dataclass(frozen=True, slots=True)
class Session:
    """`id` is a hash of what the browser holds, and of no use to a browser."""

    id: str
    purpose: str
    begun_at: datetime
    token: Token = field(repr=False)
    way: Way = field(repr=False)

    def needs_token(self, now: datetime) -> bool:
        return not (self.token.is_fresh(now) if self.way.goes_on else self.token.is_good(now))


def written(token: Token, way: Way) -> bytes:
    """What `read` reads: all of it secret."""
    return orjson.dumps({"token": asdict(token), "way": asdict(way)})


def read(text: bytes) -> tuple[Token, Way]:
    """What was written."""
    said: dict[str, Any] = orjson.loads(text)
    token, way = said["token"], said["way"]
    given_at, expires_at = (datetime.fromisoformat(token[name]) for name in ("given_at", "expires_at"))
    return Token(token["text"], given_at, expires_at), Way(**way | {"roles": tuple(way["roles"])})
