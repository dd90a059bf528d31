"""Our own issuer: signs the tokens that the services trust."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.gateway.handlers.keys import read_or_make
from shared.contracts.roles import Role
from shared.runtime.auth import Principal
from shared.runtime.clock import new_id, utc_now


@dataclass(frozen=True, slots=True)
class Made:
    """A token, and as whom its bearer comes."""

    text: str
    id: str
    expires_at: datetime
    bearer: Principal


class Issuer:
    """Signs ES256 with a key kept in `folder`, and writes the public half beside it for the services to read."""

    def __init__(self, folder: Path, name: str, issuer: str, audience: str, seconds: int) -> None:
        self._key = ECKey.import_key(orjson.loads(read_or_make(folder / f"{name}-issuer.jwk", _new_key)))
        self._fixed = {"iss": issuer, "aud": audience}
        self.seconds = seconds
        self.audiences = (issuer, f"{issuer}/oauth/token")
        """What an assertion for this issuer may have as its audience (RFC 7523, section 3)."""
        self.jwks_file = folder / f"{name}-jwks.json"
        self.jwks_file.write_bytes(orjson.dumps(self.jwks()))

    def jwks(self) -> dict[str, Any]:
        return dict(KeySet([self._key]).as_dict(private=False))

    def token(
        self, subject: str, agency: str, roles: frozenset[Role], purpose: str | None, purposes: Iterable[str] = ()
    ) -> Made:
        """For `purpose`; the bearer may choose another of `purposes` for a single request."""
        now = utc_now()
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
        text = jwt.encode({"alg": "ES256", "kid": self._key.kid, "typ": "JWT"}, claims, self._key)
        return Made(text, str(claims["jti"]), expires_at, Principal(agency, frozenset(roles), subject, purpose))


def _new_key() -> bytes:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return orjson.dumps(key.as_dict(private=True))
