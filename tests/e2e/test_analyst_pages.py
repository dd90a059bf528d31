"""What an analyst opens besides the questions: lists, figures, findings, networks and paths, values too common to be
evidence, models; all as the API tells it, and for everybody."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from services.gateway.pages.showing import day
from tests.e2e.for_everybody import fits_and_is_accessible, is_accessible
from tests.e2e.pages import Phone, Site
from tests.e2e.reviewing import RINGING, asked, business, listed, reviewed
from tests.e2e.test_planning_pages import shown
from tests.integration.gateway.browsing import Browser
from tests.support.chromium import Chromium

MODEL_NAME = "kerrow-1"
MANY_FOUND = 20
"""Businesses on one page."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with reviewed(tmp_path_factory.mktemp("review")) as found:
        yield found


@pytest.fixture
def analyst(there: Site) -> Iterator[Browser]:
    with Browser(there.url) as browser:
        yield browser.sign_in("council", "analyst")


def test_a_business_leads_to_each_pair_behind_it(analyst):
    business = re.findall(r'href="(/businesses/biz_\w+)">Golden Wok', analyst.get("/businesses").text)[0]
    (pair,) = re.findall(r'href="(/compare/[^"]+)">Both records', analyst.get(business).text)
    assert "Why they are one" in shown(analyst.get(pair))


def test_a_finding_opens_to_its_records_and_its_rule(analyst):
    found = analyst.get("/findings?kind=multi_regime&area=UB1")
    (finding,) = re.findall(r'href="(/findings/fnd_\w+)"', found.text)
    words = shown(analyst.get(finding))
    assert "By which rule" in words
    assert "Golden Wok Council: food" in words
    assert "None that you may see" in shown(analyst.get("/findings?kind=phoenix"))


def told(there: Site, path: str) -> dict[str, Any]:
    """What the API says there."""
    with there.api("council", "analyst") as api:
        found: dict[str, Any] = api.get(f"/v1{path}").raise_for_status().json()
    return found


def test_a_finding_says_all_that_the_linker_says_of_it(there, analyst):
    (summary,) = told(there, "/findings?type=multi_regime&limit=1")["findings"]
    overview, words = shown(analyst.get("/findings")), shown(analyst.get(f"/findings/{summary['finding_id']}"))
    said = told(there, f"/findings/{summary['finding_id']}")
    assert f"{said['title']}, {said['areas'][0]} {said['sentence']} Since" in overview
    assert f"shown by {said['records']} records" in overview
    assert f"{said['title']}, {said['areas'][0]} {said['sentence']} Why {said['reasons'][0]}" in words
    for reason in said["reasons"]:
        assert reason in words
    for one in said["cited"]:
        assert f"severity {one['severity']} of 4" in words
        assert f"{one['feed']}, {one['source_ref']}" in words
    assert f"By which rule {said['rule']['text']} Version {said['rules_version']}" in words


def test_the_funnel_says_what_each_number_counts_and_why_the_worst_are_the_worst(there, analyst):
    said, words = told(there, "/funnel"), shown(analyst.get("/funnel"))
    for step in said["steps"]:
        assert f"{step['definition']} {step['value']}" in words
    (worst,) = said["top"]
    assert f"1. Crown Inn, W30 {' '.join(worst['reasons'])}" in words
    for warning in said["warnings"]:
        assert warning in words
    for one in said["coverage"]:
        assert f"{one['agency'].capitalize()} {one['businesses']}" in words
    assert f"as of {day(said['as_of'])}" in words
    narrowed = analyst.get("/funnel?area=ub3")
    assert "in UB3" in shown(narrowed)
    assert 'name="area" value="UB3"' in narrowed.text
    kind = shown(analyst.get("/funnel?area=UB3&sector=takeaway"))
    assert "From many to few, in UB3, of the kind takeaway" in kind
    assert f"{said['steps'][0]['definition']} 1" in kind


def test_findings_are_narrowed_by_kind_and_place_and_say_so(analyst):
    page = analyst.get("/findings?kind=multi_regime&area=ub1")
    assert re.findall(r'<option value="(\w+)" selected>', page.text) == ["multi_regime"]
    assert 'name="area" value="UB1"' in page.text
    assert "Golden Wok" in shown(page)
    assert "None that you may see" in shown(analyst.get("/findings?kind=multi_regime&area=ub9"))


def test_markup_in_a_name_is_text_on_every_page(analyst):
    where = business(analyst, "Queen 0s Kitchen")
    (marked,) = listed(analyst.get("/businesses?area=W16"))
    for path in ("/businesses?area=W16", marked, f"{marked}/network", f"{marked}/path"):
        assert "&lt;b&gt;Lea&lt;/b&gt;" in analyst.get(path).text, path
        assert "<b>" not in analyst.get(path).text, path
    found = analyst.submit(f"{where}/path", q="<b>lea</b>")
    assert "&lt;b&gt;lea&lt;/b&gt;" in found.text
    assert "<b>" not in found.text


def test_each_number_of_the_funnel_opens_to_as_many_businesses(analyst):
    page = analyst.get("/funnel").text
    numbers = re.findall(r'<td><a href="(/businesses[^"]*)">(\d+)</a>', page)
    assert {int(number) for _, number in numbers} > {1, 2}
    for address, number in numbers:
        page = analyst.get(unescape(address))
        found = listed(page)
        while more := re.findall(r'href="(/businesses\?[^"]+)">More', page.text):
            page = analyst.get(unescape(more[0]))
            found |= listed(page)
        assert len(found) == int(number), address


def test_who_is_known_to_one_agency_and_not_to_another_is_listed(analyst):
    assert "Golden Wok" not in shown(analyst.get("/gaps"))
    page = analyst.get("/gaps?known_to=council&not_to=fire")
    words = shown(page)
    assert "it may hold one that is not shared with you" in words
    assert "Queen 0s Kitchen" in words
    assert "Golden Wok" not in words
    assert "Known to Council, not to Fire" in words
    assert re.findall(r'<option value="(\w+)" selected>', page.text) == ["council", "fire"]
    kind = "/gaps?known_to=council&not_to=fire&sector=takeaway"
    assert "Known to Council, not to Fire, of the kind takeaway" in shown(analyst.get(kind))
    assert "Queen 0s Kitchen" in shown(analyst.get(kind))
    assert "Queen 0s Kitchen" not in shown(analyst.get(f"{kind}&area=UB3"))
    assert "Aldersons" not in shown(analyst.get(kind))
    assert "You may see no records" in shown(analyst.get("/gaps?known_to=council&not_to=hmrc"))


def test_a_business_leads_to_its_neighbours_and_says_by_what(analyst):
    business = re.findall(r'href="(/businesses/biz_\w+)">Queen 0s Kitchen', analyst.get("/businesses").text)[0]
    assert f'href="{business}/network"' in analyst.get(business).text
    network = analyst.get(f"{business}/network?degrees=1")
    assert "1 step away Ali and Sons Trading" in shown(network)
    assert "Queen 0s Kitchen, UB2 : Both are at 20 The Broadway" in shown(network)


def test_a_network_says_how_far_it_goes_and_how_it_gets_there(analyst):
    (start,), (end,) = (listed(analyst.get(f"/businesses?area={area}")) for area in ("W10", "W12"))
    network = analyst.get(f"{start}/network")
    words = shown(network)
    assert "Whom Junipers leads to Over at most 2 steps. 1 , 3 instead." in words
    assert "1 step away Larchmont, W11 2 steps away Maplewood, W12" in words
    assert f'href="{start}/network?degrees=3">3' in network.text
    assert f'href="{start}/path">How it hangs together' in network.text
    (path,) = re.findall(r'href="([^"]+)">How it gets there', network.text)
    assert path == f"{start}/path/{end.removeprefix('/businesses/')}"
    assert "are 2 relations apart" in shown(analyst.get(path))
    steps = re.split("Junipers, W10 and Larchmont|Larchmont, W11 and Maplewood", shown(analyst.get(path)))
    assert "07700 900123" in steps[1]
    assert "owner@larchmont.example" in steps[2]


def test_a_list_and_a_search_are_narrowed_by_place_and_by_kind(analyst):
    assert "Queen 0s Kitchen" in shown(analyst.get("/businesses?area=UB2&sector=takeaway"))
    narrowed = shown(analyst.get("/businesses?area=ub3"))
    for typed in ("ub3 1aa", "UB31AA", " UB3 "):
        assert "in UB3 " in shown(found := analyst.get("/businesses", params={"area": typed}))
        assert listed(found) == listed(analyst.get("/businesses?area=UB3"))
    assert "in UB3" in narrowed
    assert "Queen 1s Kitchen" in narrowed
    assert "Queen 0s Kitchen" not in narrowed
    assert "Nothing was found" in shown(analyst.get("/businesses?sector=hotel"))
    found = shown(analyst.submit("/businesses", q="kitchen", area="ub3"))
    assert "Queen 1s Kitchen" in found
    assert "Queen 0s Kitchen" not in found
    none = analyst.submit("/businesses", q="kitchen", area="ub3", sector="hotel")
    assert "Found for “kitchen”, in UB3, of the kind hotel" in shown(none)
    assert "Nothing was found" in shown(none)
    kept = re.findall(r'name="(q|area|sector)"[^>]* value="([^"]*)"', none.text)
    assert kept == [("q", "kitchen"), ("area", "UB3"), ("sector", "hotel")]
    assert "In no record that you may see: zzyzx." in shown(analyst.submit("/businesses", q="kitchen zzyzx"))
    behind = shown(analyst.get("/businesses?min_regimes=3&agency=fire"))
    assert "known to Fire" in behind
    assert "with live concerns in so many regimes or more: 3" in behind
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
    form = analyst.get(where)
    assert "How does Queen 0s Kitchen hang together with another? Queen 0s Kitchen, UB2 The other business" in shown(
        form
    )
    assert f'action="{where}"' in form.text
    assert "Which one?" not in shown(form)
    found = analyst.submit(where, q="Ali and Sons UB2")
    assert "Which one? Ali and Sons Trading, UB2 20 The Broadway" in shown(found)
    (path,) = re.findall(rf'href="({where}/{ali.removeprefix("/businesses/")})"', found.text)
    words = shown(analyst.get(path))
    assert "are directly related" in words
    assert "Queen 0s Kitchen, UB2 and Ali and Sons Trading, UB2 : Both are at 20 The Broadway" in words
    assert "Why they are two" in shown(analyst.get(re.findall(r'href="(/compare/[^"]+)"', analyst.get(path).text)[0]))
    wok = business(analyst, "Golden Wok").removeprefix("/businesses/")
    nowhere = analyst.get(f"{where}/{wok}")
    assert "No chain of up to 3 relations was found" in shown(nowhere)
    assert f'href="/businesses/{wok}">the other' in nowhere.text
    assert f'href="{where}">With another' in nowhere.text


def test_no_path_leads_to_a_business_that_one_may_not_see(there, analyst):
    queen, wok = business(analyst, "Queen 0s Kitchen"), business(analyst, "Golden Wok")
    with Browser(there.url) as stranger:
        stranger.sign_in("hmrc", "analyst")
        nowhere = stranger.get(f"{queen}/path/{wok.removeprefix('/businesses/')}")
        assert nowhere.status_code == stranger.get(f"{queen}/path").status_code == 404
        assert "Wok" not in nowhere.text


def test_models_say_which_is_in_force_and_who_changes_that(there, analyst):
    page = analyst.get("/models")
    assert re.findall(r'href="/models/([^"]+)">[^<]+</a>: in force', page.text) == [MODEL_NAME]
    others = [one for one in told(there, "/models")["models"] if not one["in_force"]]
    for one in others:
        assert f"{one['version']} Made on {day(one['made_on'])}. Published." in shown(page)
    assert others
    assert "joinedup model compare" in shown(page)


def test_a_model_says_all_that_the_linker_says_of_it(there, analyst):
    said, words = told(there, f"/models/{MODEL_NAME}"), shown(analyst.get(f"/models/{MODEL_NAME}"))
    limits = said["thresholds"]
    assert f"Model {MODEL_NAME} In force. Made on {day(said['made_on'])}" in words
    assert f"begin at {said['prior']:.1f} bits" in words
    assert f"linked from {limits['links_from']:g} bits on; a person is asked from {limits['asked_from']:g} to" in words
    assert f"Two of one feed begin {-limits['one_feed']:g} bits lower" in words
    assert f"how rare {said['words']:,} words of names are, and {said['hubs']:,} values" in words
    for comparison in said["comparisons"]:
        for level in comparison["levels"]:
            assert f"{level['sentence']} {level['bits']:+.1f}" in words
    assert said["source"] in words
    assert {one["records"] for one in said["data"]} - {None}
    for one in said["data"]:
        assert one["name"] in words
        assert f"{one['records'] or 0:,}" in words or not one["records"]
    for weakness in said["weaknesses"]:
        assert weakness in words


def test_what_is_too_common_to_be_evidence_opens_to_who_gives_it(analyst):
    page = analyst.get("/hubs")
    assert re.search(rf"By the model {MODEL_NAME} , made on [^.]+2026\. A model knows", shown(page))
    assert f"Phone: 020 8825 5000 {RINGING}" in shown(page)
    (behind,) = re.findall(r'<td><a href="([^"]+)">', page.text)
    assert len(listed(analyst.get(unescape(behind)))) == RINGING


def test_an_empty_list_of_hubs_says_what_to_do(there):
    with Browser(there.url) as stranger:
        words = shown(stranger.sign_in("hmrc", "analyst").get("/hubs"))
    assert "8825" not in words
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
            f"/models/{MODEL_NAME}",
        ):
            fits_and_is_accessible(phone.page, path)
        phone.page.goto(question)
        phone.page.get_by_label("Why, for whoever reads it later").fill("Same till, same staff")
        phone.page.get_by_role("button", name="The same business").click()
        is_accessible(phone.page)
        phone.page.get_by_role("link", name="The next question").click()
        assert phone.page.get_by_role("heading", level=1).inner_text() == "One business or two?"
