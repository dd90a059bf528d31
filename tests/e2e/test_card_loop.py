"""From a tip to the graph and back, on the services as an operator runs them, one of which is killed on the way.

Source: design, "Services": cards flow back to the linker as records of their agency. Seed Box 4.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.e2e.services import Services
from tests.e2e.two_worlds.world import FORM, MAPPING
from tests.support.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

_GIVEN = """purposes: [joint-compliance], grant: full, statute: Test Act, section: section 1, starts: 2020-01-01,
     status: active, legal_review: {{by: a lawyer, day: 2020-01-01}},
     signatures: [{{agency: {0}, by: its head, day: 2020-01-01}}]"""
RULES = f"""
id: loop
title: Loop
agencies: [{{id: council, title: Council}}, {{id: fire, title: Fire, classes: [fire-authority]}}]
categories: [inspections]
stream_purpose: joint-compliance
legal_gateways:
  - {{id: cards, from: [council], to: [fire], categories: [concern-cards], {_GIVEN.format("council")}}}
  - {{id: words, from: [fire], to: [council], categories: [concern-cards], {_GIVEN.format("fire")}}}
"""
SHOP = {"Ref": "1", "Name": "Golden Dragon", "Address": "14 High Street", "Town": "Southall", "Postcode": "UB1 3DB"}
CARD = {
    "id": str(UUID(int=1)),
    "place": {"name": "The Golden Dragon", "address": "14 High Street", "postcode": "UB1 3DB"},
    "text": "The back door was chained, and Mrs Quux was afraid.",
}


class Partner:
    """One agency's officer at the public address."""

    def __init__(self, url: str, agency: str) -> None:
        self.agency = agency
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        roles = ["officer", "analyst", "agency_system", "agency_admin"]
        token = self._http.post("/dev/token", json={"agency": agency, "roles": roles}).raise_for_status().json()
        self._http.headers["Authorization"] = f"Bearer {token['access_token']}"

    def get(self, path: str, **query: str) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def is_served(self) -> bool:
        """Whether its view has been worked out."""
        return self._http.get("/v1/businesses").is_success

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        answer = self._http.request(method, path, json=body, headers=headers).raise_for_status()
        return answer.json() if answer.content else None

    def upload(self, path: str, content: bytes, media_type: str) -> None:
        headers = {"Content-Type": media_type}
        self._http.put(path, content=content, headers=headers).raise_for_status()


@pytest.fixture
def services(tmp_path: Any) -> Iterator[Services]:
    (tmp_path / "partnership.yaml").write_text(RULES)
    with Services(tmp_path / "data", tmp_path / "partnership.yaml", {}) as found:
        yield found


def test_a_card_in_words_is_taken_becomes_a_record_and_finds_its_business(services: Services) -> None:
    council, fire = Partner(services.url, "council"), Partner(services.url, "fire")
    feed = {"id": "council-shops", "title": "Shops", "agency": "council", "regime": "food", "category": "inspections"}
    council.send("PUT", "/v1/feeds/council-shops", feed | {"mapping": MAPPING} | FORM)
    council.send("POST", "/v1/feeds/council-shops/records", SHOP)
    adopted = {"starts": "2020-01-01", "slugs": ["blocked-exits"]}
    (exits,) = fire.send("POST", "/v1/indicators/packs/golden-indicators/adoption", adopted)
    receipt = council.send("POST", "/v1/cards", CARD | {"indicators": [exits["indicator_id"]]})
    assert receipt["says"] == "Fire has it."
    services.kill("referrals-consume")
    (got,) = fire.get("/v1/referrals", box="in", open="true")["items"]
    fire.send("POST", f"/v1/referrals/{got['referral_id']}/steps", {"step": "accept"}, **{"If-Match": '"1"'})

    def card() -> Any:
        return council.get(f"/v1/cards/{receipt['card_id']}")

    wait_until(lambda: card()["business_id"], 60, "The card's business")
    business = council.get(f"/v1/businesses/{card()['business_id']}")
    assert sorted(one["category"] for one in business["members"]) == ["concern-cards", "inspections"]
    (theirs,) = fire.get("/v1/businesses")["businesses"]
    seen = fire.get(f"/v1/businesses/{theirs['business_id']}")
    assert [(one["agency"], one["category"], one["source_ref"]) for one in seen["members"]] == [
        ("council", "concern-cards", receipt["card_id"])
    ]
    assert (seen["regimes"], "Quux" in str(seen) + str(business)) == (["fire-safety"], False)

    body = {"step": "close", "feedback": "not_helpful", "words": "It was mended."}
    fire.send("POST", f"/v1/referrals/{got['referral_id']}/steps", body, **{"If-Match": '"2"'})
    assert card()["history"][-1]["words"] == "It was mended."
    wait_until(lambda: not fire.get("/v1/businesses")["businesses"][0]["regimes"], 60, "The end of the concern")
