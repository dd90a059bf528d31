"""Who came in, who was turned away in whose name, and who ended a token, is in the audit log."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from services.gateway.handlers.recorder import Recorder
from shared.runtime.revocations import KEPT_SECONDS
from tests.integration.gateway.recorded import stored
from tests.integration.gateway.served import http
from tests.integration.gateway.signing_in import (
    OTHERS_KEY,
    SECRET,
    OpenId,
    assertion,
    by_assertion,
    by_secret,
    by_token,
    issuing,
    open_id,
    register,
)
from tests.support.processes import wait_until


@pytest.fixture(scope="module")
def town() -> Iterator[OpenId]:
    with open_id() as issuer:
        yield issuer


def test_the_end_of_a_token_is_recorded_as_its_bearers(tmp_path):
    with issuing(tmp_path) as url:
        token = by_assertion(url, assertion()).json()["access_token"]
        for _ in range(2):
            assert http.post(f"{url}/oauth/revoke", data={"token": token}).status_code == 200
            time.sleep(KEPT_SECONDS)
    told = [(deed.route, deed.operation, deed.person, deed.agency) for deed in stored(tmp_path)]
    assert told[1:] == [("/oauth/revoke", "alteration", "fire-system", "fire")]


def refusals(folder) -> list[tuple[str, str, int]]:
    return [(deed.agency, deed.person, deed.status) for deed in stored(folder) if deed.status >= 400]


def test_a_sign_in_that_is_refused_in_a_known_name_is_in_the_log_of_its_agency(tmp_path, town):
    with issuing(tmp_path, register(town.url)) as url:
        once = assertion()
        for text in (once, once, assertion(key=OTHERS_KEY), assertion("stranger-system"), assertion("nobody")):
            by_assertion(url, text)
        by_assertion(url, assertion(), purpose="curiosity")
        for name in ("ann", "idle", "no-such-name"):
            by_secret(url, name, "right" if name == "ann" else SECRET)
        by_token(url, town.token(groups=[], sub="s-9"))
        wait_until(lambda: len(refusals(tmp_path)) == 6, 5, "The entries")
        time.sleep(0.2)
        log = (tmp_path / "gateway.db").read_bytes() + (tmp_path / "gateway.db-wal").read_bytes()
    assert sorted(refusals(tmp_path)) == [
        ("fire", "ann", 401),
        ("fire", "fire-system", 400),
        ("fire", "fire-system", 401),
        ("fire", "fire-system", 401),
        ("fire", "idle", 400),
        ("stranger", "stranger-system", 400),
    ]
    assert {(deed.operation, deed.route, deed.roles) for deed in stored(tmp_path) if deed.status >= 400} == {
        ("sign_in", "/oauth/token", ())
    }
    for secret in (b"right", SECRET.encode(), b"no-such-name", b"s-9", b"curiosity"):
        assert secret not in log


def test_nobody_fills_the_log_by_trying_names(tmp_path):
    with issuing(tmp_path) as url:
        for _ in range(9):
            assert by_assertion(url, assertion(key=OTHERS_KEY)).status_code == 401
        wait_until(lambda: len(refusals(tmp_path)) == 5, 5, "The entries")
        time.sleep(0.2)
        assert by_assertion(url, assertion()).status_code == 200
    assert len(refusals(tmp_path)) == 5


def test_a_refusal_does_not_wait_for_its_entry_or_it_would_tell_which_names_are_known(tmp_path, monkeypatch):
    monkeypatch.setattr(Recorder, "record", _never)
    with issuing(tmp_path) as url:
        began = time.monotonic()
        assert by_secret(url, "small-system", "wrong").status_code == 401
        assert time.monotonic() - began < _LONG


_LONG = 3.0


async def _never(_recorder: Recorder, _deed: object) -> None:
    await asyncio.sleep(_LONG)
