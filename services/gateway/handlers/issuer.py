"""Our own issuer: signs the tokens that the services trust."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import Key, KeySet

from services.gateway.domain.signing import new_key, published, read_ring, rotated, signing, written
from services.gateway.handlers.keys import read_or_make, replace
from shared.contracts.roles import Role
from shared.runtime.auth import Keys, Principal
from shared.runtime.clock import new_id, utc_now
from shared.runtime.reread import Reread

OWN, DEVELOPMENT = "own-issuer.json", "dev-issuer.json"


@dataclass(frozen=True, slots=True)
class Made:
    """A token, and as whom its bearer comes."""

    text: str
    id: str
    expires_at: datetime
    bearer: Principal


class Issuer:
    """Signs ES256 with the keys in `file`, which is made if it is not there, and read again when it changes. Raises
    KeyExposed; its methods raise Unavailable while the file is missing or faulty."""

    def __init__(self, file: Path, issuer: str, audience: str, seconds: int) -> None:
        read_or_make(file, lambda: written([new_key(utc_now())]))
        self._ring = Reread(file, read_ring)
        self._fixed = {"iss": issuer, "aud": audience}
        self.seconds = seconds
        self.audiences = (issuer, f"{issuer}/oauth/token")
        """What an assertion for this issuer may have as its audience (RFC 7523, section 3)."""

    def jwks(self) -> dict[str, Any]:
        keys: list[Key] = [one.key for one in published(self._ring.current(), utc_now())]
        return dict(KeySet(keys).as_dict(private=False))

    def token(
        self, subject: str, agency: str, roles: frozenset[Role], purpose: str | None, purposes: Iterable[str] = ()
    ) -> Made:
        """For `purpose`; the bearer may choose another of `purposes` for a single request."""
        now = utc_now()
        key = signing(self._ring.current(), now)
        expires_at = now + timedelta(seconds=self.seconds)
        claims = self._fixed | {
            "sub": subject,
            "agency": agency,
            "roles": sorted(roles),
            "purposes": sorted(purposes),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": new_id("tok"),
        }
        if purpose:
            claims["purpose"] = purpose
        text = jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "JWT"}, claims, key)
        return Made(text, str(claims["jti"]), expires_at, Principal(agency, frozenset(roles), subject, purpose))


class OwnKeys(Keys):
    """Those of our own issuer, without asking ourselves over the network."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__("")
        self._issuer = issuer

    async def _read(self) -> bytes:
        return orjson.dumps(self._issuer.jwks())


def change_key(file: Path, *, at_once: bool = False) -> datetime:
    """Put a new key into `file`, and `at_once` in the place of all others; when it begins to sign. Raises OSError, or
    as `read_ring` does."""
    now, ring = utc_now(), read_ring(file.read_text(encoding="utf-8"))
    changed = [new_key(now)] if at_once else rotated(ring, now)
    replace(file, written(changed))
    return changed[-1].signs_from
