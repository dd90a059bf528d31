"""A card is filed in ninety seconds on a phone, with poor signal or none, with or without scripts, by anybody."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.for_everybody import fits_and_is_accessible
from tests.e2e.pages import BEDS, DOOR, WOK, Phone, Site, site
from tests.e2e.test_pages import VISIT
from tests.support.chromium import Chromium
from tests.support.processes import wait_until


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def phone(there: Site, chromium: Chromium) -> Iterator[Phone]:
    with Phone(chromium, there) as phone:
        yield phone.sign_in()


def newest(there: Site, name: str) -> dict[str, object]:
    found = [card for card in there.cards() if card["name"] == name]
    assert len(found) == 1, "filed once"
    return found[0]


def test_a_business_is_found_and_a_card_filed_without_leaving_the_page(phone, there):
    page = phone.page
    page.get_by_label("Name, street, postcode").fill("golden wok")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Golden Wok, UB1").check()
    page.get_by_label(BEDS).check()
    phone.send()
    phone.status.to_contain_text("Fire")
    assert newest(there, "Golden Wok")["indicators"] == [BEDS]
    expect(page.get_by_label(BEDS)).not_to_be_checked()


def test_a_business_is_found_from_where_one_stands_which_the_card_does_not_say(phone, there):
    north, east = WOK
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": north - 0.00036, "longitude": east})
    phone.page.get_by_role("button", name="Use where I am").click()
    phone.page.get_by_text("40 metres away").click()
    phone.page.get_by_label("In your own words").fill("Seen from the pavement")
    phone.send()
    phone.status.to_contain_text("Sent.")
    with there.api("council") as api:
        card = api.get(f"/v1/cards/{there.cards()[0]['card_id']}").json()
    assert card["text"] == "Seen from the pavement"
    assert card["business_id"] is not None
    assert (card["place"] or {}).get("latitude") is None


def test_cards_filed_without_signal_wait_and_go_by_themselves(phone, there):
    phone.kept().context.set_offline(True)
    phone.form()
    phone.describe("The Blue Dog", "Two men slept in the kitchen")
    phone.send()
    phone.status.to_contain_text("1 card waits")
    phone.form()
    phone.describe("The Red Cow", "A chained door")
    phone.send()
    phone.status.to_contain_text("2 cards wait")
    phone.context.set_offline(False)
    phone.status.to_contain_text("Sent.")
    phone.went("The Blue Dog")
    phone.went("The Red Cow")
    assert newest(there, "The Blue Dog")
    assert newest(there, "The Red Cow")


def test_where_the_browser_can_what_waits_goes_after_the_page_was_closed(phone, there):
    phone.kept().context.set_offline(True)
    phone.describe("The Lamb", "Seen before the page was closed")
    phone.send()
    phone.status.to_contain_text("1 card waits")
    elsewhere = phone.context.new_page()
    phone.page.close()
    phone.context.set_offline(False)
    elsewhere.goto("/accessibility")
    signal_is_back(elsewhere, there)
    wait_until(lambda: any(card["name"] == "The Lamb" for card in there.cards()), 10, "The card's arrival")
    assert newest(there, "The Lamb")


def signal_is_back(page: Page, there: Site) -> None:
    """What Chromium tells the worker by itself when the machine is on a network again."""
    browser = page.context.new_cdp_session(page)
    found: list[dict[str, str]] = []
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    browser.send("ServiceWorker.enable")
    wait_until(lambda: bool(page.evaluate("1")) and bool(found), 5, "The worker's registration")
    told = {"origin": there.url, "registrationId": found[0]["registrationId"], "tag": "send", "lastChance": False}
    browser.send("ServiceWorker.dispatchSyncEvent", told)


def test_while_a_part_of_the_system_is_away_the_form_opens_and_cards_wait(tmp_path, chromium):
    with site(tmp_path) as broken, Phone(chromium, broken) as phone:
        phone.sign_in().kept()
        broken.referrals.close()
        phone.form()
        phone.describe("The Ship", "Seen while nobody could take it")
        phone.send()
        phone.status.to_contain_text("1 card waits")


def test_a_card_whose_receipt_was_lost_goes_again_and_is_filed_once(phone, there):
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    phone.page.route("**/card", lose_the_answer)
    phone.describe("The White Hart", "Heard shouting")
    with phone.page.expect_event("requestfailed"):
        phone.send()
    phone.page.unroute_all()
    phone.page.reload()
    phone.went("The White Hart")
    assert newest(there, "The White Hart")


def test_of_a_card_that_went_the_phone_keeps_only_what_came_back(phone):
    phone.describe("The Green Man", "Words that nobody else should read")
    phone.send()
    phone.status.to_contain_text("Sent.")
    kept = phone.page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("joinedup").onsuccess = (event) => {
            const all = event.target.result.transaction("cards").objectStore("cards").getAll();
            all.onsuccess = () => resolve(JSON.stringify(all.result));
          };
        })"""
    )
    assert "Sent" not in kept
    assert "The Green Man" in kept
    assert "Words that nobody" not in kept


def test_a_browser_that_keeps_nothing_sends_the_form_at_once(phone, there):
    phone.page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('not in a private window') }")
    phone.page.reload()
    phone.describe("The George", "Seen in a private window")
    phone.send()
    expect(phone.page.get_by_role("heading", name="Your card has been filed")).to_be_visible()
    assert newest(there, "The George")


def test_photos_go_small_and_where_one_stands_goes_only_when_asked(phone, there):
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 51.5074, "longitude": -0.1278})
    phone.describe("The Fox", "Asked for where I stand")
    phone.page.get_by_role("button", name="Add where I am now").click()
    expect(phone.page.get_by_role("button", name="Where you are is added")).to_be_visible()
    phone.page.get_by_label("Photos").set_input_files(
        [{"name": "a.png", "mimeType": "image/png", "buffer": picture(4000, 3000)}]
    )
    phone.send()
    phone.status.to_contain_text("Sent.")
    with there.api("council") as api:
        card = api.get(f"/v1/cards/{newest(there, 'The Fox')['card_id']}").json()
    assert (card["place"]["latitude"], card["place"]["longitude"]) == (51.5074, -0.1278)
    assert [(photo["media_type"], photo["width"], photo["height"]) for photo in card["photos"]] == [
        ("image/jpeg", 2048, 1536)
    ]


def test_who_signs_out_leaves_nothing_on_the_phone(phone):
    phone.kept().describe("The Swan", "Nothing to be left behind")
    phone.page.get_by_label("Postcode, if you know it").fill("!!")
    phone.send()
    expect(phone.page.locator("#queue")).to_contain_text("It was not taken")
    phone.page.goto("/sign-out")
    expect(phone.page.get_by_text("1 card has not been sent")).to_be_visible()
    phone.page.get_by_role("button", name="Sign out").click()
    expect(phone.page.get_by_role("heading", name="You have signed out")).to_be_visible()
    found = phone.page.evaluate("Promise.all([indexedDB.databases(), caches.keys()]).then(JSON.stringify)")
    assert found == "[[],[]]"


def test_the_next_officer_on_the_phone_neither_sees_nor_sends_what_waits(phone, there):
    phone.kept().context.set_offline(True)
    phone.describe("The Plough", "Seen by the first officer")
    phone.send()
    phone.status.to_contain_text("1 card waits")
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    phone.status.to_contain_text("Sign in")
    phone.sign_in("fire")
    phone.describe("The Crown", "Seen by the next officer")
    phone.send()
    phone.status.to_contain_text("Sent.")
    expect(phone.page.locator("#queue-list li")).to_have_count(1)
    expect(phone.page.locator("#queue")).to_contain_text("The Crown")
    assert not [card for agency in ("council", "fire") for card in there.cards(agency) if card["name"] == "The Plough"]
    phone.sign_in("council")
    phone.went("The Plough")
    assert newest(there, "The Plough")


def test_a_form_that_was_open_while_somebody_else_signed_in_is_not_theirs_to_send(phone, there):
    other = phone.context.new_page()
    mine, phone.page = phone.page, other
    phone.sign_in("fire")
    phone.page = mine
    phone.describe("The Anchor", "Written by the first officer")
    phone.send()
    phone.status.to_contain_text("Sign in")
    assert not [card for agency in ("council", "fire") for card in there.cards(agency) if card["name"] == "The Anchor"]


def test_what_is_lacking_is_said_where_it_is_lacking(phone):
    phone.send()
    expect(phone.page.get_by_role("alert")).to_have_text("Pick the business, or describe where it is.")
    expect(phone.page.get_by_label("Name, street, postcode")).to_be_focused()


def test_without_scripts_a_card_is_found_filed_and_its_history_read(there, chromium):
    with Phone(chromium, there, scripts=False) as phone:
        page = phone.sign_in().page
        page.get_by_label("In your own words").fill("Smoke alarm taped over")
        page.get_by_label("Name, street, postcode").fill("ub1 1aa")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_label("In your own words")).to_have_value("Smoke alarm taped over")
        page.get_by_label("Golden Wok, UB1").check()
        page.get_by_label(DOOR).check()
        page.get_by_label("Photos").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": picture()}])
        phone.send()
        expect(page.get_by_role("heading", name="Your card has been filed")).to_be_visible()
        expect(page.get_by_text("Fire", exact=True)).to_be_visible()
        page.get_by_role("link", name="this card").click()
        expect(page.get_by_text("Smoke alarm taped over")).to_be_visible()
        page.get_by_role("link", name="Photo 1").click()


def picture(width: int = 4, height: int = 3) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), "red").save(made, "PNG")
    return made.getvalue()


def test_without_scripts_what_is_lacking_is_said_and_nothing_is_lost(there, chromium):
    with Phone(chromium, there, scripts=False) as phone:
        phone.sign_in().page.get_by_label(BEDS).check()
        phone.send()
        expect(phone.page.get_by_role("alert")).to_contain_text("Pick the business, or describe where it is.")
        expect(phone.page.get_by_label(BEDS)).to_be_checked()


def test_whose_session_ended_meanwhile_signs_in_and_sends_what_they_wrote(there, chromium):
    with Phone(chromium, there, scripts=False) as phone:
        page = phone.sign_in().page
        page.get_by_label("In your own words").fill("Written before the session ended")
        page.get_by_text("It is not there: describe it").click()
        page.get_by_label("Name on the sign").fill("The Star")
        phone.context.clear_cookies()
        phone.send()
        with phone.context.expect_page() as opened:
            page.get_by_role("link", name="Sign in").click()
        with opened.value as tab:
            tab.get_by_label("Agency", exact=True).select_option("council")
            tab.get_by_role("button", name="Sign in").click()
            expect(tab.get_by_role("heading", name="What are you acting for?")).to_be_visible()
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_role("heading", name="Your card has been filed")).to_be_visible()
    assert newest(there, "The Star")


def test_what_somebody_wrote_is_shown_as_they_wrote_it(phone, there):
    """Neither a script nor a tag, wherever it is shown."""
    name = "<img src=x onerror=alert(1)> & Sons"
    phone.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    phone.describe(name, "<script>alert(2)</script>")
    phone.send()
    phone.status.to_contain_text("Sent.")
    expect(phone.page.locator("#queue")).to_contain_text(name)
    phone.page.get_by_role("link", name="What came of it").last.click()
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(phone.page.get_by_text("<script>alert(2)</script>")).to_be_visible()


def test_with_a_keyboard_alone(phone, there):
    page = phone.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    reach(page, "#q")
    page.keyboard.type("golden wok")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Golden Wok, UB1")).to_be_visible()
    reach(page, "[name=business_id]")
    page.keyboard.press("Space")
    reach(page, "[name=indicator]")
    page.keyboard.press("Space")
    reach(page, "#text")
    page.keyboard.type("By keyboard")
    reach(page, "#send")
    page.keyboard.press("Enter")
    phone.status.to_contain_text("Sent.")
    assert there.cards()[0]["name"] == "Golden Wok"


def reach(page: Page, wanted: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached with the Tab key")


@pytest.fixture(scope="module")
def pages(there: Site) -> list[str]:
    """Every page, as an officer of fire sees it who has filed a card and been sent one."""
    with there.api("council") as api:
        card = {
            "id": "7b0b7b0e-5f0a-4f0e-9d57-1a3a0c8a7a11",
            "place": {"name": "The Bell"},
            "text": "x",
            "to": ["fire"],
        }
        api.post("/v1/cards", json=card).raise_for_status()
    with there.api("fire") as api:
        mine = {"id": "7b0b7b0e-5f0a-4f0e-9d57-1a3a0c8a7a12", "place": {"name": "The Bell"}, "text": "y"}
        card_id = api.post("/v1/cards", json=mine).raise_for_status().json()["card_id"]
        referral_id = api.get("/v1/referrals?box=in").raise_for_status().json()["items"][0]["referral_id"]
        visit_id = api.post("/v1/visits", json=VISIT).raise_for_status().json()["visit_id"]
        business_id = api.get("/v1/businesses").raise_for_status().json()["businesses"][0]["business_id"]
    with there.api("fire", "tasking_chair") as api:
        list_id = api.post("/v1/tasking/lists", json={"narrow": 1, "wide": 1}).raise_for_status().json()["list_id"]
    cards = [f"/card/filed/{card_id}", "/cards", f"/cards/{card_id}"]
    inbox = ["/inbox", "/inbox?closed=true", f"/inbox/{referral_id}", "/figures", "/referrals?box=in"]
    strangers = ["/sign-in", "/accessibility", "/cards/crd_aaaaaaaaaaaaaaaaaaaa"]
    known = ["/businesses", f"/businesses/{business_id}", f"/plan?business_id={business_id}", "/plan"]
    planned = ["/visits", f"/visits/{visit_id}", "/tasking", f"/tasking/{list_id}"]
    return [*strangers, "/card", *cards, *inbox, *known, *planned, "/purpose", "/sign-out"]


def test_every_page_is_accessible_in_light_and_in_the_dark_and_fits_a_small_screen(there, chromium, pages):
    with Phone(chromium, there) as phone:
        phone.sign_in("fire", "tasking_chair")
        for path in pages:
            fits_and_is_accessible(phone.page, path)


def test_a_referral_is_taken_by_one_and_the_other_is_told(there, chromium, pages):
    referral = next(path for path in pages if path.startswith("/inbox/"))
    with Phone(chromium, there) as one, Phone(chromium, there, scripts=False) as other:
        for phone in (one, other):
            phone.sign_in("fire").page.goto(referral)
        for phone in (one, other):
            phone.page.get_by_label("Acknowledge").check()
            phone.page.get_by_role("button", name="Take this step").click()
        expect(one.page.get_by_text("acknowledged").first).to_be_visible()
        expect(other.page.get_by_role("alert")).to_be_visible()
