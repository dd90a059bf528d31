"""The life of a token of our own issuer: given, kept in mind, taken back."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from services.gateway.domain.register import Register
from services.gateway.domain.standing import Standing, still_stands
from services.gateway.handlers import credentials
from services.gateway.handlers.credentials import Assertion, Vouching
from services.gateway.handlers.issuer import Issuer, Made
from services.gateway.handlers.oauth import OAuthError, Refused
from services.gateway.handlers.rules import Rules
from services.gateway.store import tokens
from shared.contracts.roles import Role
from shared.runtime.auth import Principal, Verifier
from shared.runtime.clock import today, utc_now
from shared.runtime.db import Database
from shared.runtime.errors import Unauthenticated
from shared.sharing.review import purposes as purposes_of


class Tokens:
    """Every way to a token ends in one transaction that keeps it in mind. All of them raise Refused."""

    def __init__(
        self, database: Database, issuer: Issuer, verifier: Verifier, rules: Rules, register: Callable[[], Register]
    ) -> None:
        self.issuer = issuer
        self._database = database
        self._verifier = verifier
        self._rules = rules
        self._register = register
        self._vouching = Vouching()

    @property
    def usual_purpose(self) -> str:
        """That of the streams, which goes without saying."""
        return self._rules.partnership().stream_purpose

    async def for_assertion(self, text: str, purpose: str | None) -> Made:
        """A token for the client that signed `text`; the same text again is refused."""
        standing, assertion = credentials.by_assertion(text, self._register(), self.issuer.audiences, today())
        return await self._given(standing, purpose, assertion)

    async def for_secret(self, id_: str, secret: str, purpose: str | None) -> Made:
        return await self._given(await credentials.by_secret(id_, secret, self._register(), today()), purpose)

    async def for_token(self, text: str, purpose: str | None) -> Made:
        """A token of ours for one of an issuer that vouches (RFC 8693)."""
        return await self._given(await self._vouching.by_token(text, self._register(), today()), purpose)

    async def for_browser(self, text: str, nonce: str | None = None) -> Made:
        """The same for whoever signs in to our pages, where the purpose is chosen afterwards: until then it is that of
        the streams, or the first that they may act for."""
        standing = await self._vouching.by_token(text, self._register(), today(), nonce)
        first = (one for one in purposes_of(self._rules.partnership()) if one in standing.purposes)
        return await self._given(standing, next(first, None))

    async def for_development(self, agency: str, roles: Iterable[Role], purpose: str | None) -> Made:
        """Whatever is asked for: the routes that call this exist on loopback only. Raises Forbidden for an agency that
        is not in the partnership."""
        self._rules.require_agency(agency)
        purposes = frozenset(purposes_of(self._rules.partnership()))
        return await self._kept(Standing(_developer(agency), agency, frozenset(roles), purposes), purpose)

    def still_stands(self, agency: str, subject: str) -> bool:
        """Whether somebody who once read what partners share could do so today."""
        in_demo = subject == _developer(agency)
        return in_demo or still_stands(subject, agency, self._register(), today())

    async def revoke(self, text: str) -> Principal | None:
        """Whoever has a token may end it: whose it was. None for what is no token of ours, which is left alone as
        RFC 7009, section 2.2, says."""
        try:
            bearer = await self._verifier.verify(text)
        except Unauthenticated:
            return None
        if bearer.token_id:
            async with self._database.transaction() as tx:
                await tokens.revoke(tx, bearer.token_id, utc_now())
        return bearer

    async def _given(self, standing: Standing, wished: str | None, assertion: Assertion | None = None) -> Made:
        if not self._rules.has_agency(standing.agency):
            raise Refused(OAuthError.invalid_grant, "Your agency is not in this partnership.", standing.whose)
        known = purposes_of(self._rules.partnership())
        purpose = _purpose(standing, wished, known)
        return await self._kept(replace(standing, purposes=standing.purposes & set(known)), purpose, assertion)

    async def _kept(self, standing: Standing, purpose: str | None, assertion: Assertion | None = None) -> Made:
        made = self.issuer.token(standing.subject, standing.agency, standing.roles, purpose, standing.purposes)
        async with self._database.transaction() as tx:
            await tokens.forget_expired(tx, utc_now())
            if assertion and not await tokens.use(
                self._database, tx, assertion.client, assertion.id, assertion.expires_at
            ):
                used = "This assertion was used before. Sign a new one."
                raise Refused(OAuthError.invalid_client, used, standing.whose)
            await tokens.keep(tx, made.id, standing.agency, standing.subject, made.expires_at)
        return made


def _developer(agency: str) -> str:
    return f"development:{agency}"


async def revoked(database: Database) -> frozenset[str]:
    """The ids of the tokens that were taken back and would be good otherwise."""
    async with database.read() as connection:
        return await tokens.revoked(connection, utc_now())


def _purpose(standing: Standing, wished: str | None, known: tuple[str, ...]) -> str:
    """The wished one, or the one that goes without saying: that of the streams (first of `known`), or the only one."""
    allowed = [purpose for purpose in known if purpose in standing.purposes]
    if wished is None and allowed and (len(allowed) == 1 or allowed[0] == known[0]):
        return allowed[0]
    if wished is None or wished not in allowed:
        remedy = "Give as `purpose` one that the partnership knows and you may act for."
        raise Refused(OAuthError.invalid_scope, remedy, standing.whose)
    return wished
