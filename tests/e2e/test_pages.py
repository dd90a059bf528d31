"""Pages show what the API gives to who asks, and nothing beside it; what they show is in the audit log."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
import time_machine
import yaml

from joinedup.indicators import ask_officers
from services.gateway.domain.deed import Operation, holds_records
from services.gateway.pages import PAGES
from shared.contracts.roles import Role
from tests.e2e.pages import Site, site
from tests.integration.gateway.browsing import Browser
from tests.integration.gateway.recorded import stored

TABLE = yaml.safe_load(Path(__file__, "../../contracts/permissions.yaml").resolve().read_text())["pages"]
CARD = {"place": {"name": "The Bell", "postcode": "UB1 1AA"}, "text": "Locked door", "to": ["fire"]}
VISIT = {
    "place": {"name": "Golden Wok", "address": {"lines": ["12 The Broadway"], "postcode": "UB1 1AA"}},
    "when": {"first": "2099-03-02", "last": "2099-03-03"},
    "terms": {"purpose": "mixed", "regimes": ["food-hygiene"]},
}
WITHOUT_RECORDS = {"/purpose", "/sign-out", "/models", "/models/{version}"}
CARDS = [f"7b0b7b0e-5f0a-4f0e-9d57-1a3a0c8a7a{number}" for number in range(10, 20)]
_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_RANDOM = re.compile(r"ref_[0-9a-f]{32}|name=\"id\" value=\"[0-9a-f-]{36}\"")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def there(folder: Path) -> Iterator[Site]:
    with site(folder) as found:
        yield found


@pytest.fixture(scope="module")
def places(there: Site) -> dict[str, str]:
    """Ids for the pages that are about one thing: a card from council to fire."""
    with there.api("council") as api:
        card = api.post("/v1/cards", json=CARD | {"id": CARDS[0]}).raise_for_status().json()
        found = api.get("/v1/search", params={"q": "golden wok"}).raise_for_status().json()["businesses"][0]
        members = api.get(found["opens_at"]).raise_for_status().json()["members"]
        visit = api.post("/v1/visits", json=VISIT).raise_for_status().json()
    with there.api("council", "tasking_chair") as api:
        tasking = api.post("/v1/tasking/lists", json={}).raise_for_status().json()
    card_ids = {"card_id": card["card_id"], "referral_id": card["has_it"][0]["referral_id"], "photo_id": CARDS[0]}
    ids = {"business_id": found["business_id"], "visit_id": visit["visit_id"], "list_id": tasking["list_id"]}
    records = dict(zip(("record_id", "other_id"), (member["record_id"] for member in members), strict=True))
    nowhere = {"finding_id": f"fnd_{'a' * 20}", "decision_id": f"dec_{'a' * 20}"}
    with there.api("council") as api:
        models = api.get("/v1/models").raise_for_status().json()["models"]
    others = {"step": "done", "form": "csv", "end_id": found["business_id"], "version": models[0]["version"]}
    return card_ids | ids | records | nowhere | others


def test_the_table_has_every_page_that_is_for_whoever_is_signed_in():
    routes = {f"{method} {route.path}" for router in PAGES for route in router.routes for method in route.methods}
    open_to_strangers = {"GET /accessibility", "GET /sign-in", "GET /sign-in/{issuer}", "GET /sign-in/{issuer}/done"}
    assert set(TABLE) == routes - open_to_strangers


def test_every_page_answers_every_role_as_the_table_says(there, places):
    wrong = []
    for role in Role:
        with signed_in(there, "council", role) as browser:
            form = {
                "filer": filer(browser),
                "id": CARDS[1],
                "q": "x",
                "version": "0",
                "step": "none",
                "top": "0",
                "purpose": "none",
            }
            for page, allowed in TABLE.items():
                method, path = page.split()
                if path == "/sign-out":
                    continue  # everybody may, and is gone
                path = path.format(**places)
                answer = browser.get(path) if method == "GET" else browser.submit(path, **form)
                assert answer.status_code not in (303, 401, 500), (page, role)
                if (answer.status_code == 403) == (role in allowed):
                    wrong.append((page, role.value, answer.status_code))
    assert not wrong


@contextmanager
def signed_in(there: Site, agency: str, role: str = "officer") -> Iterator[Browser]:
    with Browser(there.url) as browser:
        yield browser.sign_in(agency, role)


def filer(browser: Browser) -> str:
    return re.findall(r'data-filer="(\w+)"', browser.get("/sign-out").text)[0]


def test_in_a_demonstration_agencies_ask_officers_for_what_the_packs_list_under_their_regimes(there):
    assert asyncio.run(ask_officers(there.url, [("hmrc", "tax"), ("fire", "crime")])) == 3
    with there.api("council") as api:
        found = api.get("/v1/indicators").raise_for_status().json()
    assert "Two tills, and only one for the legitimate business" in {one["text"] for one in found}
    assert {one["agency"] for one in found if one["pack"]} == {"hmrc"}


def test_what_a_page_showed_is_in_the_audit_log_and_what_was_typed_is_not(there, folder):
    with signed_in(there, "council") as browser:
        found = browser.submit("/card/find", q="golden wok").json()["businesses"]
    entry = stored(folder)[-1]
    assert (entry.agency, entry.purpose, entry.route) == ("council", "compliance", "/card/find")
    assert entry.shown == (found[0]["business_id"],)
    assert entry.legal_gateways == ("fire-council",)
    assert "golden" not in repr(entry)


def test_every_page_that_is_made_of_records_is_recorded_with_the_powers_for_it():
    paths = {page.split()[1] for page in TABLE}
    assert {path for path in paths if not holds_records(path)} == {
        "/purpose",
        "/sign-out",
        "/models",
        "/models/{version}",
    }


def test_what_is_compared_is_a_disclosure_of_both_records(there, places, folder):
    with signed_in(there, "council", "analyst") as browser:
        assert browser.get("/compare/{record_id}/{other_id}".format(**places)).status_code == 200
    entry = stored(folder)[-1]
    assert (entry.operation, entry.legal_gateways) == (Operation.disclosure, ("fire-council",))
    assert {places["record_id"], places["other_id"]} <= {*entry.shown}


@pytest.mark.parametrize("form", ["csv", "ftm.json"])
def test_a_list_that_is_taken_away_is_a_disclosure_of_each_business_on_it(there, places, folder, form):
    with signed_in(there, "council", "analyst") as browser:
        assert browser.get(f"/businesses.{form}").status_code == 200
    entry = stored(folder)[-1]
    assert (entry.operation, entry.route) == (Operation.disclosure, "/businesses.{form}")
    assert places["business_id"] in entry.shown


def test_a_page_about_others_is_a_disclosure(there, places, folder):
    with signed_in(there, "fire") as browser:
        assert browser.get(f"/inbox/{places['referral_id']}").status_code == 200
    assert stored(folder)[-1].operation is Operation.disclosure


def test_every_figure_opens_to_the_referrals_behind_it(there, places):
    with signed_in(there, "council") as browser:
        page = browser.get("/figures").text
        found = set(re.findall(r'href="(/referrals[^"]*)">(\d+)</a>', page))
        assert "council to fire" in page
        assert {number for _, number in found} == {"0", "1"}
        for address, number in found:
            assert browser.get(unescape(address)).text.count('href="/inbox/ref_') == int(number), address


def test_the_page_of_a_card_tells_its_story_from_the_tip_on(there, places):
    with signed_in(there, "council") as browser:
        page = browser.get(f"/cards/{places['card_id']}").text
    cells = [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", page)]
    assert [cells[1:3], cells[4:6]] == [["Tip", "The card was filed."], ["Referral", "Fire has it."]]


def test_a_card_of_another_agency_is_no_page(there, places):
    with signed_in(there, "hmrc") as browser:
        for path in (
            f"/cards/{places['card_id']}",
            f"/card/filed/{places['card_id']}",
            f"/inbox/{places['referral_id']}",
        ):
            assert browser.get(path).status_code == 404


def test_pages_are_the_same_whatever_happens_that_one_may_not_see(tmp_path):
    """Two sites, of which the second has a record, cards and steps of an agency that shares nothing with council."""
    shown = []
    for name, hidden in (("plain", False), ("busy", True)):
        (tmp_path / name).mkdir()
        with time_machine.travel(_NOON, tick=False), site(tmp_path / name, _holders(hidden)) as found:
            _happen(found, hidden=hidden)
            shown.append(_seen_by_council(found))
    assert shown[0] == shown[1]
    assert any("Golden Wok" in text for text in shown[0].values())


def _holders(hidden: bool) -> tuple[str, ...]:
    return ("council", "fire", "hmrc") if hidden else ("council", "fire")


def _happen(found: Site, *, hidden: bool) -> None:
    with found.api("council") as council, found.api("fire") as fire, found.api("hmrc") as hmrc:
        if hidden:
            hmrc.post("/v1/cards", json=CARD | {"id": CARDS[0], "to": ["fire"]}).raise_for_status()
        business = council.get("/v1/search", params={"q": "golden wok"}).raise_for_status().json()["businesses"][0]
        own = {"id": CARDS[0], "business_id": business["business_id"], "text": "seen", "to": ["fire"]}
        receipt = council.post("/v1/cards", json=own).raise_for_status().json()
        if hidden:
            hmrc.post("/v1/cards", json=CARD | {"id": CARDS[2]}).raise_for_status()
            hmrc.post("/v1/visits", json=VISIT).raise_for_status()
        fire.post("/v1/cards", json=CARD | {"id": CARDS[1], "to": ["council"]}).raise_for_status()
        taken = f"/v1/referrals/{receipt['has_it'][0]['referral_id']}/steps"
        fire.post(taken, json={"step": "acknowledge"}, headers={"If-Match": '"1"'}).raise_for_status()


def _seen_by_council(found: Site) -> dict[str, str]:
    with signed_in(found, "council") as browser:
        shown = {"find": browser.submit("/card/find", q="golden wok").text, "list": browser.get("/inbox").text}
        following = [
            *dict.fromkeys(re.findall(r'href="(/(?:cards|inbox)/[^"]+)"', browser.get("/cards").text + shown["list"]))
        ]
        business = re.findall(r'href="(/businesses/biz_[^"]+)"', browser.get("/businesses").text)
        paths = [
            "/card",
            "/cards",
            "/purpose",
            "/sign-out",
            "/businesses",
            *business,
            *re.findall(r'href="(/compare/[^"]+)"', browser.get(business[0]).text),
            "/funnel",
            "/gaps?known_to=council&not_to=hmrc",
            f"{business[0]}/network",
            f"{business[0]}/path",
            f"{business[0]}/path/{business[0].removeprefix('/businesses/')}",
            "/businesses?area=UB1&sector=takeaway",
            "/models",
            "/findings",
            "/review",
            "/decisions",
            "/visits",
            "/plan",
            "/figures",
            *following,
        ]
        for number, path in enumerate(paths):
            answer = browser.get(path)
            assert answer.status_code == 200, path
            shown[f"{number}"] = answer.text + str({k: v for k, v in answer.headers.items() if k != "content-length"})
    with signed_in(found, "council", "analyst") as analyst:
        for path in ("/businesses.csv", "/businesses.ftm.json", "/hubs"):
            shown[path] = analyst.get(path).raise_for_status().text
    return {name: _RANDOM.sub("random", text) for name, text in shown.items()}
