"""Somebody of the partnership at the public address."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.ealing.partnership import TOGETHER
from tests.e2e.people import Partners
from tests.support.processes import wait_until


@dataclass(frozen=True)
class Person:
    name: str
    at: Partners

    def get(self, path: str) -> Any:
        return self.at.get(self.name, TOGETHER, path)

    def read(self, path: str) -> bytes:
        """The very bytes of the answer, whatever its status."""
        return self.call("GET", path).content

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.call("POST", path, body, **headers).raise_for_status()
        return answer.json() if answer.content else None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        signed = self.at.headers(self.name, TOGETHER)
        return self.at.http.request(method, path, json=body, headers=signed | headers)

    def send(self, feed: str, content: bytes) -> Any:
        """A file; its receipt once it has been worked off."""
        signed = self.at.headers(self.name, TOGETHER)
        answer = self.at.http.post(f"/v1/feeds/{feed}/files", content=content, headers=signed).raise_for_status()
        receipt = f"/v1/submissions/{answer.json()['id']}"
        wait_until(lambda: self.get(receipt)["status"] == "done", 30, f"All of {feed}")
        return self.get(receipt)
