"""The services behind the gateway: one pool of connections each; bodies pass through and are never held. The keys of
the issuers that people sign in with, and the sign-in there. And agencies' own systems, where they want to be told of
events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from services.gateway.domain.routes import Service
from services.gateway.domain.webhooks import Fate, Outcome, answered
from shared.runtime.auth import Keys, fetched
from shared.runtime.clock import utc_now
from shared.runtime.errors import TooSlow, Unavailable
from shared.runtime.public_only import NameUnknown, NotPublic, PublicOnly
from shared.runtime.trust import authorities

Headers = list[tuple[bytes, bytes]]
_LIMITS = httpx.Limits(max_connections=500, max_keepalive_connections=50, keepalive_expiry=15)
_CONNECT_SECONDS = 2.0


class Upstream:
    """One service at `url`. An answer that takes longer than `timeout` seconds between two reads is given up."""

    def __init__(self, service: Service, url: str, timeout: float) -> None:
        self.service = service
        self.url = url.rstrip("/")
        self._timeout = httpx.Timeout(timeout, connect=_CONNECT_SECONDS, pool=_CONNECT_SECONDS).as_dict()
        self._client = httpx.AsyncClient(limits=_LIMITS, verify=authorities(trust_env=False), trust_env=False)

    async def send(
        self, method: str, target: bytes, headers: Headers, body: AsyncIterator[bytes] | None = None
    ) -> httpx.Response:
        """The answer with its body still to be read; close it. `target` (path and query) goes out byte for byte.

        Raises Unavailable or TooSlow. The URL of the request is the service's alone, so that no path or query, which
        may hold a name, enters a span.
        """
        extensions = {"target": target, "timeout": self._timeout}
        request = httpx.Request(method, self.url, headers=headers, content=body, extensions=extensions)
        try:
            return await self._client.send(request, stream=True)
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise TooSlow("It is not known whether the request was carried out.") from error
        except httpx.TransportError as error:
            raise Unavailable(f"The service {self.service} is not answering.", headers={"Retry-After": "2"}) from error

    async def ask(self, method: str, path: str, headers: Headers, body: bytes | None = None) -> httpx.Response:
        """The answer, read whole. Raises Unavailable or TooSlow."""
        response = await self.send(method, path.encode(), headers, _in_one(body) if body else None)
        try:
            await response.aread()
        except httpx.TransportError as error:
            raise Unavailable(f"The service {self.service} is not answering.") from error
        finally:
            await response.aclose()
        return response

    async def status(self, path: str, headers: Headers) -> int:
        """What it answers to a GET, without the body. Raises Unavailable or TooSlow."""
        response = await self.send("GET", path.encode(), headers)
        await response.aclose()
        return response.status_code

    async def get_json(self, path: str) -> Any:
        """Raises Unavailable or TooSlow, or ValueError if the answer is no JSON of status 200."""
        response = await self.send("GET", path.encode(), [(b"accept", b"application/json")])
        try:
            await response.aread()
            if response.status_code != httpx.codes.OK:
                raise ValueError("the answer is not 200")
            return response.json()
        except httpx.TransportError as error:
            raise Unavailable(f"The service {self.service} is not answering.") from error
        finally:
            await response.aclose()

    async def close(self) -> None:
        await self._client.aclose()


async def _in_one(content: bytes) -> AsyncIterator[bytes]:
    yield content


Upstreams = Mapping[Service, Upstream]


class Feeds:
    """What ingest tells a caller of feeds, asked with the caller's own token."""

    def __init__(self, ingest: Upstream) -> None:
        self._ingest = ingest

    async def are_of(self, authorization: str, feed: str) -> bool:
        """Whether `feed`, which is a plain path segment, is of the caller's agency. Raises Unavailable or TooSlow."""
        headers = [(b"authorization", authorization.encode("latin-1"))]
        status = await self._ingest.status(f"/v1/feeds/{feed}", headers)
        if status not in (httpx.codes.OK, httpx.codes.NOT_FOUND):
            raise Unavailable("It cannot be learnt whose feed that is.")
        return status == httpx.codes.OK


class DiscoveredKeys(Keys):
    """The keys of an OpenID Connect issuer, wherever its own description says that they are. Raises Unavailable."""

    async def _read(self) -> bytes:
        return await fetched(await described(self._source, "jwks_uri"))


async def described(issuer: str, name: str) -> str:
    """An address that the issuer's own description gives. Raises Unavailable.

    Source: OpenID Connect Discovery 1.0, sections 3 and 4.3.
    """
    about = await fetched(issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        description = orjson.loads(about)
        if description["issuer"] != issuer:
            raise ValueError("the description of another issuer")
        place = str(description[name])
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable("The issuer does not describe itself.") from error
    if urlsplit(place).scheme != "https" and urlsplit(place).netloc != urlsplit(issuer).netloc:
        raise Unavailable("The issuer gives an address where anybody could listen on the way.")
    return place


@dataclass(frozen=True, slots=True)
class Vouched:
    """What an issuer says of somebody who signed in there, and by what it says it again later, if at all."""

    id_token: str
    refresh_token: str | None


class OpenIdProvider:
    """An issuer with which people sign in: the authorisation code flow with PKCE (RFC 6749, section 4.1; RFC 7636)."""

    def __init__(self, issuer: str, client_id: str, secret: str | None, scope: str) -> None:
        self._issuer = issuer
        self._client = {
            "client_id": client_id,
            "client_secret": secret,
            "scope": scope,
            "code_challenge_method": "S256",
        }

    async def authorization_url(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in. Raises Unavailable."""
        place = await described(self._issuer, "authorization_endpoint")
        async with self._calling(redirect_uri) as client:
            url, _ = client.create_authorization_url(place, state=state, nonce=nonce, code_verifier=verifier)
        return str(url)

    async def by_code(self, redirect_uri: str, code: str, verifier: str) -> Vouched | None:
        """None if the issuer refuses. Raises Unavailable."""
        place = await described(self._issuer, "token_endpoint")
        async with self._calling(redirect_uri) as client:
            return await _vouched(client.fetch_token(place, code=code, code_verifier=verifier))

    async def by_refresh_token(self, refresh_token: str) -> Vouched | None:
        """The same. The issuer's refresh token may be another one afterwards."""
        place = await described(self._issuer, "token_endpoint")
        async with self._calling(None) as client:
            return await _vouched(client.refresh_token(place, refresh_token=refresh_token))

    async def end_session_url(self, then: str) -> str:
        """Where somebody ends their session at the issuer, and is sent on to `then`. Raises Unavailable, also for an
        issuer that has no such place. No ID token goes along, since an address is kept in histories and logs: so the
        issuer asks whether they mean it. Source: OpenID Connect RP-Initiated Logout 1.0, section 2."""
        place = await described(self._issuer, "end_session_endpoint")
        said = {"client_id": self._client["client_id"], "post_logout_redirect_uri": then}
        return str(httpx.URL(place).copy_merge_params(said))

    def _calling(self, redirect_uri: str | None) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(**self._client, redirect_uri=redirect_uri, timeout=5, trust_env=False)


async def _vouched(asked: Awaitable[Mapping[str, Any]]) -> Vouched | None:
    try:
        answer = await asked
    except OAuthError:
        return None
    except Exception as error:  # whichever HTTP library Authlib finds, it raises that one's errors
        raise Unavailable("The issuer cannot be reached.") from error
    token = answer.get("id_token")
    return Vouched(str(token), answer.get("refresh_token")) if token else None


class Receivers:
    """Agencies' systems, wherever on the public internet they say that they are. Redirects are not followed, and a
    connection serves one request: two receivers at one address may have different certificates."""

    def __init__(self, *, timeout: float, allow_loopback: bool) -> None:
        self._timeout = timeout
        limits = httpx.Limits(max_keepalive_connections=0)
        transport = PublicOnly(allow_loopback=allow_loopback, limits=limits)
        self._client = httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """What became of it, within `timeout` seconds. What the answer says is not read."""
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream("POST", url, headers=headers, content=body) as response,
            ):
                return answered(response.status_code, response.headers.get("retry-after"), utc_now())
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(Fate.away, "timeout")
        except (NameUnknown, NotPublic, httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Outcome(Fate.away, "address_not_public")  # which of them would tell what names there are inside
        except httpx.HTTPError:
            return Outcome(Fate.away, "unreachable")

    async def close(self) -> None:
        await self._client.aclose()
