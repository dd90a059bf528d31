"""People and systems come in by a real Keycloak, with the realm and the register that deploy/ ships."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
import yaml
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from playwright.sync_api import Page, expect

from shared.runtime import auth
from shared.runtime.clock import new_id, utc_now
from tests.integration.gateway.served import gateway
from tests.integration.gateway.signing_in import bearer, by_token, me
from tests.support.chromium import Chromium
from tests.support.keycloak import Keycloak
from tests.support.processes import ROOT, free_port

pytestmark = [pytest.mark.keycloak, pytest.mark.timeout(600)]

PASSWORD = "correct horse battery staple"
OFFICERS = "/food-safety/officers"
PORT = free_port()
URL = f"http://127.0.0.1:{PORT}"


@pytest.fixture(scope="module")
def keycloak(start_keycloak: Callable[[str], Keycloak]) -> Keycloak:
    return start_keycloak(URL)


@pytest.fixture(scope="module", autouse=True)
def site(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A gateway whose tokens are renewed at the first request after a second."""
    folder = tmp_path_factory.mktemp("gateway")
    register = yaml.safe_load((ROOT / "deploy" / "register.example.yaml").read_text())
    register["issuers"][0]["url"] = keycloak.issuer
    (folder / "register.yaml").write_text(yaml.safe_dump(register))
    partnership = ROOT / "deploy" / "partnership.example.yaml"
    given = {"register_file": folder / "register.yaml", "partnership_file": partnership, "token_seconds": 2}
    with gateway(folder, port=PORT, auth_issuer=URL, **given):
        yield


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    context = chromium.browser.new_context(base_url=URL)
    yield context.new_page()
    context.close()


def begin(page: Page) -> None:
    page.goto("/sign-in?then=/purpose")
    page.get_by_role("link", name="Sign in with Kerrow Council").click()


def sign_in(page: Page, name: str) -> Page:
    begin(page)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()
    return page


def is_signed_in(page: Page) -> bool:
    page.goto("/purpose")
    return page.url == f"{URL}/purpose"


def test_an_officer_signs_in_and_out_and_stays_only_as_long_as_keycloak_vouches(
    keycloak: Keycloak, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = keycloak.add_officer("a-officer", PASSWORD, OFFICERS)
    sign_in(page, "a-officer")
    expect(page.get_by_text("Kerrow Council, for licensing")).to_be_visible()

    monkeypatch.setattr(auth, "_KEYS_ASKED_AGAIN_SECONDS", 0)
    change_keys(keycloak)
    time.sleep(1.1)
    assert is_signed_in(page), "renewed, by a token that a new key signed"

    page.goto("/sign-out")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out there too").click()
    page.get_by_role("button", name="Logout").click()
    expect(page).to_have_url(f"{URL}/sign-in")
    begin(page)
    expect(page.get_by_label("Password", exact=True)).to_be_visible()

    sign_in(page, "a-officer")
    assert is_signed_in(page)
    keycloak.administer("PUT", f"users/{person}", {"enabled": False})
    time.sleep(1.1)
    assert not is_signed_in(page)


def test_whose_group_has_no_post_is_not_let_in(keycloak: Keycloak, page: Page) -> None:
    keycloak.add_officer("a-governor", PASSWORD, "/information-governance")
    sign_in(page, "a-governor")
    expect(page.get_by_text("You have no post in the partnership today.")).to_be_visible()
    assert not is_signed_in(page)


def test_a_system_that_proves_itself_to_keycloak_by_its_key_gets_a_token_of_ours(keycloak: Keycloak) -> None:
    key = ECKey.generate_key("P-256", {"kid": "uniform", "alg": "ES256", "use": "sig"})
    add_system(keycloak, "uniform", key)
    vouched = its_token(keycloak, "uniform", key)
    said = me(URL, bearer(by_token(URL, vouched)))
    assert (said["agency"], said["roles"], said["purpose"]) == ("kerrow-council", ["agency_system"], "licensing")

    add_system(keycloak, "cash-tills", key)
    assert by_token(URL, its_token(keycloak, "cash-tills", key)).json()["error"] == "invalid_grant"


def change_keys(keycloak: Keycloak) -> None:
    """A new key that signs from now on; the old ones are published no more."""
    kind, provides = "rsa-generated", "org.keycloak.keys.KeyProvider"
    held = keycloak.administer("GET", f"components?type={provides}")
    config = {"priority": ["200"], "enabled": ["true"], "active": ["true"]}
    wish = {"name": "next", "providerId": kind, "providerType": provides, "config": config}
    keycloak.administer("POST", "components", wish)
    for old in held:
        if old["providerId"] == kind:
            keycloak.administer("DELETE", f"components/{old['id']}")


def add_system(keycloak: Keycloak, id_: str, key: ECKey) -> None:
    """A client with private_key_jwt, whose tokens are for our pages' client too."""
    audience = {"included.client.audience": "joinedup", "access.token.claim": "true"}
    mapper = {"name": "audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper"}
    keys = KeySet([key]).as_dict(private=False)
    wish = {
        "clientId": id_,
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "clientAuthenticatorType": "client-jwt",
        "attributes": {"use.jwks.string": "true", "jwks.string": httpx.Response(200, json=keys).text},
        "protocolMappers": [mapper | {"config": audience}],
    }
    keycloak.administer("POST", "clients", wish)


def its_token(keycloak: Keycloak, id_: str, key: ECKey) -> str:
    soon = int((utc_now() + timedelta(minutes=1)).timestamp())
    claims = {"iss": id_, "sub": id_, "aud": keycloak.issuer, "jti": new_id("a"), "exp": soon}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": "ES256", "kid": "uniform"}, claims, key),
    }
    answer = httpx.post(f"{keycloak.issuer}/protocol/openid-connect/token", data=form, trust_env=False, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
