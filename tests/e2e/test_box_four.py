"""Hertfordshire's case, played by seven agencies at the public address: a tip leads to a joint visit and two arrests,
what is learnt there to a third, and the rooms above the restaurant to a landlord's other properties.

Source: seed, Box 4. Names and places are made up.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.identifiers import derived_id
from shared.runtime.clock import today
from tests.e2e.test_card_loop import Partner
from tests.e2e.two_worlds.world import FORM, MAPPING
from tests.support.processes import wait_until
from tests.support.whole import whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TIP, HOME, ROOMS = (str(UUID(int=number)) for number in (1, 2, 3))
AGENCIES = ("border", "health-team", "housing-team", "county-police", "revenue", "county-fire", "standards")
RULES = f"""
id: box-four
title: As in Hertfordshire
agencies: [{", ".join(f"{{id: {agency}, title: {agency}}}" for agency in AGENCIES)}]
categories: [inspections, licensing]
stream_purpose: joint-compliance
legal_gateways:
  - {{id: all, from: '*', to: '*', categories: '*', purposes: [joint-compliance], grant: full, statute: Test Act,
     section: section 1, starts: 2020-01-01, status: active, legal_review: {{by: a lawyer, day: 2020-01-01}},
     signatures: [{", ".join(f"{{agency: {agency}, by: its head, day: 2020-01-01}}" for agency in AGENCIES)}]}}
"""
RESTAURANT = {"name": "Saffron Palace", "address": "12 Mill Parade", "postcode": "WD6 1ZZ"}
LANDLORD = "Quillfeather Estates"
FLAT = "Rooms at 12A Mill Parade"
OTHERS = ("31 Quince Street", "4 Larch Road", "9 Larch Road", "77 Elm Lane", "2 Tanner Row")


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[dict[str, Partner]]:
    (tmp_path / "partnership.yaml").write_text(RULES)
    with whole(tmp_path, tmp_path / "partnership.yaml") as url:
        found = {agency: Partner(url, agency) for agency in AGENCIES}
        wait_until(lambda: all(one.is_served() for one in found.values()), 60, "The first views")
        yield found


def test_from_a_tip_to_the_landlords_other_properties(partners: dict[str, Partner]) -> None:
    immigration, health, housing = (partners[one] for one in ("border", "health-team", "housing-team"))
    _send(health, "inspections", [{"Ref": "r1", "Name": RESTAURANT["name"], **_at("12 Mill Parade", "WD6 1ZZ")}])
    let = [
        (FLAT, "12A Mill Parade", "WD6 1ZZ"),
        *((f"Rooms at {one}", one, "WD6 2ZZ") for one in sorted(OTHERS)),
    ]
    rows = [{"Ref": name, "Name": name, "Landlord": LANDLORD, **_at(place, code)} for name, place, code in let]
    _send(housing, "licensing", rows)

    # Immigration Enforcement is told of illegal working, and asks who else has a reason to go.
    _file(immigration, TIP, ["health-team"], "Two of the kitchen are said to have no right to work.")
    visit = _visit_together(health, immigration, _take(health))
    _outcome(immigration, visit, kind="arrest", regime="immigration", number=2)
    _outcome(health, visit, kind="satisfactory", regime="food-hygiene")

    # What is learnt there: a third man at a residence nearby, and rooms that nobody knew of.
    _file(health, HOME, ["border"], "A pay slip names a residence in Larch Road.")
    _file(health, ROOMS, ["housing-team", "county-fire"], "Beds in every room above, one way out, and a padlock on it.")
    _close(immigration, _take(immigration), "Arrested for overstaying.")
    _close(housing, _take(housing), "Let without a licence, and sub-let without the landlord's knowledge.")
    _outcome(immigration, visit, kind="penalty", regime="immigration", value_pence=4_000_000)

    assert _also_controlled_by_the_landlord(housing) == {f"Rooms at {place}" for place in OTHERS}
    assert not partners["revenue"].get("/v1/referrals", box="in")["items"]

    # The officer of the first tip is told all that came of it, and so is the one of the second.
    wait_until(lambda: "Penalty" in _history(immigration, TIP), 60, "What the tip led to")
    told = _history(immigration, TIP)
    assert told.index("took it on") < told.index("Arrest") < told.index("Penalty")
    assert "Arrested for overstaying." in _history(health, HOME)
    assert "sub-let" in _history(health, ROOMS)
    assert immigration.get("/v1/cards/mine/figures")["cards"] == 1
    seen = next(one for one in health.get("/v1/businesses")["businesses"] if one["name"] == RESTAURANT["name"])
    assert {"immigration"} <= set(seen["regimes"])


def _at(address: str, postcode: str) -> dict[str, str]:
    return {"Address": address, "Town": "Borehamwood", "Postcode": postcode, "Seen": str(today()), "Rating": ""}


def _send(partner: Partner, category: str, rows: list[dict[str, str]]) -> None:
    agency = {"inspections": "health-team", "licensing": "housing-team"}[category]
    feed = f"{agency}-{category}"
    spec = {"id": feed, "title": category, "agency": agency, "regime": category, "category": category}
    partner.send("PUT", f"/v1/feeds/{feed}", spec | {"mapping": MAPPING} | FORM)
    for row in rows:
        partner.send("POST", f"/v1/feeds/{feed}/records", row)


def _file(partner: Partner, id_: str, to: list[str], text: str) -> None:
    receipt = partner.send("POST", "/v1/cards", {"id": id_, "place": RESTAURANT, "to": to, "text": text})
    assert [one["agency"] for one in receipt["has_it"]] == sorted(to)


def _take(partner: Partner) -> dict[str, Any]:
    """The one referral that waits, which the agency takes on."""
    (waiting,) = partner.get("/v1/referrals", box="in", state="received")["items"]
    _step(partner, waiting["referral_id"], 1, step="accept")
    return dict(waiting)


def _close(partner: Partner, referral: dict[str, Any], words: str) -> None:
    _step(partner, referral["referral_id"], 2, step="close", feedback="helpful", words=words)


def _step(partner: Partner, referral: str, version: int, **step: str) -> None:
    partner.send("POST", f"/v1/referrals/{referral}/steps", step, **{"If-Match": f'"{version}"'})


def _visit_together(owner: Partner, guest: Partner, because: dict[str, Any]) -> str:
    """Yesterday's visit, planned, agreed to, confirmed and done."""
    day = today() - timedelta(days=1)
    terms = {"purpose": "mixed", "regimes": ["food-hygiene", "immigration"], "referrals": [because["referral_id"]]}
    place = {"name": RESTAURANT["name"], "address": {"lines": ["12 Mill Parade"], "postcode": "WD6 1ZZ"}}
    plan = {"place": place, "when": {"starts": f"{day}T10:00:00", "ends": f"{day}T12:00:00"}, "terms": terms}
    visit = owner.send("POST", "/v1/visits", plan | {"invite": [{"agency": "border"}]})
    path = f"/v1/visits/{visit['visit_id']}"
    guest.send("POST", f"{path}/reply", {"answer": "accepted", "contribution": {"officers": 2, "alone": 8}})
    now = owner.send("POST", f"{path}/confirm", {"version": owner.get(path)["version"]})
    owner.send("POST", f"{path}/done", {"version": now["version"]})
    for one in (owner, guest):
        one.send("POST", f"{path}/attended", {"attended": True, "officers_sent": 2})
    return str(visit["visit_id"])


def _outcome(partner: Partner, visit: str, **found: Any) -> None:
    partner.send("POST", f"/v1/visits/{visit}/outcomes", {"found_on": str(today()), **found})


def _also_controlled_by_the_landlord(partner: Partner) -> set[str]:
    """By the relations that the linker finds."""

    def flat() -> list[dict[str, Any]]:
        return [one for one in partner.get("/v1/businesses")["businesses"] if one["name"] == FLAT]

    def others() -> set[str]:
        related = partner.get(f"/v1/businesses/{flat()[0]['business_id']}/relations")["relations"]
        return {one["business"]["name"] for one in related if one["type"] == "landlord"}

    wait_until(lambda: bool(flat()) and len(others()) >= len(OTHERS), 60, "The landlord's properties")
    return others()


def _history(partner: Partner, id_: str) -> str:
    card = partner.get(f"/v1/cards/{derived_id('crd', partner.agency, id_)}")
    return "\n".join(f"{one['says']} {one['words'] or ''}" for one in card["history"])
