"""People of several agencies who sign in at a running system, each with a `sub` of their own."""

from pathlib import Path
from typing import Any

import httpx
import yaml

from services.gateway.handlers.secrets import hashed

_SECRET = "correct horse battery staple"
_ALWAYS = {"starts": "2020-01-01"}


def register(folder: Path, people: dict[str, tuple[str, ...]], purposes: list[str]) -> Path:
    """The register of these people, written into the folder. `people`: `agency/name` and their roles."""
    listed = [tuple(who.split("/")) for who in people]
    posts = [
        {"id": f"{agency}-{name}", "agency": agency, "title": name, "roles": list(people[f"{agency}/{name}"]),
         "purposes": purposes, "holders": [{"person": name, **_ALWAYS}]}
        for agency, name in listed
    ]  # fmt: skip
    secret = hashed(_SECRET)
    members = [{"id": name, "agency": agency, "secret": secret, **_ALWAYS} for agency, name in listed]
    file = folder / "register.yaml"
    file.write_text(yaml.safe_dump({"posts": posts, "people": members}))
    return file


class Partners:
    """The people at the public address. Each signs in once for each purpose, until `sign_in_again`."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, follow_redirects=True)
        self._tokens: dict[tuple[str, str], str] = {}

    def sign_in_again(self) -> None:
        self._tokens.clear()

    def headers(self, name: str, purpose: str) -> dict[str, str]:
        if (name, purpose) not in self._tokens:
            form = {"grant_type": "client_credentials", "purpose": purpose}
            answer = self.http.post("/oauth/token", data=form, auth=(name, _SECRET)).raise_for_status()
            self._tokens[name, purpose] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._tokens[name, purpose]}"}

    def call(self, name: str, purpose: str, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.http.request(method, path, json=body, headers=self.headers(name, purpose))

    def get(self, name: str, purpose: str, path: str) -> Any:
        return self.call(name, purpose, "GET", path).raise_for_status().json()

    def post(self, name: str, purpose: str, path: str, body: Any = None) -> Any:
        return self.call(name, purpose, "POST", path, body).raise_for_status().json()
