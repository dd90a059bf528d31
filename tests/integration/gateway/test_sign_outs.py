"""One word of an administrator ends all by which somebody is let in or told of something, and says what is left."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from joinedup import specs
from shared.runtime.eventlog import EventLog
from shared.runtime.revocations import KEPT_SECONDS
from tests.integration.gateway.risk import change, say, stream
from tests.integration.gateway.served import PARTNERSHIP, http, served
from tests.integration.gateway.signing_in import OTHERS_KEY, assertion, bearer, by_assertion, by_secret, issuing
from tests.support.processes import free_port
from tests.support.stores import sqlite_store

THEIRS = "small-system"


@contextmanager
def calendar(folder: Path, gateway: str, port: int) -> Iterator[None]:
    """A real one, over an empty store."""
    app = specs.application("calendar", folder, auth_jwks=f"{gateway}/.well-known/jwks.json")
    (folder / "partnership.yaml").write_text(PARTNERSHIP)
    with served(app, port):
        yield


def sign_out(url: str, headers: dict[str, str], subject: str = THEIRS) -> httpx.Response:
    return http.post(f"{url}/v1/sign-outs", json={"subject": subject}, headers=headers)


def registered(url: str, headers: dict[str, str]) -> dict[str, Any]:
    return dict(http.post(f"{url}/v1/webhooks", json={"url": "https://example.org/"}, headers=headers).json())


async def test_one_sign_out_ends_tokens_open_streams_calendar_addresses_and_webhooks(
    tmp_path: Path, log: EventLog
) -> None:
    store, port = tmp_path / "calendar", free_port()
    store.mkdir()
    sqlite_store(store, "calendar")
    with ExitStack() as stack:
        url = stack.enter_context(issuing(tmp_path, calendar_url=f"http://127.0.0.1:{port}"))
        stack.enter_context(calendar(store, url, port))
        theirs, admin = bearer(by_secret(url, THEIRS)), bearer(by_secret(url, "bob"))
        police = bearer(by_assertion(url, assertion("police-system", OTHERS_KEY)))
        of_others, hook = registered(url, admin), registered(url, theirs)
        made = http.post(f"{url}/v1/calendar/feeds", json={"scope": "agency"}, headers=theirs).raise_for_status()
        address = url + made.json()["url"]
        assert http.get(address).status_code == 200
        async with stream(url, theirs) as reader:
            await say(log, [change("fire", "biz_1")])
            await reader.next()
            assert sign_out(url, police).status_code == 403, "no administrator"
            assert http.get(address).status_code == 200
            assert (answer := sign_out(url, admin)).status_code == 204, answer.text
            await asyncio.sleep(KEPT_SECONDS + 0.5)
            await say(log, [change("fire", "biz_2")])
            with pytest.raises((EOFError, httpx.HTTPError)):
                await reader.next()
        assert http.get(address).status_code == 404
        assert http.get(f"{url}/v1/me", headers=theirs).status_code == 401
        found = {one["id"]: one for one in http.get(f"{url}/v1/webhooks", headers=admin).json()}
        assert (found[hook["id"]]["enabled"], found[of_others["id"]]["enabled"]) == (False, True)
        assert "signed out" in found[hook["id"]]["disabled_because"]

        again = {"url": "https://example.org/", "enabled": True}
        http.put(f"{url}/v1/webhooks/{hook['id']}", json=again, headers=admin).raise_for_status()
        assert sign_out(url, admin).status_code == 204
        assert http.get(f"{url}/v1/webhooks/{hook['id']}", headers=admin).json()["enabled"], "another vouches for it"


def test_what_can_be_ended_is_ended_and_what_is_left_is_said(tmp_path: Path) -> None:
    with issuing(tmp_path, calendar_url=f"http://127.0.0.1:{free_port()}") as url:
        theirs, admin = bearer(by_secret(url, THEIRS)), bearer(by_secret(url, "bob"))
        hook = registered(url, theirs)
        answer = sign_out(url, admin)
        assert (answer.status_code, "send the sign-out again" in answer.json()["detail"]) == (503, True)
        assert not http.get(f"{url}/v1/webhooks/{hook['id']}", headers=admin).json()["enabled"]
