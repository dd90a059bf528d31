"""Who is calling. A route says which roles may call it by the type of a parameter, so it cannot forget to ask.

Tokens are signed JWTs of one issuer, checked against its published keys in every service: the edge is not trusted to
have done it. Claims: `sub`, `agency`, `roles`, `purpose` (optional), `purposes` (those that the caller may choose
from), `jti` (by which a token is revoked), `exp`, `iss`, `aud`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, Protocol

import httpx
import orjson
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.contracts.roles import READERS, Role
from shared.runtime.clock import SKEW, utc_now
from shared.runtime.errors import Forbidden, Unauthenticated, Unavailable
from shared.runtime.parameters import refuse_unknown
from shared.runtime.revocations import Revocations, none, published_at
from shared.runtime.settings import ProcessSettings
from shared.runtime.trust import authorities

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]
FAULTY = (JoseError, ValueError, KeyError, TypeError, OverflowError)
"""All that reading a token which somebody made up can raise."""
SUBJECT_LENGTH = 320
"""OpenID Connect allows 255; ours put the id of an issuer before it."""
_SLUG_LENGTH = 63
KEYS_KEPT_SECONDS = 600.0
_KEYS_ASKED_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller, as its issuer vouches for it until `expires_at` (Unix seconds)."""

    agency: str
    roles: frozenset[Role]
    subject: str
    purpose: str | None = None
    expires_at: float = float("inf")
    purposes: frozenset[str] = frozenset()
    token_id: str | None = None

    def acting_for(self, purpose: str) -> "Principal":
        """The same caller, for this purpose from now on. Raises Forbidden for one that the token does not allow."""
        if purpose not in self.purposes | {self.purpose}:
            raise Forbidden("Your token does not let you act for this purpose.")
        return replace(self, purpose=purpose)


class Keys:
    """The issuer's public keys, from a URL or a file, fetched again when they are old or a key is unknown."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._lock = asyncio.Lock()

    async def get(self, *, refresh: bool = False) -> KeySet:
        age = monotonic() - self._fetched_at
        limit = _KEYS_ASKED_AGAIN_SECONDS if refresh else KEYS_KEPT_SECONDS
        if self._keys is None or age > limit:
            async with self._lock:
                if self._keys is None or monotonic() - self._fetched_at > limit:
                    self._keys = KeySet.import_key_set(orjson.loads(await self._read()))
                    self._fetched_at = monotonic()
        return self._keys

    async def _read(self) -> bytes:
        if not self._source.startswith(("http://", "https://")):
            return await asyncio.to_thread(self._read_file)
        return await fetched(self._source)

    def _read_file(self) -> bytes:
        try:
            return Path(self._source).read_bytes()
        except OSError as error:
            raise Unavailable("The issuer's keys cannot be read.") from error


async def fetched(url: str) -> bytes:
    """What the issuer has at `url`. Raises Unavailable."""
    try:
        async with httpx.AsyncClient(timeout=5, verify=authorities(trust_env=True)) as client:
            return (await client.get(url)).raise_for_status().content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("The issuer's keys cannot be fetched.") from error


class Verifier(Protocol):
    async def verify(self, token: str) -> Principal:
        """Who has this token. Raises Unauthenticated, Unavailable or TooMany."""


class TokenVerifier:
    """Checks signature, algorithm, issuer, audience, expiry and revocation, and that the token names an agency."""

    def __init__(self, issuer: str, audience: str, keys: Keys, revocations: Revocations | None = None) -> None:
        self._keys = keys
        self._revocations = revocations or Revocations(none)
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
            leeway=int(SKEW.total_seconds()),
        )

    async def verify(self, token: str) -> Principal:
        """Raises Unauthenticated, or Unavailable where the keys or the revocations cannot be had."""
        claims = await self.claims(token)
        try:
            principal = _principal(claims)
        except FAULTY as error:
            raise Unauthenticated from error
        if await self.has_ended(principal):
            raise Unauthenticated
        return principal

    async def has_ended(self, principal: Principal) -> bool:
        """Whether the token of somebody who was let in was taken back since. Raises Unavailable."""
        return principal.token_id is not None and await self._revocations.has(principal.token_id)

    async def claims(self, token: str) -> dict[str, Any]:
        """What the issuer says in a token that is its own, for us, and has not expired. Raises as `verify` does."""
        try:
            claims = await self._decode(token)
            self._claims.validate(claims)
        except FAULTY as error:
            raise Unauthenticated from error
        if claims["exp"] <= utc_now().timestamp():  # a clock ahead of ours is excused, a token that has ended is not
            raise Unauthenticated
        return claims

    async def _decode(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, await self._keys.get(), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            # The issuer may have changed its keys since we looked.
            return jwt.decode(token, await self._keys.get(refresh=True), algorithms=ALGORITHMS).claims


def verifier_for(settings: ProcessSettings) -> TokenVerifier:
    """The one that a service's settings ask for."""
    revocations = Revocations(published_at(settings.auth_revocations) if settings.auth_revocations else none)
    return TokenVerifier(settings.auth_issuer, settings.auth_audience, Keys(settings.auth_jwks), revocations)


def _principal(claims: dict[str, Any]) -> Principal:
    """Raises ValueError, KeyError or TypeError."""
    agency, subject = _text(claims["agency"], _SLUG_LENGTH), _text(claims["sub"], SUBJECT_LENGTH)
    purpose, token_id = claims.get("purpose"), claims.get("jti")
    roles, purposes = _list(claims["roles"]), _list(claims.get("purposes", []))
    return Principal(
        agency,
        frozenset(Role(role) for role in roles if role in Role.__members__),
        subject,
        None if purpose is None else _text(purpose, _SLUG_LENGTH),
        float(claims["exp"]),
        frozenset(_text(one, _SLUG_LENGTH) for one in purposes),
        None if token_id is None else _text(token_id, SUBJECT_LENGTH),
    )


def _text(value: object, longest: int) -> str:
    """What every store and log can hold: an entry that could not be written would keep others' from being so."""
    if not (isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()):
        raise ValueError("a claim is no printable text, or too long")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a claim is no list")
    return value


ACTING_PURPOSE = "acting-purpose"
bearer = HTTPBearer(
    auto_error=False,
    description="A JWT of the partnership's issuer. The header `Acting-Purpose` chooses, for one request, another of "
    "the purposes that the token allows.",
)


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Principal:
    """Also raises Invalid for parameters that the route does not know: of a caller who is known, since strangers learn
    nothing of a route."""
    if credentials is None:
        raise Unauthenticated
    verifier: Verifier = request.app.state.verifier
    request.state.principal = principal = await verifier.verify(credentials.credentials)
    if purpose := request.headers.get(ACTING_PURPOSE):
        request.state.principal = principal = principal.acting_for(purpose)
    refuse_unknown(request)
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
AgencyAdmin = Annotated[Principal, Depends(permitted(Role.agency_admin))]
FeedReader = Annotated[
    Principal,
    Depends(permitted(Role.agency_system, Role.agency_admin, Role.information_governance, Role.auditor)),
]
AgencySystem = Annotated[Principal, Depends(permitted(Role.agency_system, Role.agency_admin))]
Analyst = Annotated[Principal, Depends(permitted(Role.analyst, Role.tasking_chair))]
AuditReader = Annotated[Principal, Depends(permitted(Role.auditor, Role.information_governance))]
Dashboard = Annotated[Principal, Depends(permitted(*READERS))]
GraphReader = Annotated[Principal, Depends(permitted(Role.analyst, Role.tasking_chair, Role.operator))]
InformationGovernance = Annotated[Principal, Depends(permitted(Role.information_governance))]
TaskingChair = Annotated[Principal, Depends(permitted(Role.tasking_chair))]
