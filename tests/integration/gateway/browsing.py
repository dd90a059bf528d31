"""A browser without scripts, and an issuer where it signs in as OpenID Connect Core says, section 3.1, with PKCE."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

import httpx
from fastapi import Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from shared.runtime.clock import new_id
from tests.integration.gateway.served import served
from tests.integration.gateway.signing_in import OpenId

SECRET = "known to the issuer and to our pages"


class Browser(httpx.Client):
    """Says of a form where it was, as browsers do; follows nothing by itself."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, trust_env=False, timeout=30)
        self.url = url

    def submit(self, path: str, **fields: object) -> httpx.Response:
        return self.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    def sign_in(self, agency: str = "fire", role: str = "officer") -> "Browser":
        answer = self.submit("/sign-in", agency=agency, role=role)
        assert answer.status_code == 303, answer.text
        return self


class Provider(OpenId):
    """Codes and refresh tokens are taken once. `refuses` all that comes; `slip` changes what the ID tokens say; `waits`
    so many seconds before it answers with one."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses = False
        self.slip: dict[str, object] = {}
        self.refreshed = 0
        self.waits = 0.0
        self._asked: dict[str, dict[str, str]] = {}
        self._refresh_tokens: set[str] = set()
        self.app.get("/authorize")(self._authorize)
        self.app.post("/token")(self._token)

    async def _description(self) -> dict[str, str]:
        places = {"authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token"}
        return await super()._description() | places

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        self._asked[code := new_id("code")] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    async def _token(self, request: Request, grant_type: Annotated[str, Form()]) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        shown = request.headers.get("authorization", "")
        is_client = base64.b64decode(shown.removeprefix("Basic ")).decode() == f"joinedup:{SECRET}"
        nonce = self._by_code(form) if grant_type == "authorization_code" else self._by_refresh_token(form)
        if self.refuses or not is_client or nonce is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self._refresh_tokens.add(fresh := new_id("refresh"))
        await asyncio.sleep(self.waits)
        said = ({"nonce": nonce} if nonce else {}) | self.slip
        return JSONResponse(
            {"id_token": self.token(**said), "access_token": "a", "token_type": "Bearer", "refresh_token": fresh}
        )

    def _by_code(self, form: dict[str, str]) -> str | None:
        asked = self._asked.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode():
            return None
        return asked["nonce"] if asked["redirect_uri"] == form["redirect_uri"] else None

    def _by_refresh_token(self, form: dict[str, str]) -> str | None:
        self.refreshed += 1
        if form["refresh_token"] not in self._refresh_tokens:
            return None
        self._refresh_tokens.remove(form["refresh_token"])
        return ""


@contextmanager
def provider() -> Iterator[Provider]:
    issuer = Provider()
    with served(issuer.app) as url:
        issuer.url = url
        yield issuer


def to_the_issuer(browser: Browser, then: str = "/purpose") -> httpx.URL:
    """Where the issuer sends the browser back to, once somebody has signed in there."""
    away = browser.get("/sign-in/town", params={"then": then})
    assert away.status_code == 303, away.text
    return httpx.URL(httpx.get(away.headers["location"], trust_env=False).headers["location"])


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
