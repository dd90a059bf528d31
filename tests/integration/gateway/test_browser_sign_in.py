"""People sign in with a browser at their own agency's issuer, and are who it says for as long as it says so."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from services.gateway.domain.deed import Operation
from shared.runtime.clock import utc_now
from tests.integration.gateway.browsing import SECRET, Browser, Provider, provider, query, to_the_issuer
from tests.integration.gateway.recorded import stored
from tests.integration.gateway.signing_in import bearer, by_secret, issuing, register


@pytest.fixture(scope="module")
def issuer() -> Iterator[Provider]:
    with provider() as issuer:
        yield issuer


@pytest.fixture
def town(issuer: Provider) -> Provider:
    issuer.refuses, issuer.slip, issuer.refreshed, issuer.waits = False, {}, 0, 0
    return issuer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


def open_to(issuer: Provider, folder: Path) -> AbstractContextManager[str]:
    """A gateway over `folder`, where people sign in with `issuer`."""
    content = register(issuer.url)
    content["issuers"][0] |= {"title": "The town's sign-in"}
    content["issuers"].append(content["issuers"][0] | {"id": "untitled", "url": "https://other.example", "title": None})
    content["issuers"][1]["mappings"] = []
    content["posts"][0]["purposes"] = ["compliance", "other"]
    return issuing(folder, content, issuer_secrets={"town": SECRET})


@pytest.fixture(scope="module")
def url(folder: Path, issuer: Provider) -> Iterator[str]:
    with open_to(issuer, folder) as url:
        yield url


@pytest.fixture
def browser(url: str, town: Provider) -> Iterator[Browser]:
    with Browser(url) as browser:
        yield browser


def signed_in(browser: Browser) -> Browser:
    answer = browser.get(to_the_issuer(browser))
    assert (answer.status_code, answer.headers["location"]) == (303, "/purpose"), answer.text
    return browser


def is_signed_in(browser: Browser) -> bool:
    answer = browser.get("/purpose")
    assert answer.status_code == 200 or answer.headers["location"].startswith("/sign-in")
    return answer.status_code == 200


def test_the_sign_in_page_offers_the_issuers_that_have_a_title(browser):
    text = browser.get("/sign-in").text
    assert "The town&#39;s sign-in" in text
    assert 'href="/sign-in/town?then=/card"' in text


def test_whom_the_issuer_vouches_for_is_signed_in_as_the_register_says(browser):
    text = signed_in(browser).get("/purpose").text
    assert "Fire, for compliance" in text


def test_what_the_browser_keeps_says_nothing_and_no_script_can_read_it(browser):
    answer = browser.get(to_the_issuer(browser))
    session = next(cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("session="))
    value, *ways = session.removeprefix("session=").split("; ")
    assert len(value) == 43
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(ways)


def test_away_from_this_machine_the_cookie_travels_over_tls_only(browser):
    answer = browser.get("/sign-in/town", headers={"Host": "joinedup.example"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-signing-in=")
    assert "; Secure" in cookie
    assert query(answer.headers["location"])["redirect_uri"] == "https://joinedup.example/sign-in/town/done"


def test_the_issuer_is_asked_with_pkce_and_with_texts_of_which_none_comes_twice(browser):
    asked = [query(browser.get("/sign-in/town").headers["location"]) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name]) >= 43


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("another state", lambda back: back.copy_set_param("state", "x")),
        ("no code", lambda back: back.copy_remove_param("code")),
        ("another code", lambda back: back.copy_set_param("code", "x")),
        ("another issuer", lambda back: back.copy_with(path="/sign-in/village/done")),
    ],
)
def test_an_answer_that_is_not_the_one_awaited_signs_nobody_in(browser, name, change):
    answer = browser.get(change(to_the_issuer(browser)))
    assert answer.status_code == 400, name
    assert not is_signed_in(browser)


def test_an_answer_sent_to_somebody_elses_browser_signs_nobody_in(browser):
    """Or they would work, without knowing, in the name of who sent it."""
    back = to_the_issuer(browser)
    with Browser(browser.url) as other:
        assert other.get(back).status_code == 400
        assert not is_signed_in(other)


def test_an_answer_signs_in_once(browser):
    back = to_the_issuer(browser)
    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    with Browser(browser.url) as again:
        again.cookies.update(kept)
        assert again.get(back).status_code == 400


@pytest.mark.parametrize("slip", [{"nonce": "another"}, {"aud": "another"}, {"groups": []}, {"exp": 0}])
def test_an_id_token_that_is_not_for_this_sign_in_signs_nobody_in(browser, town, slip):
    town.slip = slip
    assert browser.get(to_the_issuer(browser)).status_code == 400
    assert not is_signed_in(browser)


def test_a_sign_in_that_took_too_long_is_begun_again(browser):
    back = to_the_issuer(browser)
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        assert browser.get(back).status_code == 400


@pytest.mark.parametrize("issuer_id", ["untitled", "nobody"])
def test_with_an_issuer_that_is_not_offered_nobody_begins_to_sign_in(browser, issuer_id):
    assert browser.get(f"/sign-in/{issuer_id}").status_code == 404
    assert "other.example" not in browser.get("/sign-in").text


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", "/card?x=1", "card"])
def test_after_the_sign_in_a_browser_goes_to_a_page_of_ours_only(browser, then):
    assert browser.get(to_the_issuer(browser, then)).headers["location"] == "/card"


def test_a_session_goes_on_while_the_issuer_vouches_and_ends_when_it_does_not(browser, town):
    signed_in(browser)
    now = utc_now()
    with time_machine.travel(now + timedelta(minutes=9)):
        assert is_signed_in(browser)
        assert town.refreshed == 1
    town.refuses = True
    with time_machine.travel(now + timedelta(minutes=18)):
        assert not is_signed_in(browser)


def test_requests_at_once_renew_a_session_once(browser, town):
    signed_in(browser)
    with time_machine.travel(utc_now() + timedelta(minutes=9)), ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: browser.get("/purpose").status_code, range(8)))
    assert answers == [200] * 8
    assert town.refreshed == 1


def test_two_replicas_that_renew_at_once_both_keep_the_session(browser, town, folder):
    """The issuer takes the refresh token from one of them, and has not answered when it refuses the other."""
    signed_in(browser)
    town.waits = 0.5
    with open_to(town, folder) as url, Browser(url) as elsewhere, time_machine.travel(utc_now() + timedelta(minutes=9)):
        elsewhere.cookies.update(browser.cookies)
        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(is_signed_in, (browser, elsewhere))) == [True, True]
    assert town.refreshed == 2


def test_a_session_that_nobody_uses_ends(browser):
    signed_in(browser)
    with time_machine.travel(utc_now() + timedelta(minutes=61)):
        assert not is_signed_in(browser)


def test_a_session_ends_with_the_working_day_however_busy(browser):
    signed_in(browser)
    now = utc_now()
    for minutes in range(50, 600, 50):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert is_signed_in(browser)
    with time_machine.travel(now + timedelta(minutes=601)):
        assert not is_signed_in(browser)


def test_who_signs_out_is_out_and_the_browser_forgets_what_it_kept(browser):
    kept = dict(signed_in(browser).cookies)
    answer = browser.submit("/sign-out")
    assert answer.headers["clear-site-data"] == '"storage"'
    browser.cookies.update(kept)
    assert not is_signed_in(browser)


def test_an_administrator_ends_a_session_too(browser):
    signed_in(browser)
    admin = bearer(by_secret(browser.url, "bob"))
    browser.post("/v1/sign-outs", headers=admin, json={"subject": "town:s-1"})
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_of_another_site_changes_nothing(browser, headers):
    signed_in(browser)
    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert is_signed_in(browser)


def test_the_purpose_is_chosen_for_the_session_from_those_that_one_may_act_for(browser):
    signed_in(browser)
    assert browser.submit("/purpose", purpose="tax").status_code == 422
    assert browser.submit("/purpose", purpose="other").status_code == 422, "the partnership does not know it"
    assert browser.submit("/purpose", purpose="compliance").status_code == 303


def test_the_api_takes_no_session(browser):
    """It is for bearers of tokens: a cookie would let other sites ask in the name of who is signed in."""
    assert signed_in(browser).get("/v1/me").status_code == 401


def test_who_signed_in_is_in_the_audit_log(browser, folder):
    signed_in(browser)
    entry = stored(folder)[-1]
    assert (entry.operation, entry.person, entry.route) == (Operation.sign_in, "town:s-1", "/sign-in/{issuer}/done")


def test_neither_the_store_nor_its_key_alone_opens_a_session(browser, folder):
    signed_in(browser)
    held = b"".join(file.read_bytes() for file in folder.glob("gateway.db*"))
    assert browser.cookies["session"].encode() not in held
    assert b"refresh_" not in held
    assert (folder / "gateway-session.key").stat().st_mode & 0o077 == 0
