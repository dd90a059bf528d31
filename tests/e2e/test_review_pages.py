"""An analyst answers what only a person can tell, is warned, takes it back, opens findings and figures."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import httpx
import pytest

from services.linker.domain.model import default_model
from tests.e2e.for_everybody import fits_and_is_accessible, is_accessible
from tests.e2e.pages import Phone, Site, site
from tests.e2e.test_planning_pages import shown, words_of
from tests.integration.gateway.browsing import Browser
from tests.integration.linker import world as linker_world
from tests.integration.linker.patterns import find
from tests.support.chromium import Chromium

DOORS = 3
QUIET = (
    *("Aldersons", "Birchwood", "Cedarcroft", "Dogwood", "Eldergrove", "Firbank", "Gorsefield", "Hazelmere"),
    *("Ivybridge", "Junipers", "Larchmont", "Maplewood", "Oakenshaw", "Poplars", "Quinceton", "Rowanlea"),
)
"""Shops of which nobody has a concern."""
MANY_FOUND = 20
"""Businesses on one page."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("review")
    with site(folder, severity=3) as found:
        with ThreadPoolExecutor(1) as thread:  # a browser's loop may be running in this one
            thread.submit(asyncio.run, _with_doubts(folder)).result()
        yield found


async def _with_doubts(folder: Path) -> None:
    """At each of three doors a record of council and one of fire, whose names differ: only a person can tell."""
    async with linker_world.opened(f"sqlite:///{folder}/linker.db") as world:
        for door in range(DOORS):
            where = {"number": 20 + 2 * door, "postcode": f"UB{door + 2} 1AA"}
            ours = linker_world.record(f"Queen {door}s Kitchen", severity=2, **where)
            ours = ours.model_copy(update={"sector": "Takeaway"})
            theirs = linker_world.record("Ali and Sons Trading", severity=3, **where)
            await world.take(
                linker_world.received("council", f"door-{door}", ours),
                linker_world.received("fire", f"door-{door}", theirs),
            )
        for place, name in enumerate(QUIET, start=1):
            shop = linker_world.record(name, 100 + 9 * place, postcode=f"W{place} 1AA")
            await world.take(linker_world.received("council", name, shop))
        await find(world)


@pytest.fixture
def analyst(there: Site) -> Iterator[Browser]:
    with Browser(there.url) as browser:
        yield browser.sign_in("council", "analyst")


def asked(page: httpx.Response) -> str:
    """The address to which a question's answer goes."""
    return re.findall(r'action="(/compare/[^"]+)"', page.text)[0]


def listed(page: httpx.Response) -> set[str]:
    """The businesses of a list."""
    return set(re.findall(r'<h3><a href="(/businesses/biz_\w+)"', page.text))


def following(page: httpx.Response) -> str:
    return re.findall(r'href="/review\?cursor=([^"]+)"', page.text)[0]


def test_the_next_question_shows_both_records_why_and_what_would_change_it(analyst):
    words = shown(analyst.get("/review"))
    assert "As one business it would" in words
    assert "Kitchen" in words
    assert "Ali and Sons Trading" in words
    assert "Why they are" in words
    assert "What would change it If " in words
    assert "What each comparison counts for" in words


def test_a_question_that_was_answered_is_not_asked_again_until_the_answer_is_taken_back(analyst):
    page = analyst.get("/review")
    question = asked(page)
    taken = analyst.submit(question, verdict="different", reason="Two doors, I was there")
    assert "Different businesses : Council, by" in shown(taken)
    assert asked(analyst.get("/review")) != question
    assert "Two doors, I was there" in shown(analyst.get("/decisions"))
    (undo,) = re.findall(r'action="(/decisions/[^"]+)"', analyst.get(question).text)
    assert "Taken back" in shown(analyst.submit(undo, reason="The wrong street"))
    assert asked(analyst.get("/review")) == question
    assert "no longer counts" in shown(analyst.get("/decisions"))


def test_a_decision_joins_two_businesses_and_what_it_goes_against_is_said(analyst):
    question = asked(analyst.get("/review"))
    before = set(re.findall(r'href="/businesses/(biz_\w+)', analyst.get(question).text))
    assert len(before) == 2
    taken = analyst.submit(question, verdict="same", reason="One owner, one till")
    assert "The two records are now one business" in shown(taken)
    assert re.search(r'role="alert"><h2>It goes against something', taken.text)
    after = set(re.findall(r'href="/businesses/(biz_\w+)', analyst.get(question).text))
    assert len(after) == 1
    (undo,) = re.findall(r'action="(/decisions/[^"]+)"', taken.text)
    assert "The two records are now two businesses" in shown(analyst.submit(undo, reason="Not so after all"))


def test_questions_that_are_left_come_one_after_the_other_and_the_queue_ends(analyst):
    seen, page = [], analyst.get("/review")
    while 'name="verdict"' in page.text:
        seen.append(asked(page))
        if "/review?cursor=" not in page.text:
            break
        page = analyst.get(f"/review?cursor={following(page)}")
    assert len({*seen}) == len(seen) == DOORS


def test_an_answer_without_a_reason_is_not_taken_and_the_page_says_why(analyst):
    question = asked(analyst.get("/review"))
    refused = analyst.submit(question, verdict="same", reason=" ")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "reason:" in words_of(refused)
    assert asked(refused) == question


def test_who_may_not_decide_sees_the_two_and_no_buttons(there, analyst):
    question = asked(analyst.get("/review"))
    with Browser(there.url) as officer:
        officer.sign_in("council", "officer")
        page = officer.get(question)
        assert "Ali and Sons Trading" in shown(page)
        assert 'name="verdict"' not in page.text
        assert officer.submit(question, verdict="same", reason="I say so").status_code == 403
        assert officer.get("/hubs").status_code == 403


def test_records_that_one_may_not_see_are_on_no_page(there, analyst):
    question = asked(analyst.get("/review"))
    with Browser(there.url) as stranger:
        stranger.sign_in("hmrc", "analyst")
        assert stranger.get(question).status_code == 404
        assert stranger.submit(question, verdict="same", reason="I say so").status_code == 404
        assert "Nothing is left to ask" in shown(stranger.get("/review"))


def test_a_business_leads_to_each_pair_behind_it(analyst):
    business = re.findall(r'href="(/businesses/biz_\w+)">Golden Wok', analyst.get("/businesses").text)[0]
    (pair,) = re.findall(r'href="(/compare/[^"]+)">Both records', analyst.get(business).text)
    assert "Why they are one" in shown(analyst.get(pair))


def test_a_finding_opens_to_its_records_and_its_rule(analyst):
    found = analyst.get("/findings?kind=multi_regime")
    (finding,) = re.findall(r'href="(/findings/fnd_\w+)"', found.text)
    words = shown(analyst.get(finding))
    assert "By which rule" in words
    assert "Golden Wok Council: food" in words
    assert "None that you may see" in shown(analyst.get("/findings?kind=phoenix"))


def test_each_number_of_the_funnel_opens_to_as_many_businesses(analyst):
    page = analyst.get("/funnel").text
    numbers = re.findall(r'<td><a href="(/businesses[^"]*)">(\d+)</a>', page)
    assert {int(number) for _, number in numbers} > {0, 1}
    for address, number in numbers:
        page = analyst.get(unescape(address))
        found = listed(page)
        while more := re.findall(r'href="(/businesses\?[^"]+)">More', page.text):
            page = analyst.get(unescape(more[0]))
            found |= listed(page)
        assert len(found) == int(number), address


def test_who_is_known_to_one_agency_and_not_to_another_is_listed(analyst):
    assert "Golden Wok" not in shown(analyst.get("/gaps"))
    words = shown(analyst.get("/gaps?known_to=council&not_to=fire"))
    assert "it may hold one that is not shared with you" in words
    assert "Queen 0s Kitchen" in words
    assert "Golden Wok" not in words
    assert "You may see no records" in shown(analyst.get("/gaps?known_to=council&not_to=hmrc"))


def test_a_business_leads_to_its_neighbours_and_says_by_what(analyst):
    business = re.findall(r'href="(/businesses/biz_\w+)">Queen 0s Kitchen', analyst.get("/businesses").text)[0]
    assert f'href="{business}/network"' in analyst.get(business).text
    network = analyst.get(f"{business}/network?degrees=1")
    assert "1 step away Ali and Sons Trading" in shown(network)
    assert "Queen 0s Kitchen, UB2 : Both are at 20 The Broadway" in shown(network)


def business(browser: Browser, name: str) -> str:
    """The address of its page."""
    found: str = re.findall(rf'href="(/businesses/biz_\w+)">{name}', browser.get("/businesses").text)[0]
    return found


def test_a_list_and_a_search_are_narrowed_by_place_and_by_kind(analyst):
    assert "Queen 0s Kitchen" in shown(analyst.get("/businesses?area=UB2&sector=takeaway"))
    narrowed = shown(analyst.get("/businesses?area=ub3"))
    assert "in UB3" in narrowed
    assert "Queen 1s Kitchen" in narrowed
    assert "Queen 0s Kitchen" not in narrowed
    assert "Nothing was found" in shown(analyst.get("/businesses?sector=hotel"))
    found = shown(analyst.submit("/businesses", q="kitchen", area="ub3"))
    assert "Queen 1s Kitchen" in found
    assert "Queen 0s Kitchen" not in found
    assert "Nothing was found" in shown(analyst.submit("/businesses", q="kitchen", sector="hotel"))
    without_words = analyst.submit("/businesses", q=" ", area="UB3", sector="takeaway")
    assert without_words.headers["location"] == "/businesses?area=UB3&sector=takeaway"


def test_more_of_what_was_found_comes_by_a_form_and_each_business_once(analyst):
    first = analyst.submit("/businesses", q="broadway")
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', first.text))
    assert (fields["q"], len(listed(first))) == ("broadway", MANY_FOUND)
    second = analyst.submit("/businesses", **fields)
    assert listed(second)
    assert not listed(first) & listed(second)


def test_a_list_is_taken_away_as_it_is_narrowed(analyst):
    page = analyst.get("/businesses?area=UB3")
    links = [unescape(link) for link in re.findall(r'href="(/businesses\.[^"]+)"', page.text)]
    table, entities = (analyst.get(link) for link in links)
    assert table.headers["content-disposition"] == 'attachment; filename="businesses.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert {f"/businesses/{row['business_id']}" for row in rows} == listed(page)
    assert {json.loads(line)["schema"] for line in entities.text.splitlines()} == {"Organization", "Address"}


def test_who_may_not_take_a_list_away_is_offered_none(there):
    with Browser(there.url) as officer:
        officer.sign_in("council", "officer")
        assert "/businesses.csv" not in officer.get("/businesses").text
        assert officer.get("/businesses.csv").status_code == 403


def test_how_two_businesses_hang_together_is_found_by_the_words_of_the_other(analyst):
    queen, ali = business(analyst, "Queen 0s Kitchen"), business(analyst, "Ali and Sons Trading, UB2")
    where = re.findall(r'href="([^"]+)">how it hangs together', analyst.get(queen).text)[0]
    assert "Which one?" not in shown(analyst.get(where))
    found = analyst.submit(where, q="Ali and Sons UB2")
    (path,) = re.findall(rf'href="({where}/{ali.removeprefix("/businesses/")})"', found.text)
    words = shown(analyst.get(path))
    assert "are directly related" in words
    assert "Both are at 20 The Broadway" in words
    assert "Why they are two" in shown(analyst.get(re.findall(r'href="(/compare/[^"]+)"', analyst.get(path).text)[0]))
    wok = business(analyst, "Golden Wok").removeprefix("/businesses/")
    assert "No chain of up to 3 relations was found" in shown(analyst.get(f"{where}/{wok}"))


def test_no_path_leads_to_a_business_that_one_may_not_see(there, analyst):
    queen, wok = business(analyst, "Queen 0s Kitchen"), business(analyst, "Golden Wok")
    with Browser(there.url) as stranger:
        stranger.sign_in("hmrc", "analyst")
        nowhere = stranger.get(f"{queen}/path/{wok.removeprefix('/businesses/')}")
        assert nowhere.status_code == stranger.get(f"{queen}/path").status_code == 404
        assert "Wok" not in nowhere.text


def test_models_open_to_their_weights_and_say_who_changes_them(analyst):
    page = analyst.get("/models")
    assert "joinedup model compare" in shown(page)
    (opened,) = re.findall(r'href="(/models/[^"]+)">[^<]+</a>: in force', page.text)
    words = shown(analyst.get(opened))
    assert "In force. Made on" in words
    assert "Two records are linked from 2 bits on" in words
    same = default_model().weights["phones"]["same"]
    assert f"{same:+.1f}" in re.split("Emails|Names", words.partition(" Phones ")[2])[0]
    assert "Open Government Licence" in words


def test_an_empty_list_of_hubs_says_what_to_do(analyst):
    words = shown(analyst.get("/hubs"))
    assert "None is on five or more" in words
    assert "joinedup model count" in words


def test_every_one_of_these_pages_is_accessible_and_fits_a_small_screen(there, chromium: Chromium, analyst):
    question = asked(analyst.get("/review"))
    finding = re.findall(r'href="(/findings/fnd_\w+)"', analyst.get("/findings").text)[0]
    network = re.findall(r'href="(/businesses/biz_\w+)">Queen', analyst.get("/businesses").text)[0] + "/network"
    gaps = "/gaps?known_to=council&not_to=fire"
    analyst.submit(question, verdict="unsure", reason="Asked the district officer")
    with Phone(chromium, there) as phone:
        phone.sign_in("council", "analyst")
        for path in (
            "/review",
            question,
            "/decisions",
            "/findings",
            finding,
            "/funnel",
            gaps,
            network,
            "/hubs",
            "/businesses?min_regimes=1",
            "/businesses?area=UB3&sector=takeaway",
            f"{business(analyst, 'Golden Wok')}/path",
            f"{network.removesuffix('/network')}/path/{business(analyst, 'Ali').removeprefix('/businesses/')}",
            "/models",
            f"/models/{default_model().version}",
        ):
            fits_and_is_accessible(phone.page, path)
        phone.page.goto(question)
        phone.page.get_by_label("Why, for whoever reads it later").fill("Same till, same staff")
        phone.page.get_by_role("button", name="The same business").click()
        is_accessible(phone.page)
        phone.page.get_by_role("link", name="The next question").click()
        assert phone.page.get_by_role("heading", level=1).inner_text() == "One business or two?"
