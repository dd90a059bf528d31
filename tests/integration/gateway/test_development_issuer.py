"""Tokens for the asking exist in the demo profile, on this machine, and nowhere else."""

import os
import stat
import sys
from collections.abc import Iterator

import httpx
import orjson
import pytest
from pydantic import ValidationError

from services.gateway import bootstrap
from services.gateway.handlers.keys import KeyExposed
from tests.integration.gateway.served import gateway, http, settings
from tests.support.processes import ROOT, start

WISH = {"agency": "fire", "roles": ["analyst", "agency_system"], "purpose": "compliance"}


@pytest.fixture
def url(tmp_path) -> Iterator[str]:
    with gateway(tmp_path, profile="demo") as url:
        yield url


def test_a_token_is_given_and_works(url):
    answer = http.post(f"{url}/dev/token", json=WISH).raise_for_status().json()
    assert answer["token_type"] == "Bearer"
    assert 0 < answer["expires_in"] <= 3600
    me = http.get(f"{url}/v1/me", headers={"Authorization": f"Bearer {answer['access_token']}"}).json()
    assert (me["agency"], me["roles"], me["purpose"]) == ("fire", ["agency_system", "analyst"], "compliance")


def test_tokens_outlive_a_restart_because_the_key_is_kept(tmp_path):
    with gateway(tmp_path, profile="demo") as url:
        token = http.post(f"{url}/dev/token", json=WISH).json()["access_token"]
    with gateway(tmp_path, profile="demo") as url:
        assert http.get(f"{url}/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"agency": "stranger"}, 403),
        ({"roles": ["root"]}, 422),
        ({"roles": []}, 422),
        ({"agency": None}, 422),
        ({"invented": 1}, 422),
    ],
)
def test_only_agencies_of_the_partnership_and_known_roles_are_given_tokens(url, change, status):
    answer = http.post(f"{url}/dev/token", json=WISH | change)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "stranger" not in answer.text
    assert "root" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "localhost.attacker.example:8400"},
        {"Host": "127.0.0.1.attacker.example"},
        {"Host": "0.0.0.0:8400"},
        {"Host": "[::2]:8400"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
def test_a_request_that_may_come_from_elsewhere_is_refused(url, headers):
    answer = http.post(f"{url}/dev/token", json=WISH, headers=headers)
    assert answer.status_code == 403
    assert "access_token" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8400", "127.0.0.1:8400", "[::1]:8400", "127.8.8.8"])
def test_the_names_of_this_machine_are_accepted(url, host):
    assert http.post(f"{url}/dev/token", json=WISH, headers={"Host": host}).status_code == 200


async def test_a_client_at_another_address_is_refused(tmp_path):
    app = bootstrap.api(settings(tmp_path, profile="demo"))
    for client, status in (("127.0.0.1", 200), ("192.0.2.7", 403), ("::ffff:192.0.2.7", 403)):
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller:
            assert (client, (await caller.post("/dev/token", json=WISH)).status_code) == (client, status)


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
def test_a_body_that_is_too_long_is_refused(tmp_path, told):
    body = orjson.dumps(WISH | {"purpose": "x" * 1000})
    with gateway(tmp_path, profile="demo", body_limit_bytes=1000) as url:
        headers = {"Content-Type": "application/json"}
        answer = http.post(f"{url}/dev/token", content=body if told else iter([body]), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_outside_the_demo_there_is_no_issuer(tmp_path, issuer):
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path)) as url:
        assert http.post(f"{url}/dev/token", json=WISH).status_code == 404
        assert http.get(f"{url}/.well-known/jwks.json").status_code == 404
    assert not (tmp_path / "dev-issuer.json").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_the_demo_refuses_any_address_but_loopback(tmp_path, host):
    with pytest.raises(ValidationError, match="GATEWAY_HOST"):
        settings(tmp_path, profile="demo", host=host)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"GATEWAY_PROFILE": "demo", "GATEWAY_HOST": "0.0.0.0"}, "GATEWAY_HOST"), ({}, "GATEWAY_AUTH_JWKS")],
    ids=["demo for all the world", "no issuer at all"],
)
def test_the_process_refuses_to_start_and_says_what_to_set(tmp_path, given, said):
    made = settings(tmp_path)
    environment = {
        "GATEWAY_DATABASE_URL": made.database_url,
        "GATEWAY_LOG_URL": made.log_url,
        "GATEWAY_PARTNERSHIP_FILE": str(made.partnership_file),
    }
    output = tmp_path / "out"
    with output.open("wb") as file:
        command = [sys.executable, "-m", "services.gateway", "api"]
        process = start(command, env={**os.environ, **environment, **given}, output=file, cwd=ROOT)
    assert process.wait(30) != 0
    assert said in output.read_text()


def test_the_private_key_is_for_its_owner_only_and_never_published(tmp_path, url):
    kept = tmp_path / "dev-issuer.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (key,) = http.get(f"{url}/.well-known/jwks.json").json()["keys"]
    assert (key["kty"], key["crv"], key["alg"]) == ("EC", "P-256", "ES256")
    assert "d" not in key


def test_a_key_that_others_can_read_is_not_used(tmp_path):
    bootstrap.api(settings(tmp_path, profile="demo"))
    (tmp_path / "dev-issuer.json").chmod(0o640)
    with pytest.raises(KeyExposed):
        bootstrap.api(settings(tmp_path, profile="demo"))
