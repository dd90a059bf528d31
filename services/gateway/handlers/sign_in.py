"""Signing in with a browser, at an issuer of the register: OpenID Connect's authorisation code flow with PKCE."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hmac import compare_digest

import orjson
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from services.gateway.clients import OpenIdProvider, Vouched
from services.gateway.domain.register import Issuer, Register
from services.gateway.domain.session import Way
from services.gateway.handlers.issuer import Made
from services.gateway.handlers.oauth import OAuthError, Refused
from services.gateway.handlers.tokens import Tokens
from shared.contracts.roles import Role
from shared.runtime.errors import NotFound, Unavailable

TICKET_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Ticket:
    """A sign-in under way; the browser holds it, sealed. `then` is the page that was wanted."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    then: str


class SignIn:
    """`answer` below is the query with which the issuer sent the browser back to `redirect_uri`, which is the issuer's
    own, so that no issuer can answer for another (RFC 9700, section 4.4.2.2)."""

    def __init__(
        self,
        tokens: Tokens,
        register: Callable[[], Register],
        secrets: Mapping[str, SecretStr],
        seal: Fernet,
        *,
        is_demo: bool,
    ) -> None:
        self._tokens = tokens
        self._register = register
        self._secrets = secrets
        self._seal = seal
        self.is_demo = is_demo

    def issuers(self) -> tuple[Issuer, ...]:
        """Those with which people may sign in."""
        return tuple(issuer for issuer in self._register().issuers if issuer.title)

    async def start(self, issuer: str, redirect_uri: str, then: str) -> tuple[str, str]:
        """Where the browser goes, and the sealed ticket that it keeps meanwhile. Raises NotFound or Unavailable."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        ticket = Ticket(issuer, state, nonce, verifier, then)
        provider = self._provider(issuer)
        url = await provider.authorization_url(redirect_uri, ticket.state, ticket.nonce, ticket.verifier)
        return url, self._seal.encrypt(orjson.dumps(asdict(ticket))).decode()

    async def finish(
        self, issuer: str, redirect_uri: str, answer: Mapping[str, str], sealed: str
    ) -> tuple[Made, Way, str]:
        """A token, how to get the next, and the page that was wanted. Raises Refused, NotFound or Unavailable."""
        ticket = self._opened(sealed)
        code = answer.get("code")
        if ticket.issuer != issuer or not compare_digest(ticket.state, answer.get("state", "")) or not code:
            raise _broken_off()
        vouched = await self._provider(issuer).by_code(redirect_uri, code, ticket.verifier)
        made, way = await self._made(issuer, vouched, ticket.nonce)
        return made, way, ticket.then

    async def by_choice(self, way: Way) -> tuple[Made, Way]:
        """The development sign-in: as the agency and in the roles that were chosen. Raises Refused or Forbidden."""
        if not self.is_demo or way.agency is None:
            raise _broken_off()
        return await self._tokens.for_development(way.agency, map(Role, way.roles), self._tokens.usual_purpose), way

    async def again(self, way: Way) -> tuple[Made, Way]:
        """The next token of a session. Raises Refused, Forbidden or Unavailable."""
        if way.roles:
            return await self.by_choice(way)
        if way.issuer is None or way.refresh_token is None:
            raise _broken_off()
        try:
            provider = self._provider(way.issuer)
        except NotFound as error:
            raise _broken_off() from error
        made, next_way = await self._made(way.issuer, await provider.by_refresh_token(way.refresh_token))
        return made, next_way if next_way.refresh_token else way

    async def way_out(self, way: Way, then: str) -> str | None:
        """Where they end their session with their issuer too, and are sent on to `then`; None where there is none."""
        with suppress(NotFound, Unavailable):
            return await self._provider(way.issuer).end_session_url(then) if way.issuer else None
        return None

    async def _made(self, issuer: str, vouched: Vouched | None, nonce: str | None = None) -> tuple[Made, Way]:
        if vouched is None:
            raise _broken_off()
        return await self._tokens.for_browser(vouched.id_token, nonce), Way(issuer, vouched.refresh_token)

    def _provider(self, id_: str) -> OpenIdProvider:
        issuer = next((one for one in self.issuers() if one.id == id_), None)
        if issuer is None:
            raise NotFound
        secret = self._secrets.get(id_)
        return OpenIdProvider(issuer.url, issuer.audience, secret.get_secret_value() if secret else None, issuer.scope)

    def _opened(self, sealed: str) -> Ticket:
        try:
            return Ticket(**orjson.loads(self._seal.decrypt(sealed, ttl=TICKET_SECONDS)))
        except InvalidToken as error:
            raise _broken_off() from error


def _broken_off() -> Refused:
    return Refused(OAuthError.invalid_grant, "The sign-in was not finished, or took too long. Sign in again.")
