"""Who is asking for a token: shown by a signed assertion, by a secret, or by a token of an issuer that vouches."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from services.gateway.clients import DiscoveredKeys
from services.gateway.domain import standing
from services.gateway.domain.register import Client, Issuer, Person, Register, found
from services.gateway.domain.standing import Standing
from services.gateway.handlers import secrets
from services.gateway.handlers.oauth import OAuthError, Refused, Whose
from shared.runtime.auth import ALGORITHMS, FAULTY, TokenVerifier
from shared.runtime.clock import SKEW, utc_now
from shared.runtime.errors import Unauthenticated

ASSERTION_LIVES = timedelta(minutes=5)
_SUBJECT_LENGTH = 255  # OpenID Connect Core, section 2


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion that was found good: to be used once before it expires."""

    client: str
    id: str
    expires_at: datetime


def by_assertion(text: str, register: Register, accepted: Iterable[str], day: date) -> tuple[Standing, Assertion]:
    """The client that signed `text`, a JWT for one of the audiences `accepted`. Raises Refused.

    Source: RFC 7523, section 3. The audience is one text, not a list, so that an assertion is for one server alone.
    """
    client = _client_of(text, register, day)
    try:
        keys = KeySet.import_key_set({"keys": list(client.keys)})
        claims = jwt.decode(text, keys, algorithms=ALGORITHMS).claims
        expires_at = _checked(claims, client.id, accepted)
        assertion_id = hashlib.sha256(claims["jti"].encode()).hexdigest()
    except FAULTY as error:
        raise _no_such_client(client.whose) from error
    return standing.of_client(client), Assertion(client.id, assertion_id, expires_at)


def _client_of(text: str, register: Register, day: date) -> Client:
    """Who says that they signed `text`. Raises Refused."""
    try:
        client = found(register.clients, str(_unproven(text)["sub"]), day)
    except FAULTY as error:
        raise _no_such_client() from error
    if client is None or not client.keys:
        raise _no_such_client(client.whose if client else None)
    return client


def _checked(claims: dict[str, Any], client: str, accepted: Iterable[str]) -> datetime:
    """When the assertion expires. Raises ValueError, KeyError or TypeError."""
    if (claims["iss"], claims["sub"]) != (client, client) or claims["aud"] not in tuple(accepted):
        raise ValueError("an assertion by or for somebody else")
    now, skew = utc_now().timestamp(), SKEW.total_seconds()
    begins, ends = claims.get("nbf", now), claims["exp"]
    if not (begins <= now + skew and now < ends <= now + ASSERTION_LIVES.total_seconds() + skew):
        raise ValueError("an assertion that is not good now, or for too long")
    if not (isinstance(claims["jti"], str) and claims["jti"]):
        raise ValueError("an assertion without an id")
    return datetime.fromtimestamp(ends, UTC)


async def by_secret(id_: str, secret: str, register: Register, day: date) -> Standing:
    """The client or person whose secret it is. Raises Refused."""
    client, person = found(register.clients, id_, day), found(register.people, id_, day)
    member = client or person
    if not await secrets.matches(secret, member.secret if member else None):
        raise _no_such_client(member.whose if member else None)
    if client:
        return standing.of_client(client)
    return _in_post(standing.of_person(person, register, day) if person else None, person)


class Vouching:
    """The issuers of the register, each with its keys, which are found by discovery and kept."""

    def __init__(self) -> None:
        self._verifiers: dict[tuple[str, str], TokenVerifier] = {}

    async def by_token(self, text: str, register: Register, day: date, nonce: str | None = None) -> Standing:
        """Whom an issuer vouches for in `text`, which answers the sign-in of this `nonce`, if there is one. Raises
        Refused, or Unavailable where its keys cannot be had."""
        try:
            said = _unproven(text)["iss"]
        except FAULTY as error:
            raise _not_vouched() from error
        issuer = next((one for one in register.issuers if one.url == said), None)
        if issuer is None:
            raise _not_vouched()
        try:
            claims = await self._verifier(issuer).claims(text)
        except Unauthenticated as error:
            raise _not_vouched() from error
        if nonce is not None and claims.get("nonce") != nonce:
            raise _not_vouched()
        subject = claims["sub"]
        if not (isinstance(subject, str) and subject.isprintable() and len(subject) <= _SUBJECT_LENGTH):
            raise _not_vouched()
        return _in_post(standing.of_claims(claims, issuer, register, day), standing.named(subject, issuer, register))

    def _verifier(self, issuer: Issuer) -> TokenVerifier:
        known = issuer.url, issuer.audience
        if known not in self._verifiers:
            self._verifiers[known] = TokenVerifier(*known, DiscoveredKeys(issuer.url))
        return self._verifiers[known]


def _unproven(text: str) -> dict[str, Any]:
    """What a token says before anybody has looked whether it is true: good to find the key, and for nothing else."""
    said = orjson.loads(jws.extract_compact(text.encode()).payload)
    if not isinstance(said, dict):
        raise ValueError("a token whose claims are no object")
    return said


def _no_such_client(whose: Whose | None = None) -> Refused:
    return Refused(OAuthError.invalid_client, "Nobody is registered here who proves themselves so.", whose)


def _not_vouched() -> Refused:
    return Refused(OAuthError.invalid_grant, "No issuer of the partnership vouches for this token.")


def _in_post(found: Standing | None, person: Person | None) -> Standing:
    if found is None:
        whose = person.whose if person else None
        raise Refused(OAuthError.invalid_grant, "You have no post in the partnership today.", whose)
    return found
