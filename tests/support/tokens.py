"""A token issuer for tests: real keys, real signatures, a JWKS file for the services to check against."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared.contracts.roles import Role
from shared.runtime.clock import utc_now

ISSUER = "urn:joinedup:development"
AUDIENCE = "joinedup"


class Issuer:
    def __init__(self, folder: Path) -> None:
        self.key = ECKey.generate_key("P-256", parameters={"kid": "test", "use": "sig", "alg": "ES256"})
        self.jwks_path = folder / "jwks.json"
        self.jwks_path.write_bytes(orjson.dumps(KeySet([self.key]).as_dict(private=False)))

    def token(self, agency: str, roles: Iterable[str] = tuple(Role), **claims: Any) -> str:
        now = utc_now()
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": f"{agency}-system",
            "agency": agency,
            "roles": [str(role) for role in roles],
            "exp": int((now + timedelta(minutes=30)).timestamp()),
            "iat": int(now.timestamp()),
        }
        return jwt.encode({"alg": "ES256", "kid": "test"}, body | claims, self.key)

    def headers(self, agency: str, roles: Iterable[str] = tuple(Role), **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(agency, roles, **claims)}"}
