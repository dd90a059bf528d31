"""Our own tokens: who gets one, as what, for which purpose, and nobody else."""

import time
from asyncio import Event
from collections.abc import Iterator
from datetime import timedelta

import pytest
import yaml
from fastapi import FastAPI, Response
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from shared.runtime.clock import utc_now
from shared.runtime.revocations import KEPT_SECONDS
from shared.runtime.web import READER_HEADER
from tests.integration.gateway.served import gateway, http, served
from tests.integration.gateway.signing_in import (
    KEY,
    OTHERS_KEY,
    OpenId,
    assertion,
    bearer,
    by_assertion,
    by_secret,
    by_token,
    issuing,
    me,
    open_id,
    register,
)
from tests.support.tokens import ISSUER


@pytest.fixture
def url(tmp_path) -> Iterator[str]:
    with issuing(tmp_path) as url:
        yield url


@pytest.fixture(scope="module")
def town() -> Iterator[OpenId]:
    with open_id() as issuer:
        yield issuer


def error_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def unix(**ahead: float) -> int:
    return int((utc_now() + timedelta(**ahead)).timestamp())


def test_a_client_signs_in_with_its_key(url):
    answer = by_assertion(url, assertion())
    assert answer.json()["expires_in"] == 600
    assert answer.headers["cache-control"] == "no-store"
    said = {"agency": "fire", "roles": ["agency_system"], "subject": "fire-system", "purpose": "compliance"}
    assert me(url, bearer(answer)) == said


def test_an_assertion_is_taken_once_even_after_a_restart_and_at_another_gateway(tmp_path):
    once = assertion()
    with issuing(tmp_path) as url, issuing(tmp_path) as other:
        assert by_assertion(url, once).status_code == 200
        assert error_of(by_assertion(url, once)) == error_of(by_assertion(other, once)) == (401, "invalid_client")
    with issuing(tmp_path) as url:
        assert error_of(by_assertion(url, once)) == (401, "invalid_client")


BAD_ASSERTIONS = {
    "signed by another agency's key": lambda: assertion(key=OTHERS_KEY),
    "in another agency's name": lambda: assertion("police-system", KEY),
    "issued by another": lambda: assertion(iss="police-system"),
    "for another server": lambda: assertion(aud="https://other.example"),
    "for several servers": lambda: assertion(aud=[ISSUER, "https://other.example"]),
    "without audience": lambda: assertion(aud=None),
    "expired": lambda: assertion(exp=unix(seconds=-1)),
    "good for a year": lambda: assertion(exp=unix(days=365)),
    "without expiry": lambda: assertion(exp=None),
    "expiry in words": lambda: assertion(exp="soon"),
    "expiry beyond all dates": lambda: assertion(exp=10**30),
    "expiry beyond what the machine's clock can show": lambda: assertion(exp=10**17),
    "expiry that is no number": lambda: assertion(exp=float("nan")),
    "not yet good": lambda: assertion(nbf=unix(minutes=3)),
    "without id": lambda: assertion(jti=None),
    "id in a list": lambda: assertion(jti=["a"]),
    "of a client that is no more": lambda: assertion("retired"),
    "of a client with a secret only": lambda: assertion("small-system"),
    "of nobody": lambda: assertion("nobody"),
    "of a person": lambda: assertion("ann"),
    "not signed": lambda: "eyJhbGciOiJub25lIn0." + assertion().split(".")[1] + ".",
    "HS256 with the public key": lambda: jwt.encode(
        {"alg": "HS256"},
        {"iss": "fire-system", "sub": "fire-system", "aud": ISSUER, "jti": "x", "exp": unix(minutes=1)},
        OctKey.import_key(str(KEY.as_dict(private=False)["x"])),
    ),
    "with a key of its own inside": lambda: jwt.encode(
        {"alg": "ES256", "jwk": (fresh := ECKey.generate_key("P-256")).as_dict(private=False)},
        {"iss": "fire-system", "sub": "fire-system", "aud": ISSUER, "jti": "x", "exp": unix(minutes=1)},
        fresh,
    ),
    "rubbish": lambda: "rubbish",
    "claims that are no object": lambda: "eyJhbGciOiJFUzI1NiJ9.W10.AA",
}


def test_an_assertion_that_is_not_good_gets_nothing(url):
    for kind, make in BAD_ASSERTIONS.items():
        answer = by_assertion(url, make())
        assert (kind, *error_of(answer)) == (kind, 401, "invalid_client")
        assert "access_token" not in answer.text


def test_an_assertion_from_a_clock_a_little_ahead_is_taken(url):
    assert by_assertion(url, assertion(nbf=unix(seconds=20), iat=unix(seconds=20), exp=unix(seconds=320))).is_success


def test_a_client_or_a_person_without_a_key_signs_in_with_a_secret(url):
    assert me(url, bearer(by_secret(url, "small-system")))["roles"] == ["agency_system"]
    assert me(url, bearer(by_secret(url, "ann")))["roles"] == ["analyst"]


@pytest.mark.parametrize(
    ("id_", "secret", "error"),
    [
        ("small-system", "wrong", (401, "invalid_client")),
        ("small-system", "", (401, "invalid_client")),
        ("fire-system", "", (401, "invalid_client")),
        ("nobody", "correct horse battery staple", (401, "invalid_client")),
        ("idle", "correct horse battery staple", (400, "invalid_grant")),
    ],
    ids=["wrong secret", "no secret", "a client that has a key", "nobody", "a person without a post"],
)
def test_a_secret_that_is_not_theirs_gets_nothing(url, id_, secret, error):
    assert error_of(by_secret(url, id_, secret)) == error


def test_an_agency_that_is_not_in_the_partnership_gets_nothing(url):
    assert error_of(by_assertion(url, assertion("stranger-system"))) == (400, "invalid_grant")


def test_a_person_comes_in_with_a_token_of_an_issuer_found_by_discovery(tmp_path, town):
    with issuing(tmp_path, register(town.url)) as url:
        said = {"agency": "fire", "roles": ["analyst"], "subject": "town:s-1", "purpose": "compliance"}
        assert me(url, bearer(by_token(url, town.token()))) == said


def test_a_token_that_no_issuer_vouches_for_gets_nothing(tmp_path, town):
    bad = {
        "expired": town.token(exp=unix(seconds=-1)),
        "for another audience": town.token(aud="other"),
        "of another issuer": town.token(iss="https://other.example"),
        "of another key": town.token(ECKey.generate_key("P-256")),
        "of nobody in particular": town.token(sub="x" * 256),
        "of somebody unprintable": town.token(sub="\x00"),
        "rubbish": "rubbish",
        "not signed": "eyJhbGciOiJub25lIn0." + town.token().split(".")[1] + ".",
        "in no group": town.token(groups=[]),
    }
    with issuing(tmp_path, register(town.url)) as url:
        for kind, text in bad.items():
            assert (kind, *error_of(by_token(url, text))) == (kind, 400, "invalid_grant")
        ours = by_assertion(url, assertion()).json()["access_token"]
        assert error_of(by_token(url, ours)) == (400, "invalid_grant")
        theirs = {"Authorization": f"Bearer {town.token()}"}
        assert http.get(f"{url}/v1/me", headers=theirs).status_code == 401


def test_an_issuer_that_describes_itself_as_another_is_not_believed(tmp_path, town):
    with issuing(tmp_path, register(town.url)) as url:
        town.describes_itself_as = "https://other.example"
        try:
            assert by_token(url, town.token()).status_code == 503
        finally:
            town.describes_itself_as = None
        assert by_token(url, town.token()).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "ann", "password": "x"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "x"}, "invalid_request"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}, "invalid_request"),
    ],
)
def test_other_ways_in_do_not_exist(url, form, error):
    assert error_of(http.post(f"{url}/oauth/token", data=form)) == (400, error)


def test_the_purpose_is_one_that_the_partnership_knows_and_the_client_may_act_for(tmp_path):
    content = register()
    content["clients"][0]["purposes"] = ["compliance", "unheard-of"]
    with issuing(tmp_path, content) as url:
        assert by_assertion(url, assertion(), purpose="compliance").status_code == 200
        for purpose in ("unheard-of", "policing"):
            assert error_of(by_assertion(url, assertion(), purpose=purpose)) == (400, "invalid_scope")


def test_a_purpose_is_never_assumed_that_the_client_may_not_act_for(tmp_path):
    content = register()
    content["clients"][0]["purposes"] = ["unheard-of"]
    with issuing(tmp_path, content) as url:
        assert error_of(by_assertion(url, assertion())) == (400, "invalid_scope")


def test_a_request_may_choose_another_purpose_of_the_token_and_no_other(tmp_path):
    content = register()
    content["clients"][0]["purposes"] = ["compliance", "licensing"]
    with issuing(tmp_path, content) as url:
        rules = yaml.safe_load((tmp_path / "partnership.yaml").read_text())
        rules["legal_gateways"][0]["purposes"].append("licensing")
        (tmp_path / "partnership.yaml").write_text(yaml.safe_dump(rules))
        headers = bearer(by_assertion(url, assertion()))
        assert me(url, headers)["purpose"] == "compliance"
        assert me(url, headers | {"Acting-Purpose": "licensing"})["purpose"] == "licensing"
        refused = http.get(f"{url}/v1/me", headers=headers | {"Acting-Purpose": "policing"})
        assert refused.status_code == 403
        assert "policing" not in refused.text


def test_a_change_of_the_register_counts_at_once_and_a_faulty_one_lets_nobody_in(tmp_path):
    with issuing(tmp_path) as url:
        content = register()
        content["clients"][0]["ends"] = "2020-01-01"
        (tmp_path / "register.yaml").write_text(yaml.safe_dump(content))
        assert error_of(by_assertion(url, assertion())) == (401, "invalid_client")
        (tmp_path / "register.yaml").write_text("clients: nonsense")
        assert by_assertion(url, assertion()).status_code == 503


def refused_within(url: str, headers: dict[str, str], seconds: float) -> float:
    """How long until the token no longer works."""
    began = time.monotonic()
    while http.get(f"{url}/v1/me", headers=headers).status_code != 401:
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_token_that_is_revoked_works_nowhere_within_seconds(tmp_path):
    with issuing(tmp_path) as url:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        keys, list_ = f"{url}/.well-known/jwks.json", f"{url}/oauth/revocations"
        with gateway(elsewhere, auth_jwks=keys, auth_revocations=list_) as other:
            headers, kept = bearer(by_assertion(url, assertion())), bearer(by_assertion(url, assertion()))
            assert me(other, headers)["agency"] == "fire"
            token = headers["Authorization"].removeprefix("Bearer ")
            assert http.post(f"{url}/oauth/revoke", data={"token": token}).status_code == 200
            for place in (url, other):
                refused_within(place, headers, KEPT_SECONDS + 3)
                assert me(place, kept)["agency"] == "fire"
            assert http.post(f"{url}/oauth/revoke", data={"token": "rubbish"}).status_code == 200


def test_where_the_revocations_cannot_be_had_nobody_gets_in(tmp_path):
    with issuing(tmp_path) as url:
        headers = bearer(by_assertion(url, assertion()))
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        nowhere = "http://127.0.0.1:1/oauth/revocations"
        with gateway(elsewhere, auth_jwks=f"{url}/.well-known/jwks.json", auth_revocations=nowhere) as other:
            assert http.get(f"{other}/v1/me", headers=headers).status_code == 503


def test_an_administrator_ends_all_that_somebody_of_their_agency_has_and_nothing_of_others(url):
    admin = bearer(by_secret(url, "bob"))
    theirs = [bearer(by_secret(url, "ann")) for _ in range(2)]
    others = bearer(by_assertion(url, assertion("police-system", OTHERS_KEY)))
    told = [http.post(f"{url}/v1/sign-outs", json={"subject": one}, headers=admin) for one in ("ann", "police-system")]
    assert told[0].json() == told[1].json(), "the same whether or not there is anybody of the name"
    for headers in theirs:
        refused_within(url, headers, KEPT_SECONDS + 3)
    assert me(url, others)["agency"] == "police"


def test_a_calendars_secret_address_is_good_while_whoever_made_it_could_still_sign_in(tmp_path):
    calendar = FastAPI()
    calendar.state.stop = Event()

    @calendar.get("/v1/calendar/ics/{person}.ics")
    async def feed(person: str) -> Response:
        return Response(b"BEGIN:VCALENDAR", headers={READER_HEADER: f"fire {person}"})

    with served(calendar) as behind, issuing(tmp_path, calendar_url=behind) as url:
        answers = {one: http.get(f"{url}/v1/calendar/ics/{one}.ics") for one in ("ann", "idle", "retired", "nobody")}
    assert [answer.status_code for answer in answers.values()] == [200, 404, 404, 404]
    assert "VCALENDAR" not in answers["idle"].text


def test_the_list_of_revoked_tokens_tells_nothing_about_anybody(url):
    headers = bearer(by_secret(url, "ann"))
    http.post(f"{url}/oauth/revoke", data={"token": headers["Authorization"].removeprefix("Bearer ")})
    answer = http.get(f"{url}/oauth/revocations")
    assert [len(token) for token in answer.json()["tokens"]] == [36]
    assert "ann" not in answer.text
    assert "fire" not in answer.text
