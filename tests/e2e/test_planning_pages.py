"""A chair finds a business, plans a visit, is told of a clash, records what came of it: on pages, without scripts."""

import re
from collections.abc import Iterator
from html import unescape
from uuid import uuid4

import httpx
import pytest

from shared.runtime import clock
from tests.e2e.pages import Site, site
from tests.e2e.test_pages import VISIT
from tests.integration.gateway.browsing import Browser

WHEN = {"first": "2099-03-02", "last": "2099-03-03"}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("planning"), severity=3) as found:
        yield found


@pytest.fixture
def chair(there: Site) -> Iterator[Browser]:
    with Browser(there.url) as browser:
        yield browser.sign_in("council", "tasking_chair")


@pytest.fixture
def fire(there: Site) -> Iterator[Browser]:
    with Browser(there.url) as browser:
        yield browser.sign_in("fire", "officer")


@pytest.fixture(scope="module")
def business_id(there: Site) -> str:
    with there.api("council") as api:
        found: str = api.get("/v1/businesses").raise_for_status().json()["businesses"][0]["business_id"]
    return found


def shown(answer: httpx.Response) -> str:
    """The words of a page, in one line."""
    assert answer.status_code == 200, words_of(answer)
    return words_of(answer)


def words_of(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def followed(browser: Browser, answer: httpx.Response) -> str:
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"]


def planned(browser: Browser, **form: object) -> str:
    """The address of a visit that was just planned."""
    given = {"purpose": "enforcement", "tier": "full", "regime": ["food-hygiene"], "officers": "2", "alone": "3"}
    return followed(browser, browser.submit("/plan", **(WHEN | given | form)))


def test_a_business_is_found_by_words_and_shows_each_record_behind_its_concerns(chair, business_id):
    assert "Golden Wok" in shown(chair.submit("/businesses", q="goldn wok"))
    found = chair.get(f"/businesses/{business_id}")
    words = shown(found)
    assert "Council: food" in words
    assert "Fire: fire safety" in words
    assert words.count("Its record") == len(re.findall(r'href="#rec_', found.text)) == 2
    for record in re.findall(r'href="#(rec_\w+)"', found.text):
        assert f'id="{record}"' in found.text
    assert "Why these records are one business" in words


def test_a_business_shows_the_cards_about_it_and_each_opens(chair, there, business_id):
    with there.api("council", "officer") as api:
        card = {"id": str(uuid4()), "business_id": business_id, "text": "Mattresses in the store."}
        api.post("/v1/cards", json=card).raise_for_status()
    section = chair.get(f"/businesses/{business_id}").text.partition("Concern cards")[2].partition("<h2>")[0]
    (opened,) = re.findall(r'href="([^"]+)"', section)
    assert "Mattresses in the store." in chair.get(opened).text


def test_a_visit_that_clashes_is_confirmed_only_with_a_reason_or_becomes_part_of_the_other(chair, there, business_id):
    with there.api("fire") as api:
        theirs = api.post("/v1/visits", json=VISIT).raise_for_status().json()["visit_id"]
        api.post(f"/v1/visits/{theirs}/confirm", json={"version": 1}).raise_for_status()
    mine = planned(chair, business_id=business_id, contact="duty desk")
    page = chair.get(mine)
    assert "Join their visit instead of yours" in shown(page)
    refused = chair.submit(f"{mine}/confirm", version="1")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    seen = re.findall(r'name="knowing" value="([^"]+)"', page.text)[0]
    followed(chair, chair.submit(f"{mine}/confirm", version="1", knowing=seen, reason="Rang fire; they do not mind"))
    assert "Confirmed" in shown(chair.get(mine))
    again = planned(chair, business_id=business_id)
    joined = chair.submit(f"/visits/{theirs}/join", instead_of=again.removeprefix("/visits/"), officers="1")
    assert followed(chair, joined) == f"/visits/{theirs}"
    assert "joined another" in shown(chair.get(again))


def test_who_is_invited_answers_comes_and_says_what_came_of_it(chair, fire, business_id):
    today = clock.today().isoformat()
    place = {"name": "The Ship", "line": "4 Quay Street", "postcode": "TR1 2AB"}
    mine = planned(chair, **place, first=today, last=today, invite="fire")
    assert "Your agency is invited." in shown(fire.get("/visits?area=TR1"))
    followed(fire, fire.submit(f"{mine}/reply", answer="accepted", officers="1"))
    followed(chair, chair.submit(f"{mine}/confirm", version=version(chair, mine)))
    followed(fire, fire.submit(f"{mine}/attended", attended="true", officers_sent="1"))
    outcome = {"kind": "seizure", "regime": "food-hygiene", "found_on": today, "pounds": "£1,250.50"}
    followed(fire, fire.submit(f"{mine}/outcomes", **outcome))
    assert "£1,250.50" in shown(chair.get(mine))
    wrong = fire.submit(f"{mine}/outcomes", **outcome | {"pounds": "a lot"})
    assert wrong.status_code == 422
    assert "value pence:" in words_of(wrong)
    assert fire.get(f"{mine}/ics").headers["content-type"].startswith("text/calendar")
    followed(chair, chair.submit(f"{mine}/cancel", version=version(chair, mine), reason="weather"))
    assert "Cancelled: weather" in shown(fire.get(mine))


def version(browser: Browser, path: str) -> str:
    return re.findall(r'name="version" value="(\d+)"', browser.get(path).text)[0]


def test_a_form_that_lacks_something_comes_back_filled_in(chair):
    answer = chair.submit("/plan", name="The Ship", line="4 Quay Street", purpose="mixed", tier="ring", first="")
    assert answer.status_code == 422
    assert 'value="4 Quay Street"' in answer.text
    assert re.search(r'value="ring" checked', answer.text)


def test_a_meeting_decides_on_each_business_of_its_list(chair, fire, business_id):
    where = followed(chair, chair.submit("/tasking"))
    assert "Golden Wok" in shown(chair.get(where))
    decision = {"decision": "no_visit", "because": "dealt_with", "reason": "Fire was there", "visits_avoided": "1"}
    refused = chair.submit(f"{where}/{business_id}", **decision | {"because": ""})
    assert refused.status_code == 422
    followed(chair, chair.submit(f"{where}/{business_id}", **decision))
    assert "No visit, because: dealt with" in shown(chair.get(where))
    assert "1 of 1 decided" in shown(chair.get("/tasking"))
    assert fire.get("/tasking").status_code == 403
    assert "Tasking" not in shown(fire.get("/visits"))
