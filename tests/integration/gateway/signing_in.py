"""A register with everybody that the sign-in tests need, and an OpenID Connect issuer that is found by discovery."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.gateway.api.oauth import CLIENT_CREDENTIALS, JWT_ASSERTION, TOKEN_EXCHANGE
from services.gateway.handlers.secrets import hashed
from shared.runtime.clock import new_id, utc_now
from tests.integration.gateway.served import gateway, http, served
from tests.support.tokens import ISSUER

KEY = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256"})
OTHERS_KEY = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256"})
SECRET = "correct horse battery staple"
_SECRET_HASH = hashed(SECRET)
_ALWAYS = {"starts": "2020-01-01"}


def _client(id_: str, agency: str, **given: Any) -> dict[str, Any]:
    return {"id": id_, "agency": agency, "purposes": ["compliance"], **_ALWAYS, **given}


def _post(agency: str, role: str, *holders: str) -> dict[str, Any]:
    held = [{"person": person, **_ALWAYS} for person in holders]
    id_ = f"{agency}-{role.replace('_', '-')}"
    return {"id": id_, "agency": agency, "title": id_, "roles": [role], "purposes": ["compliance"], "holders": held}


def register(issuer_url: str = "https://nowhere.example") -> dict[str, Any]:
    """Fire and police have a system each, fire a person with a secret, and an issuer vouches for fire alone."""
    mapping = {"claim": "groups", "value": "/analysts", "post": "fire-analyst", **_ALWAYS}
    person = {"agency": "fire", "secret": _SECRET_HASH, **_ALWAYS}
    return {
        "issuers": [
            {"id": "town", "url": issuer_url, "audience": "joinedup", "agencies": ["fire"], "mappings": [mapping]}
        ],
        "posts": [_post("fire", "analyst", "ann"), _post("fire", "agency_admin", "bob")],
        "people": [{"id": "ann", **person}, {"id": "bob", **person}, {"id": "idle", **person}],
        "clients": [
            _client("fire-system", "fire", keys=[KEY.as_dict(private=False)]),
            _client("police-system", "police", keys=[OTHERS_KEY.as_dict(private=False)]),
            _client("retired", "fire", keys=[KEY.as_dict(private=False)], ends="2020-12-31"),
            _client("stranger-system", "stranger", keys=[KEY.as_dict(private=False)]),
            _client("small-system", "fire", secret=_SECRET_HASH),
        ],
    }


@contextmanager
def issuing(folder: Path, content: dict[str, Any] | None = None, **given: object) -> Iterator[str]:
    """A gateway that is its own issuer, in production."""
    file = folder / "register.yaml"
    file.write_text(yaml.safe_dump(content or register()))
    with gateway(folder, register_file=file, **given) as url:
        yield url


def assertion(client: str = "fire-system", key: ECKey = KEY, **changed: Any) -> str:
    now = utc_now()
    said = {"iss": client, "sub": client, "aud": ISSUER, "jti": new_id("a")}
    claims = said | {"exp": int((now + timedelta(minutes=1)).timestamp())} | changed
    return jwt.encode({"alg": "ES256"}, {name: value for name, value in claims.items() if value is not None}, key)


def by_assertion(url: str, text: str, **form: str) -> httpx.Response:
    fixed = {"grant_type": CLIENT_CREDENTIALS, "client_assertion_type": JWT_ASSERTION, "client_assertion": text}
    return http.post(f"{url}/oauth/token", data=fixed | form)


def by_secret(url: str, id_: str, secret: str = SECRET, **form: str) -> httpx.Response:
    return http.post(f"{url}/oauth/token", data={"grant_type": CLIENT_CREDENTIALS, **form}, auth=(id_, secret))


def by_token(url: str, text: str, **form: str) -> httpx.Response:
    kind = "urn:ietf:params:oauth:token-type:access_token"
    fixed = {"grant_type": TOKEN_EXCHANGE, "subject_token": text, "subject_token_type": kind}
    return http.post(f"{url}/oauth/token", data=fixed | form)


def bearer(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def me(url: str, headers: dict[str, str]) -> dict[str, object]:
    """What /v1/me says."""
    return http.get(f"{url}/v1/me", headers=headers).raise_for_status().json()


class OpenId:
    """An issuer that describes itself as OpenID Connect Discovery says, at its own address."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "town", "alg": "ES256", "use": "sig"})
        self.describes_itself_as: str | None = None
        self.url = ""
        self.app = FastAPI()
        self.app.state.stop = _NoStop()
        self.app.get("/.well-known/openid-configuration")(self._description)
        self.app.get("/keys")(lambda: KeySet([self.key]).as_dict(private=False))

    async def _description(self) -> dict[str, str]:
        return {"issuer": self.describes_itself_as or self.url, "jwks_uri": f"{self.url}/keys"}

    def token(self, key: ECKey | None = None, **changed: Any) -> str:
        soon = int((utc_now() + timedelta(minutes=5)).timestamp())
        claims = {"iss": self.url, "aud": "joinedup", "sub": "s-1", "groups": ["/analysts"], "exp": soon}
        return jwt.encode({"alg": "ES256", "kid": "town"}, claims | changed, key or self.key)


class _NoStop:
    def set(self) -> None:
        """Our server tells an application that it is stopping; this one has nothing to end."""


@contextmanager
def open_id() -> Iterator[OpenId]:
    issuer = OpenId()
    with served(issuer.app) as url:
        issuer.url = url
        yield issuer
