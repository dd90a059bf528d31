"""The key that signs our own tokens is changed while everything runs."""

import stat
from datetime import timedelta
from functools import partial

import pytest
from joserfc import jws
from typer.testing import CliRunner

from joinedup.__main__ import app
from services.gateway.domain import signing
from shared.runtime import auth
from tests.integration.gateway.served import gateway, http
from tests.integration.gateway.signing_in import assertion, bearer, by_assertion, issuing, me


def test_a_change_of_the_signing_key_refuses_nobody_and_one_at_once_everybody(tmp_path, monkeypatch):
    monkeypatch.setattr(signing, "AHEAD", timedelta(0))
    change = partial(CliRunner().invoke, app, ["keys", "change", "--data-dir", str(tmp_path)])
    with issuing(tmp_path) as url:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        keys, list_ = f"{url}/.well-known/jwks.json", f"{url}/oauth/revocations"
        with gateway(elsewhere, auth_jwks=keys, auth_revocations=list_) as other:
            before = bearer(by_assertion(url, assertion()))
            assert me(other, before)["agency"] == "fire"
            monkeypatch.setattr(auth, "_KEYS_ASKED_AGAIN_SECONDS", 0)
            assert change().exit_code == 0
            after = bearer(by_assertion(url, assertion()))
            assert kid(before) != kid(after)
            for headers in (before, after):
                assert me(url, headers) == me(other, headers)
            assert CliRunner().invoke(app, ["keys", "change", "--at-once", "--data-dir", str(tmp_path)]).exit_code == 0
            newest = bearer(by_assertion(url, assertion()))
            for place in (url, other):
                assert me(place, newest)["agency"] == "fire"
                assert [http.get(f"{place}/v1/me", headers=old).status_code for old in (before, after)] == [401, 401]
            assert [key["kid"] for key in http.get(keys).json()["keys"]] == [kid(newest)]
            assert stat.S_IMODE((tmp_path / "own-issuer.json").stat().st_mode) == 0o600


def kid(headers: dict[str, str]) -> str:
    return jws.extract_compact(headers["Authorization"].removeprefix("Bearer ").encode()).headers()["kid"]


@pytest.mark.parametrize("content", [None, "nonsense"])
def test_the_key_is_changed_only_where_there_is_one(tmp_path, content):
    if content:
        (tmp_path / "own-issuer.json").write_text(content)
    assert CliRunner().invoke(app, ["keys", "change", "--data-dir", str(tmp_path)]).exit_code == 1
    assert [file.read_text() for file in tmp_path.iterdir()] == ([content] if content else [])
