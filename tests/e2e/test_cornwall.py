"""Cornwall found 2,257 overlaps of which none could be shared, because no legal gateway existed. Here the same: what is
known to two agencies is held and computed, nobody can tell, and it flows on the day on which the gateway is signed.

Source: the seed report's account of the Cornwall pilot.
"""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.services import Services
from tests.e2e.two_worlds.world import FORM, MAPPING, World
from tests.support.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

_RULES = """
id: cornwall
title: As in Cornwall
agencies:
  - {{id: council, title: Council, feeds: [inspections]}}
  - {{id: enforcement-west, title: Enforcement West, feeds: [immigration-visits], classes: [immigration-authority]}}
categories: [inspections, immigration-visits]
stream_purpose: joint-compliance
legal_gateways:
  - {{id: visits-to-the-council, from: [enforcement-west], to: [council], categories: [immigration-visits],
     purposes: [joint-compliance], grant: full, statute: Immigration and Asylum Act 1999, section: section 21,
     starts: 2020-01-01, status: {status}, legal_review: {{by: a lawyer, day: 2020-01-01}}, signatures: [{signature}]}}
"""
_SIGNED = "{agency: enforcement-west, by: Director, day: 2020-01-01}"
_SHOPS = (("Zyzzo Fried Chicken", "12"), ("Quux Car Wash", "20"), ("Ambel Nails", "31"))
_QUESTIONS = (
    "/v1/businesses",
    "/v1/search?q=Zyzzo",
    "/v1/gaps?known_to=council&not_to=enforcement-west",
    "/v1/findings",
    "/v1/funnel",
    "/v1/statistics",
    "/v1/exports/businesses.csv",
    "/v1/exports/businesses.ftm.json",
    "/v1/review-queue",
)
VIEW = {"read_again": ["/v1/businesses"]}
_FROM_START = "/v1/events/risk-changes?from=start"


class _Partnership:
    def __init__(self, file: Path) -> None:
        self.file = file

    def is_(self, status: str, signature: str = "") -> None:
        self.file.write_text(_RULES.format(status=status, signature=signature))


@pytest.fixture
def partnership(tmp_path: Path) -> _Partnership:
    rules = _Partnership(tmp_path / "partnership.yaml")
    rules.is_("legal_review")
    return rules


@pytest.fixture
def world(tmp_path: Path, partnership: _Partnership) -> Iterator[World]:
    with Services(tmp_path / "data", partnership.file, {}) as services:
        yield World(services.url, tmp_path / "data")


def test_what_is_held_flows_when_its_gateway_is_signed_and_is_gone_when_it_is_revoked(
    world: World, partnership: _Partnership
) -> None:
    _send(world, "council", "inspections", _SHOPS, "poor")
    _send(world, "enforcement-west", "immigration-visits", (*_SHOPS, ("Corge Barbers", "44")), "bad")
    wait_until(world.is_quiet, 60, "Quiet")
    as_before = _answers(world)
    assert all('"status":' not in told for told in as_before.values())  # each was answered
    told_before, cursor = _stream(world)
    assert [change["cause"] for change in told_before] == ["changed"] * len(_SHOPS)
    for told in (*as_before.values(), json.dumps(told_before)):
        assert "immigration" not in told
        assert "Corge" not in told
    assert _regimes(world) == {name: ["inspections"] for name, _ in _SHOPS}
    assert _may_council_have_visits(world)["verdict"] == "no"

    partnership.is_("active", _SIGNED)
    both = ["immigration-visits", "inspections"]
    released = {name: both for name, _ in _SHOPS} | {"Corge Barbers": ["immigration-visits"]}
    wait_until(lambda: _regimes(world) == released, 60, "What was held")
    wait_until(world.is_quiet, 60, "Quiet")
    assert _may_council_have_visits(world)["verdict"] == "yes"
    told, cursor = _stream(world, cursor)
    assert told[0] == VIEW
    names = _names(world)
    assert {names[change["business_id"]]: change["cause"] for change in told[1:]} == dict.fromkeys(released, "released")
    assert {change["previous_band"] for change in told[1:] if names[change["business_id"]] != "Corge Barbers"} == {
        "medium"
    }
    assert "immigration" in world.http.get("/v1/search?q=Zyzzo", headers=world.as_("council")).text

    partnership.is_("revoked", _SIGNED)
    wait_until(
        lambda: "immigration" not in world.http.get("/v1/businesses", headers=world.as_("council")).text, 2, "No"
    )
    wait_until(lambda: _answers(world) == as_before, 60, "As before")
    told, _ = _stream(world, cursor)
    assert told[0] == VIEW
    assert {change["cause"] for change in told[1:]} == {"withdrawn"}
    assert {names[change["business_id"]]: change["visible"] for change in told[1:]} == {
        name: name != "Corge Barbers" for name in released
    }
    assert all("immigration" not in json.dumps(part) for part in (told, _stream(world)[0]))


def _send(world: World, agency: str, category: str, shops: tuple[tuple[str, str], ...], rating: str) -> None:
    spec = {"id": category, "title": category, "agency": agency, "regime": category, "category": category}
    headers = world.as_(agency)
    world.http.put(f"/v1/feeds/{category}", json=spec | {"mapping": MAPPING} | FORM, headers=headers).raise_for_status()
    for number, (name, door) in enumerate(shops):
        row = {"Ref": f"{agency}-{number}", "Name": name, "Address": f"{door} Oak Road", "Town": "Truro",
               "Postcode": "TR1 2AA", "Rating": rating, "Seen": time.strftime("%Y-%m-%d")}  # fmt: skip
        answer = world.http.post(f"/v1/feeds/{category}/records", json=row, headers=headers)
        assert answer.json()["rows"][0]["outcome"] == "stored", answer.text


def _regimes(world: World) -> dict[str, list[str]]:
    """By name; {} while the council's view is being worked out."""
    answer = world.http.get("/v1/businesses", headers=world.as_("council"))
    found = answer.json()["businesses"] if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE else ()
    return {business["name"]: sorted(business["regimes"]) for business in found}


def _names(world: World) -> dict[str, str]:
    """By id."""
    found = world.http.get("/v1/businesses", headers=world.as_("council")).json()["businesses"]
    return {business["business_id"]: business["name"] for business in found}


def _answers(world: World) -> dict[str, str]:
    headers = world.as_("council")
    return {path: world.http.get(path, headers=headers).text for path in _QUESTIONS}


def _may_council_have_visits(world: World) -> dict[str, Any]:
    question = {"owner": "enforcement-west", "viewer": "council", "category": "immigration-visits",
                "purpose": "joint-compliance"}  # fmt: skip
    answer = world.http.post("/v1/sharing/dry-run", json=question, headers=world.as_("council"))
    said: dict[str, Any] = answer.raise_for_status().json()
    return said


def _stream(world: World, cursor: str = "") -> tuple[list[dict[str, Any]], str]:
    """What a dashboard is told that reads from the beginning, or from where it stopped, until it has been told nothing
    for a while; and where it stopped."""
    told: list[dict[str, Any]] = []
    headers = world.as_("council") | ({"Last-Event-ID": cursor} if cursor else {})
    with suppress(httpx.ReadTimeout), world.http.stream("GET", _FROM_START, headers=headers, timeout=2.0) as answer:
        for line in answer.iter_lines():
            if line.startswith("id: "):
                cursor = line.removeprefix("id: ")
            elif line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
    return told, cursor
