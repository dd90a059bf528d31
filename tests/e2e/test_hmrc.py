"""Partners hoped for HMRC's data on all businesses, and could not have it; what they got were single answers to single
questions, in days, through a named contact. And HMRC left the calls, because nobody could say who was on the line.

Source: the seed report, paragraphs 20, 39 and 42, at the public address of a whole running system.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.people import Partners, register
from tests.e2e.two_worlds.world import FORM, MAPPING, World
from tests.support.processes import wait_until
from tests.support.whole import whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

IMMIGRATION, TOGETHER = "immigration-control", "joint-compliance"
_SIGNED = """starts: 2020-01-01, status: active, legal_review: {{by: a lawyer, day: 2020-01-01}},
     signatures: [{{agency: {0}, by: its head, day: 2020-01-01}}]"""
_BORDER, _REVENUE = _SIGNED.format("border"), _SIGNED.format("revenue")
RULES = f"""
id: with-hmrc
title: With HMRC
agencies:
  - {{id: border, title: Border, classes: [immigration-authority]}}
  - {{id: revenue, title: Revenue, classes: [revenue-and-customs], information_governance: ig@revenue.example}}
  - {{id: council, title: Council, classes: [unitary-council]}}
categories: [tax-records, visits-made, inspections]
stream_purpose: {TOGETHER}
legal_gateways:
  - {{id: section-40, from: [revenue], to: [border], categories: [requests], purposes: [{IMMIGRATION}], grant: full,
     contact: the request desk, statute: UK Borders Act 2007, section: section 40, catalogue: uk-borders-2007-s40,
     conditions: [{{kind: case_by_case, source: IDG55120}}, {{kind: authorising_officer, source: IDG55120}},
       {{kind: one_premises_only, source: the form}}], {_REVENUE}}}
  - {{id: border-asks, from: [border], to: [revenue], categories: [requests], purposes: [{IMMIGRATION}], grant: full,
     statute: Test Act, section: section 1, {_BORDER}}}
  - {{id: border-tells-council, from: [border], to: [council], categories: [visits-made, concern-cards],
     purposes: [{TOGETHER}], grant: full, statute: Test Act, section: section 2, {_BORDER}}}
  - {{id: council-tells-border, from: [council], to: [border], categories: [inspections], purposes: [{TOGETHER}],
     grant: full, statute: Test Act, section: section 3, {_SIGNED.format("council")}}}
"""
PEOPLE = {
    "border/olive": ("officer", "analyst"),
    "border/charles": ("analyst", "agency_admin"),
    "revenue/rita": ("analyst", "agency_admin"),
    "council/carl": ("tasking_chair", "analyst"),
}
SHOP = ("Zyzzo Fried Chicken", "12")
PREMISES = {"name": SHOP[0], "address": "12 Oak Road, Truro", "postcode": "TR1 2AA"}
EMPLOYEES = [{"name": "Ivy Marsden", "date_of_birth": "1990-02-03"}]
WHY = "A tip names three workers who sleep above the shop; a warrant needs their names."
RTI = {"kind": "employees-at-premises", "to": "revenue", "premises": PREMISES, "necessity": WHY}
RTI |= {"question": {"on-day": "2026-11-20"}}
BULK = (
    "/v1/businesses",
    "/v1/search?q=Corge",
    "/v1/search?q=oak+road",
    "/v1/statistics",
    "/v1/gaps?known_to=revenue&not_to=border",
    "/v1/exports/businesses.csv",
    "/v1/exports/businesses.ftm.json",
    "/v1/funnel",
    "/v1/findings",
    "/v1/graph",
)


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Partners]:
    """Border and Council see each other's records of one shop; Revenue has that shop's and another's."""
    folder = tmp_path_factory.mktemp("hmrc")
    (folder / "partnership.yaml").write_text(RULES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GATEWAY_REGISTER_FILE", str(register(folder, PEOPLE, [IMMIGRATION, TOGETHER])))
        yield from _filled(folder)


def _filled(folder: Path) -> Iterator[Partners]:
    with whole(folder, folder / "partnership.yaml") as url:
        world = World(url, folder)
        _send(world, "revenue", "tax-records", (SHOP, ("Corge Barbers", "44")))
        _send(world, "border", "visits-made", (SHOP,))
        _send(world, "council", "inspections", (SHOP,))
        wait_until(world.is_quiet, 60, "Quiet")
        yield Partners(url)


def _send(world: World, agency: str, category: str, shops: tuple[tuple[str, str], ...]) -> None:
    feed = f"{agency}-{category}"
    spec = {"id": feed, "title": category, "agency": agency, "regime": category, "category": category}
    headers = world.as_(agency)
    world.http.put(f"/v1/feeds/{feed}", json=spec | {"mapping": MAPPING} | FORM, headers=headers).raise_for_status()
    for number, (name, door) in enumerate(shops):
        row = {"Ref": f"{agency}-{number}", "Name": name, "Address": f"{door} Oak Road", "Town": "Truro",
               "Postcode": "TR1 2AA", "Rating": "bad", "Seen": time.strftime("%Y-%m-%d")}  # fmt: skip
        answer = world.http.post(f"/v1/feeds/{feed}/records", json=row, headers=headers)
        assert answer.json()["rows"][0]["outcome"] == "stored", answer.text


@pytest.fixture(scope="module")
def officers(partners: Partners) -> dict[str, str]:
    """The ids of the people in the contacts, with Charles as the one who authorises and Rita at the request desk."""
    found = {}
    for who, admin in (("olive", "charles"), ("charles", "charles"), ("rita", "rita")):
        body = {"name": who.title(), "subject": who}
        found[who] = partners.post(admin, TOGETHER, "/v1/contacts/officers", body)["id"]
    chief = {"role": "Chief immigration officer", "topics": ["authorising-officer"], "people": [found["charles"]]}
    desk = {"role": "Request desk", "topics": ["rti"], "people": [found["rita"]], "phone": "03000 000000"}
    partners.post("charles", TOGETHER, "/v1/contacts", chief)
    partners.post("rita", TOGETHER, "/v1/contacts", desk)
    return found


@pytest.mark.parametrize("path", BULK)
def test_there_is_no_bulk_view(partners: Partners, path: str) -> None:
    told = partners.call("olive", TOGETHER, "GET", path)
    assert told.status_code in (200, 403), told.text
    assert not any(word in told.text for word in ("Corge Barbers", "tax-records"))
    assert partners.call("olive", IMMIGRATION, "GET", path).status_code == 403


def test_one_question_about_one_premises_with_a_purpose_and_an_authorising_officer_gets_its_answer(
    partners: Partners, officers: dict[str, str]
) -> None:
    refused = partners.call("olive", TOGETHER, "POST", "/v1/requests", RTI)
    assert (refused.status_code, "UK Borders Act 2007" in refused.json()["detail"]) == (403, True)
    several = partners.call("olive", IMMIGRATION, "POST", "/v1/requests", RTI | {"premises": [PREMISES, PREMISES]})
    assert several.status_code == 422

    made = partners.post("olive", IMMIGRATION, "/v1/requests", RTI)
    path = f"/v1/requests/{made['id']}"
    assert (made["status"], made["contact"]["on_duty"]["name"]) == ("awaiting_authority", "Rita")
    assert partners.call("rita", TOGETHER, "GET", path).status_code == 404
    assert partners.call("olive", IMMIGRATION, "POST", f"{path}/authority", {"says": WHY}).status_code == 403
    partners.post("charles", IMMIGRATION, f"{path}/authority", {"says": "Necessary and proportionate: no other way."})

    asked = partners.get("rita", TOGETHER, path)
    assert (asked["premises"], asked["question"]) == (PREMISES, RTI["question"])
    early = partners.call("rita", TOGETHER, "POST", f"{path}/answer", {"values": {"employees": EMPLOYEES}})
    assert early.status_code == 409, "hit or no hit comes first"
    partners.post("rita", TOGETHER, f"{path}/hit", {"hit": True})
    assert partners.get("olive", IMMIGRATION, path)["speak_to"] == "the request desk"
    partners.post("rita", TOGETHER, f"{path}/answer", {"values": {"employees": EMPLOYEES}})

    found = partners.get("olive", IMMIGRATION, path)
    assert (found["answer"], found["power"]) == ({"employees": EMPLOYEES}, "UK Borders Act 2007, section 40")
    assert partners.get("olive", TOGETHER, path)["answer"] is None
    for other in (partners.call("carl", TOGETHER, "GET", path), partners.call("carl", TOGETHER, "GET", "/v1/requests")):
        assert "Marsden" not in other.text
    assert partners.call("carl", TOGETHER, "GET", path).status_code == 404


def test_an_item_disappears_if_one_who_is_there_cannot_be_assured(partners: Partners, officers: dict[str, str]) -> None:
    body = {"series": "daily-call", "title": "Daily call", "kind": "call", "at": "2026-01-05T09:00:00Z",
            "since": "2020-01-01T00:00:00Z", "attendees": [officers["olive"], officers["rita"]]}  # fmt: skip
    path = f"/v1/agendas/{partners.post('carl', TOGETHER, '/v1/agendas', body)['id']}"
    partners.post("carl", TOGETHER, f"{path}/collection")
    partners.post("olive", TOGETHER, f"{path}/attendance")
    assert _titles(partners, "carl", path) == _titles(partners, "olive", path) == [], "nobody knows that Rita is there"

    partners.post("rita", TOGETHER, f"{path}/attendance")
    chair = partners.get("carl", TOGETHER, path)
    assert (chair["items"], chair["withheld"], chair["waiting_for"]) == ([], True, [])
    assert SHOP[0] not in partners.call("carl", TOGETHER, "GET", path).text
    assert partners.get("rita", TOGETHER, path)["withheld"] is None

    gone = partners.call("carl", TOGETHER, "DELETE", f"{path}/attendees/{officers['rita']}")
    assert gone.json()["withheld"] is False
    assert _titles(partners, "carl", path) == _titles(partners, "olive", path) == [SHOP[0]]
    assert partners.call("rita", TOGETHER, "GET", path).status_code == httpx.codes.NOT_FOUND


def _titles(partners: Partners, name: str, path: str) -> list[Any]:
    return [item["title"] for item in partners.get(name, TOGETHER, path)["items"]]
