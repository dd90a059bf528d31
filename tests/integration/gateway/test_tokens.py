"""Default deny at the edge: what is not a good token of our issuer, unexpired and for us, is no token."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.runtime.clock import utc_now
from tests.integration.gateway.risk import STREAM
from tests.integration.gateway.served import gateway, http
from tests.integration.gateway.signing_in import issuing
from tests.support.tokens import AUDIENCE, ISSUER, Issuer

PLACES = ("/v1/me", STREAM, "/v1/feeds", "/v1/businesses/x", "/v1/graph")
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "agency": "fire", "roles": ["analyst"]}


@pytest.fixture
def url(tmp_path, issuer) -> Iterator[str]:
    with gateway(tmp_path, auth_jwks=str(issuer.jwks_path)) as url:
        yield url


def claims(**changed: object) -> dict[str, object]:
    soon = int((utc_now() + timedelta(minutes=5)).timestamp())
    return {name: value for name, value in (CLAIMS | {"exp": soon} | changed).items() if value is not None}


def signed(issuer: Issuer, **changed: object) -> str:
    return jwt.encode({"alg": "ES256", "kid": "test"}, claims(**changed), issuer.key)


def of_another_key(_issuer: Issuer) -> str:
    return jwt.encode({"alg": "ES256", "kid": "test"}, claims(), ECKey.generate_key("P-256"))


def with_its_key_inside(_issuer: Issuer) -> str:
    key = ECKey.generate_key("P-256")
    return jwt.encode({"alg": "ES256", "jwk": key.as_dict(private=False)}, claims(), key)


def signed_with_the_public_key_as_a_secret(issuer: Issuer) -> str:
    """By hand: a decent library refuses to."""
    text = ".".join(part(content) for content in ({"alg": "HS256", "kid": "test"}, claims()))
    digest = hmac.digest(issuer.key.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def not_signed(_issuer: Issuer) -> str:
    return f"{part({'alg': 'none'})}.{part(claims())}."


def tampered(issuer: Issuer) -> str:
    header, _, signature = signed(issuer).split(".")
    return f"{header}.{part(claims(agency='police'))}.{signature}"


def part(content: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


FORGED: dict[str, Callable[[Issuer], str]] = {
    "expired": lambda issuer: signed(issuer, exp=int((utc_now() - timedelta(seconds=1)).timestamp())),
    "without expiry": lambda issuer: signed(issuer, exp=None),
    "expiry in words": lambda issuer: signed(issuer, exp="tomorrow"),
    "for another audience": lambda issuer: signed(issuer, aud="other"),
    "for no audience": lambda issuer: signed(issuer, aud=None),
    "of another issuer": lambda issuer: signed(issuer, iss="urn:other"),
    "without agency": lambda issuer: signed(issuer, agency=None),
    "with two agencies": lambda issuer: signed(issuer, agency=["fire", "police"]),
    "roles in words": lambda issuer: signed(issuer, roles="analyst"),
    "purposes in a list": lambda issuer: signed(issuer, purpose=["joint-compliance"]),
    "without subject": lambda issuer: signed(issuer, sub=None),
    "of another key": of_another_key,
    "with its key inside": with_its_key_inside,
    "HS256 with our public key": signed_with_the_public_key_as_a_secret,
    "alg none": not_signed,
    "tampered": tampered,
    "rubbish": lambda _issuer: "rubbish",
    "almost": lambda _issuer: "a.b.c",
    "empty": lambda _issuer: "",
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_token_that_is_not_good_opens_nothing(url, issuer, kind):
    headers = {"Authorization": f"Bearer {FORGED[kind](issuer)}".strip()}
    for place in PLACES:
        answer = http.get(url + place, headers=headers)
        assert (place, answer.status_code) == (place, 401)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", [None, "Basic Zm9vOmJhcg==", "Bearer", "Token abc"])
def test_no_token_opens_nothing(url, header):
    for place in PLACES:
        assert http.get(url + place, headers={"Authorization": header} if header else {}).status_code == 401


def test_a_good_token_opens_what_its_role_allows(url, issuer):
    answer = http.get(f"{url}/v1/me", headers=issuer.headers("fire", ["analyst", "invented"], purpose="compliance"))
    assert answer.json() == {
        "agency": "fire",
        "roles": ["analyst"],
        "subject": "fire-system",
        "purpose": "compliance",
    }


@pytest.mark.parametrize(("agency", "roles"), [("fire", []), ("fire", ["invented"]), ("stranger", ["analyst"])])
def test_no_role_or_no_place_in_the_partnership_is_forbidden_everywhere(url, issuer, agency, roles):
    for place in PLACES:
        answer = http.get(url + place, headers=issuer.headers(agency, roles))
        assert (place, answer.status_code) == (place, 403)
        assert "stranger" not in answer.text


def test_the_keys_of_an_outside_issuer_are_fetched_from_its_address(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    with (
        gateway(folder, profile="demo") as outside,
        gateway(tmp_path, auth_jwks=f"{outside}/.well-known/jwks.json") as url,
    ):
        wish = {"agency": "fire", "roles": ["analyst"]}
        token = http.post(f"{outside}/dev/token", json=wish).json()["access_token"]
        assert http.get(f"{url}/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_without_the_issuers_keys_everything_is_refused(tmp_path, issuer):
    with gateway(tmp_path, auth_jwks=str(tmp_path / "nothing.json")) as url:
        answer = http.get(f"{url}/v1/me", headers=issuer.headers("fire"))
    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/metrics", "/oauth/revocations"])
def test_what_counts_what_everybody_does_is_for_those_inside_only(tmp_path, path):
    """How many tokens others ended, and when, is nothing that an agency may see."""
    with issuing(tmp_path) as url:
        assert http.get(url + path).status_code == 200
        for passed_on in ("X-Forwarded-For", "Forwarded"):
            assert http.get(url + path, headers={passed_on: "203.0.113.7"}).status_code == 404
    with issuing(tmp_path, inside=("10.0.0.0/8",)) as url:
        for way in (path, f"{path}/", path.replace("/m", "/%6d").replace("/o", "/%6f")):
            assert http.get(url + way).status_code == 404
