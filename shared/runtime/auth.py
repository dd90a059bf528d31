"""Who is calling. A route says which roles may call it by the type of a parameter, so it cannot forget to ask.

Tokens are signed JWTs of one issuer, checked against its published keys in every service: the edge is not trusted to
have done it. Claims: `sub`, `agency`, `roles`, `purpose` (optional), `exp`, `iss`, `aud`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import httpx
import orjson
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.runtime.errors import Forbidden, Unauthenticated, Unavailable

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]
_KEYS_KEPT_SECONDS = 600.0
_KEYS_ASKED_AGAIN_SECONDS = 5.0


class Role(StrEnum):
    agency_system = "agency_system"
    officer = "officer"
    analyst = "analyst"
    tasking_chair = "tasking_chair"
    information_governance = "information_governance"
    agency_admin = "agency_admin"
    auditor = "auditor"
    operator = "operator"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller, as its issuer vouches for it until `expires_at` (Unix seconds)."""

    agency: str
    roles: frozenset[Role]
    subject: str
    purpose: str | None = None
    expires_at: float = float("inf")


class Keys:
    """The issuer's public keys, from a URL or a file, fetched again when they are old or a key is unknown."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._lock = asyncio.Lock()

    async def get(self, *, refresh: bool = False) -> KeySet:
        age = monotonic() - self._fetched_at
        limit = _KEYS_ASKED_AGAIN_SECONDS if refresh else _KEYS_KEPT_SECONDS
        if self._keys is None or age > limit:
            async with self._lock:
                if self._keys is None or monotonic() - self._fetched_at > limit:
                    self._keys = KeySet.import_key_set(orjson.loads(await self._read()))
                    self._fetched_at = monotonic()
        return self._keys

    async def _read(self) -> bytes:
        if not self._source.startswith(("http://", "https://")):
            return await asyncio.to_thread(self._read_file)
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(self._source)).raise_for_status().content
        except httpx.HTTPError as error:
            raise Unavailable("The issuer's keys cannot be fetched.") from error

    def _read_file(self) -> bytes:
        try:
            return Path(self._source).read_bytes()
        except OSError as error:
            raise Unavailable("The issuer's keys cannot be read.") from error


class TokenVerifier:
    """Checks signature, algorithm, issuer, audience and expiry, and that the token names an agency."""

    def __init__(self, issuer: str, audience: str, keys: Keys) -> None:
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
            leeway=0,
        )

    async def verify(self, token: str) -> Principal:
        try:
            claims = await self._decode(token)
            self._claims.validate(claims)
            return _principal(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated from error

    async def _decode(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, await self._keys.get(), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            # The issuer may have changed its keys since we looked.
            return jwt.decode(token, await self._keys.get(refresh=True), algorithms=ALGORITHMS).claims


def _principal(claims: dict[str, Any]) -> Principal:
    agency, subject, purpose = claims["agency"], claims["sub"], claims.get("purpose")
    if not (isinstance(agency, str) and agency and isinstance(subject, str) and isinstance(claims["roles"], list)):
        raise ValueError("the token names no agency, subject or roles")
    if not isinstance(purpose, str | None):
        raise ValueError("the token's purpose is no text")
    known = frozenset(Role(role) for role in claims["roles"] if role in Role.__members__)
    return Principal(agency, known, subject, purpose, float(claims["exp"]))


bearer = HTTPBearer(auto_error=False, description="A JWT of the partnership's issuer")


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Principal:
    if credentials is None:
        raise Unauthenticated
    verifier: TokenVerifier = request.app.state.verifier
    principal = await verifier.verify(credentials.credentials)
    request.state.principal = principal
    return principal


def permitted(*roles: Role) -> Callable[[Principal], Coroutine[Any, Any, Principal]]:
    """A dependency that lets through the callers who have one of `roles`."""
    allowed = frozenset(roles)

    async def check(principal: Annotated[Principal, Depends(authenticated)]) -> Principal:
        if not principal.roles & allowed:
            names = " or ".join(sorted(allowed)).replace("_", " ")
            raise Forbidden(f"This needs the role of {names}.")
        return principal

    return check


AnyPartner = Annotated[Principal, Depends(permitted(*Role))]
AgencySystem = Annotated[Principal, Depends(permitted(Role.agency_system, Role.agency_admin))]
Analyst = Annotated[Principal, Depends(permitted(Role.analyst, Role.tasking_chair))]
Dashboard = Annotated[Principal, Depends(permitted(Role.analyst, Role.tasking_chair, Role.officer, Role.agency_system))]
GraphReader = Annotated[Principal, Depends(permitted(Role.analyst, Role.tasking_chair, Role.operator))]
