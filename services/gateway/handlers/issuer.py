"""Our own issuer, for development and demonstrations on one machine: it gives a token to whoever asks."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.gateway.handlers.keys import read_or_make
from shared.runtime.auth import Role
from shared.runtime.clock import new_id, utc_now


class DevelopmentIssuer:
    """Signs ES256 with a key kept in `folder`, and writes the public half beside it for the services to read."""

    def __init__(self, folder: Path, issuer: str, audience: str, seconds: int) -> None:
        self._key = ECKey.import_key(orjson.loads(read_or_make(folder / "dev-issuer.jwk", _new_key)))
        self._fixed = {"iss": issuer, "aud": audience}
        self.seconds = seconds
        self.jwks_file = folder / "dev-jwks.json"
        self.jwks_file.write_bytes(orjson.dumps(self.jwks()))

    def jwks(self) -> dict[str, Any]:
        return dict(KeySet([self._key]).as_dict(private=False))

    def token(self, agency: str, roles: Iterable[Role], purpose: str | None) -> str:
        now = utc_now()
        claims = self._fixed | {
            "sub": f"development:{agency}",
            "agency": agency,
            "roles": sorted(roles),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=self.seconds)).timestamp()),
            "jti": new_id("tok"),
        }
        if purpose:
            claims["purpose"] = purpose
        return jwt.encode({"alg": "ES256", "kid": self._key.kid, "typ": "JWT"}, claims, self._key)


def _new_key() -> bytes:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return orjson.dumps(key.as_dict(private=True))
